"""A sample with a prime of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_textgen.corpus.vocabulary import Vocabulary, named
from tui_textgen.errors import SettingsError, TextgenError
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.preferences import Choice, Preferences
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.text_field import TextField

PRIME_CHOICE, TEMPERATURE_CHOICE = "sample_prime", "sample_temperature"


class AskSample(ModalScreen[Command | None]):
    """Asks for a prime and a temperature, beginning with those of the last time; the result is for the trainer."""

    AUTO_FOCUS = "LineInput"
    BINDING_GROUP_TITLE = "Sample"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Don't write", tooltip="Don't write a sample"),
        Binding("down", "app.focus_next", "Next", show=False, tooltip="The next field"),
        Binding("up", "app.focus_previous", "Previous", show=False, tooltip="The field before"),
    ]
    DEFAULT_CSS = """
    AskSample { align: center middle; }
    AskSample > Vertical {
        width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; background: $surface;
        border: round $accent; border-title-color: $accent; overflow-y: auto;
    }
    AskSample Horizontal { height: 1; margin-top: 1; }
    AskSample TextField { margin-top: 0; }
    AskSample Button { height: 1; min-width: 0; border: none; margin-right: 2; }
    AskSample Button:focus { background: $accent; color: $background; text-style: bold; }
    AskSample #ask-hint { width: 1fr; color: $text-muted; }
    """

    class Known(Message):
        """The characters that the model knows, or why they cannot be read."""

        def __init__(self, found: Vocabulary | TextgenError) -> None:
            super().__init__()
            self.found = found

    def __init__(self, preferences: Preferences, usual_prime: str, characters: Callable[[], Vocabulary]) -> None:
        """``usual_prime``: what the run's own samples go on from; ``characters``: those that its model knows.

        They are read in a thread, and may raise TextgenError.
        """
        super().__init__()
        self._characters = characters
        self._prime = preferences.get(PRIME_CHOICE, usual_prime)
        self._temperature = preferences.get(TEMPERATURE_CHOICE, "")
        self._vocabulary: Vocabulary | None = None

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "a sample of one's own"
            prime = LineInput(self._prime, "empty: the text's first character")
            yield TextField("prime", prime, id="ask-prime")
            yield Notice(id="ask-unknown")
            temperature = LineInput(self._temperature, "empty: as the run's own samples")
            yield TextField("temperature", temperature, id="ask-temperature")
            yield Notice(id="ask-wrong")
            with Horizontal():
                yield Button("write", id="ask-write", compact=True)
                yield Button("stay", id="ask-stay", compact=True)
                yield Static("enter writes, esc stays", id="ask-hint", markup=False)

    def on_mount(self) -> None:
        in_background(self._read)

    def _read(self) -> None:
        try:
            self.post_message(self.Known(self._characters()))
        except TextgenError as error:
            self.post_message(self.Known(error))

    @while_open
    def on_ask_sample_known(self, message: Known) -> None:
        if isinstance(message.found, TextgenError):
            self.query_one("#ask-unknown", Notice).error(message.found)
        else:
            self._vocabulary = message.found
            self._name_unknown()

    @on(Input.Changed)
    def _changed(self) -> None:
        self.query_one("#ask-wrong", Notice).clear()
        self._name_unknown()

    def _name_unknown(self) -> None:
        """Tell while it is typed what the prime has that the model doesn't know."""
        if self._vocabulary is None:
            return
        notice, prime = self.query_one("#ask-unknown", Notice), self.query_one("#ask-prime", TextField).value
        if strange := self._vocabulary.strange(prime):
            instead = f"with {self._vocabulary.placeholder} for it" if self._vocabulary.placeholder else "without"
            notice.error(f"The model never saw {named(strange)}; the sample is written {instead}.")
        else:
            notice.clear()

    @on(Input.Submitted)
    @on(Button.Pressed, "#ask-write")
    def _write(self) -> None:
        arguments: dict[str, object] = {"prime": self.query_one("#ask-prime", TextField).value}
        try:
            temperature = temperature_from(self.query_one("#ask-temperature", TextField).value)
        except SettingsError as error:
            self.query_one("#ask-wrong", Notice).error(error)
            return
        if temperature is not None:
            arguments["temperature"] = temperature
        self.dismiss(Command(CommandKind.SAMPLE, arguments))

    @on(Button.Pressed, "#ask-stay")
    def _stay(self) -> None:
        self.dismiss(None)


def temperature_from(typed: str) -> float | None:
    """The temperature that was typed, None for the usual one; raises SettingsError."""
    if not typed.strip():
        return None
    from tui_textgen.config import SamplingConfig, build  # brings pydantic, for which the dialog need not wait

    return build(SamplingConfig, {"temperature": typed}).temperature


def choices(command: Command) -> dict[str, Choice]:
    """What the dialog begins with the next time."""
    prime, temperature = command.arguments["prime"], command.arguments.get("temperature", "")
    return {PRIME_CHOICE: str(prime), TEMPERATURE_CHOICE: str(temperature)}
