"""The console: give a model a prime, watch it write."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from tui_textgen.errors import SettingsError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.scribe import Ended, Left, Loaded, LoadFailed, Scribe, WriteFailed
from tui_textgen.tui.services import Services
from tui_textgen.tui.typed_path import shown_path
from tui_textgen.tui.widgets.model_choice import ModelChoice
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.prime_input import PrimeInput
from tui_textgen.tui.widgets.text_field import TextField
from tui_textgen.tui.widgets.writing_line import WritingLine

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig

DRAWS_PER_SECOND = 12
SEEDS = 2**31
"""Seeds that are drawn here are below this: short enough to be typed again."""
LOW = 16
"""Lines under which the passage needs the room."""
TYPED_KEYS = ("edit_prime", "go_on")  # actions of keys that are typed where somebody types
HINT = "Type a prime below and press Enter: the model goes on from it."


class ConsolePane(Pane):
    """A model, the settings of sampling, the passage, and the prime it starts from."""

    BORDER_TITLE = "Console"
    BINDING_GROUP_TITLE = "Console"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", tooltip="Write from the prime"),
        Binding("escape", "leave", "Stop, back", tooltip="Stop writing; leave the field"),
        Binding("slash", "edit_prime", "Prime", tooltip="Type a prime"),
        Binding("r", "again", "Again", tooltip="Write again with the next seed"),
        Binding("plus", "go_on", "Continue", key_display="+", tooltip="Write on from the end of the passage"),
        Binding("m", "pick_model", "Model", tooltip="Choose another model"),
        Binding("n", "load_again", "Newest checkpoint", show=False, tooltip="Load the model's newest checkpoint"),
        Binding("ctrl+o", "save", "Save", tooltip="Save the passage to a file"),
    ]
    DEFAULT_CSS = """
    ConsolePane #sampling { height: auto; }
    ConsolePane PassageView { height: 1fr; min-height: 2; padding-top: 1; }
    ConsolePane PassageView:focus { padding-top: 0; border-top: heavy $accent; }
    ConsolePane.-low PassageView { padding-top: 0; border-top: none; }
    ConsolePane.-low #sampling { height: 1; overflow-y: auto; scrollbar-size-vertical: 1; }
    ConsolePane.-low ModelChoice { max-height: 1; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(id="console")
        self._services = services
        self._scribe = Scribe(services.writer, self.post_message)
        self._opened = False
        self._model: Path | None = None
        self._loading: Path | None = None
        self._unloaded: Path | None = None  # what could not be loaded, or was given up
        self._begun: tuple[str, int] | None = None
        """Prime and seed of the passage on the screen."""
        self._given = ""
        """What the writer was given to go on from."""
        self._written = 0
        self._drawing: Timer | None = None

    def compose(self) -> ComposeResult:
        yield ModelChoice(self._services.models)
        yield Vertical(id="sampling")
        yield PassageView(HINT)
        yield WritingLine(self._services.clock)
        yield Notice()
        yield TextField("prime", PrimeInput(self._services.primes), id="prime")

    def on_resize(self) -> None:
        self.set_class(self.size.height < LOW, "-low")

    def on_unmount(self) -> None:
        self._scribe.close()

    def first_focus(self) -> Widget | None:
        return self.query_one(PrimeInput)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Keys that would be typed are no keys."""
        return not (action in TYPED_KEYS and isinstance(self.screen.focused, Input))

    # Opening: nothing is started before somebody comes here

    async def on_focus(self) -> None:
        await self._open()

    async def on_descendant_focus(self) -> None:
        await self._open()

    async def _open(self) -> None:
        if not self._opened:
            self._opened = True
            from tui_textgen.tui.widgets.sampling_bar import SamplingBar  # brings pydantic

            await self.query_one("#sampling").mount(SamplingBar())
            self.query_one(PrimeInput).recall_history()
        self._look_for_model()

    def _look_for_model(self) -> None:
        """Take the first model there is, while there is none: a run may have saved one by now."""
        if not (self._model or self._loading or self._unloaded):
            self.query_one(ModelChoice).take_first()

    # The model

    def action_pick_model(self) -> None:
        """Choose another model."""
        self.query_one(ModelChoice).pick()

    def action_load_again(self) -> None:
        """Load the model anew: a run in training may have saved a newer checkpoint."""
        if path := self._model or self._loading or self._unloaded:
            self._load(path)

    @on(ModelChoice.Chosen)
    @while_open
    def _load_chosen(self, message: ModelChoice.Chosen) -> None:
        self._load(message.path)
        self.query_one(PrimeInput).focus()

    def _load(self, path: Path) -> None:
        if self._unloaded:  # whatever was said of it is over now
            self.query_one(Notice).clear()
        self._model, self._loading, self._unloaded = None, path, None
        self.query_one(ModelChoice).show_loading(path)
        self._scribe.load(path)

    @on(Loaded)
    @while_open
    def _take_model(self, message: Loaded) -> None:
        if message.path == self._loading:
            self._model, self._loading = message.path, None
            self.query_one(ModelChoice).show_card(message.path, message.card)

    @on(LoadFailed)
    @while_open
    def _show_load_failed(self, message: LoadFailed) -> None:
        if message.path == self._loading:
            self._unloaded, self._loading = self._loading, None
            self.query_one(ModelChoice).show_failed(message.path)
            self.query_one(Notice).error(message.error)

    @on(ModelChoice.Failed)
    @on(PrimeInput.NotKept)
    @while_open
    def _show_error(self, message: ModelChoice.Failed | PrimeInput.NotKept) -> None:
        self.query_one(Notice).error(message.error)

    # Writing

    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write from the prime in the field."""
        field = self.query_one(PrimeInput)
        if self._begin(field.value):
            field.keep()

    def action_again(self) -> None:
        """Write from the same prime with the next seed."""
        if self._begun:
            prime, seed = self._begun
            self._begin(prime, seed + 1)

    def action_go_on(self) -> None:
        """Write on from where the passage ends."""
        if self._begun:
            prime, seed = self._begun
            self._begin(prime, seed + 1, goes_on=True)

    def _begin(self, prime: str, seed: int | None = None, goes_on: bool = False) -> bool:
        """Start a passage, unless something is in its way; whether it was started."""
        sampling = self._sampling(seed)
        if sampling is None or sampling.seed is None:
            return False
        passage = self.query_one(PassageView)
        if not goes_on:
            passage.begin(prime)
        self._begun, self._written = (prime, sampling.seed), 0
        self.query_one(WritingLine).begin(sampling.length, sampling.seed)
        self._given = passage.raw
        self._scribe.write(self._given, sampling)
        self._drawing = self.set_interval(1 / DRAWS_PER_SECOND, self._draw)
        return True

    def _sampling(self, seed: int | None) -> SamplingConfig | None:
        """The settings to write with, the seed among them; None, and said why, if it can't be done now."""
        from tui_textgen.tui.widgets.sampling_bar import SamplingBar

        notice = self.query_one(Notice)
        notice.clear()
        if self._drawing:
            notice.say("Still writing: Esc stops it.")
        elif self._model is None:
            notice.say("The model is being loaded." if self._loading else "There is no model yet to write with.")
            self._look_for_model()
        else:
            try:
                sampling = self.query_one(SamplingBar).sampling()
            except SettingsError as error:
                notice.error(error)
            else:
                if seed is None:
                    seed = secrets.randbelow(SEEDS) if sampling.seed is None else sampling.seed
                return sampling.model_copy(update={"seed": seed % 2**63})
        return None

    def _draw(self) -> None:
        if not self.app.is_running:  # the timer outlives the widgets
            return
        text = self._scribe.take()
        self._written += len(text)
        self.query_one(PassageView).append(text)
        self.query_one(WritingLine).tell(self._written)

    def _stop_drawing(self) -> None:
        if self._drawing:
            self._drawing.stop()
            self._drawing = None
            self._draw()
        self.query_one(PassageView).finish()

    @on(Ended)
    @while_open
    def _end(self, message: Ended) -> None:
        self._stop_drawing()
        self.query_one(WritingLine).end(message.finished)
        if message.newer:
            self.query_one(Notice).say("The model has a newer checkpoint by now: n loads it.")

    @on(WriteFailed)
    @while_open
    def _show_write_failed(self, message: WriteFailed) -> None:
        self._stop_drawing()
        self.query_one(WritingLine).fail(self._written)
        self.query_one(Notice).error(message.error)

    @on(Left)
    @while_open
    def _show_left_out(self, message: Left) -> None:
        """Say what the model does not know, and show the prime as it was read."""
        passage = self.query_one(PassageView)
        written = passage.raw[len(self._given) :]
        passage.begin("".join(character for character in self._given if character not in message.characters))
        passage.append(written)
        self.query_one(Notice).error(f"The model never saw these, they were left out: {' '.join(message.characters)}")

    # Ways out

    def action_edit_prime(self) -> None:
        """Put the cursor into the prime."""
        self.query_one(PrimeInput).focus()

    def action_leave(self) -> None:
        """Stop the writing or the loading; leave a field; else nothing."""
        if self._drawing:
            self._scribe.stop()
        elif self._loading:
            self._unloaded, self._loading = self._loading, None
            self._scribe.give_up_loading()
            self.query_one(ModelChoice).show_given_up(self._unloaded)
        elif isinstance(self.screen.focused, Input):
            self.query_one(PassageView).focus()

    def action_save(self) -> None:
        """Ask for a file to save the passage to."""
        from tui_textgen.tui.saving import save_text
        from tui_textgen.tui.screens.save_as import SaveAs

        passage = self.query_one(PassageView).raw
        if not self._begun or not passage:
            self.query_one(Notice).say("There is no passage to save yet.")
            return
        suggestion = Path(f"passage-seed-{self._begun[1]}.txt")
        asking = SaveAs("Save the passage to a file:", lambda path, over: save_text(path, passage, over), suggestion)
        self.app.push_screen(asking, self._show_saved)

    def _show_saved(self, path: Path | None) -> None:
        if path is not None:
            self.query_one(Notice).say(f"Saved to {shown_path(path)}")
