"""The console: give a model a prime, watch it write."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from tui_textgen.errors import SettingsError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.remembering import NotKept
from tui_textgen.tui.scribe import Loaded, LoadFailed
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.command_line import CommandLine
from tui_textgen.tui.widgets.copied import Copied
from tui_textgen.tui.widgets.desk import Desk
from tui_textgen.tui.widgets.manner import Manner
from tui_textgen.tui.widgets.model_choice import ModelChoice
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.prime_input import PrimeInput
from tui_textgen.tui.widgets.text_field import TextField
from tui_textgen.tui.widgets.variant_choice import VariantChoice
from tui_textgen.tui.widgets.views import Views
from tui_textgen.tui.widgets.ways_out import WaysOut
from tui_textgen.tui.widgets.with_parts import WithParts

LOW = 16
"""Lines under which the passage needs the room."""
TYPED_KEYS = ("edit_prime", "go_on")
"""Actions of keys that the footer does not take for letters."""
HINT = "Type a prime below and press Enter: the model goes on from it."


class ConsolePane(Pane, WithParts):
    """A model, the settings of sampling, the passage, and the prime it starts from."""

    BORDER_TITLE = "Console"
    BINDING_GROUP_TITLE = "Console"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "write", "Write", tooltip="Write from the prime"),
        Binding("escape", "leave", "Stop, back", tooltip="Stop writing; leave the field; leave side by side"),
        Binding("slash", "edit_prime", "Prime", tooltip="Type a prime"),
        Binding("r", "again", "Again", tooltip="Write again with the next seed"),
        Binding("plus", "go_on", "Continue", key_display="+", tooltip="Write on from the end of the passage"),
        Binding("e", "edit_passage", "Edit", tooltip="Make the passage a prime, to be changed and gone on from"),
        Binding("b", "compare", "Beside", tooltip="Write side by side: temperatures, models or checkpoints"),
        Binding("p", "next_preset", "Preset", tooltip="Take the next preset: careful, balanced, wild"),
        Binding("m", "pick_model", "Model", tooltip="Choose another model"),
        Binding("n", "load_again", "Newest checkpoint", show=False, tooltip="Load the model's newest checkpoint"),
        Binding("h", "pick_prime", "History", show=False, tooltip="Choose a prime of before"),
        *WaysOut.KEYS,
        *Copied.KEYS,
        *Views.KEYS,
    ]
    DEFAULT_CSS = """
    ConsolePane #sampling { height: auto; }
    ConsolePane PassageView { height: 1fr; min-height: 2; padding-top: 1; }
    ConsolePane PassageView:focus { padding-top: 0; border-top: heavy $accent; }
    ConsolePane.-low PassageView, ConsolePane .-titled PassageView { padding-top: 0; border-top: none; }
    ConsolePane.-low #sampling { height: 1; overflow-y: auto; scrollbar-size-vertical: 1; }
    ConsolePane.-low ModelChoice, ConsolePane.-low CopiedLine { max-height: 1; }
    ConsolePane.-low CommandLine { display: none; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(id="console")
        self._opened = False
        self._desk = Desk(services, HINT)
        self._choice = ModelChoice(services.models, self._desk.scribe)
        self._copied = Copied(self._desk, lambda: self._choice.held, services.copies)
        self._ways_out = WaysOut(self._desk)
        self._manner = Manner(services.preferences, id="sampling")
        self._variants = VariantChoice(services.preferences)
        self._views = Views(self._desk, services.corpora)
        self._prime = PrimeInput(services.primes)
        self._eager = False
        """Whether to write as soon as the model is there."""

    def compose(self) -> ComposeResult:
        yield self._choice
        yield self._manner
        yield self._copied
        yield Notice()
        yield TextField("prime", self._prime, id="prime")
        yield self._ways_out
        yield self._variants
        yield self._views

    def on_resize(self) -> None:
        self.set_class(self.size.height < LOW, "-low")

    def first_focus(self) -> Widget | None:
        return self._prime

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that would be typed are no keys; without a passage none can be gone on from."""
        if action in TYPED_KEYS and isinstance(self.screen.focused, Input):
            return False
        match action:
            case "at":
                return self._desk.is_mounted and self.part_allows(parameters)
            case "again" | "go_on" | "edit_passage":
                return self._desk.begun is not None and not self._desk.writing
            case "compare":
                return not self._desk.writing
            case "load_again":
                return self._choice.any is not None
            case "pick_prime":
                return bool(self._prime.primes)
        return True

    # Opening: nothing is started before somebody comes here

    async def on_focus(self) -> None:
        await self._open()

    async def on_descendant_focus(self) -> None:
        await self._open()

    async def _open(self) -> None:
        if not self._opened:
            self._opened = True
            await self._manner.open()
            self._prime.recall_history()
        self._choice.look()

    # The model

    def action_pick_model(self) -> None:
        """Choose another model."""
        self._choice.pick()

    def action_load_again(self) -> None:
        """Load the model anew: a run in training may have saved a newer checkpoint."""
        self._choice.load_newest()

    @on(Loaded)
    @on(LoadFailed)
    @while_open
    def _take_model(self, message: Loaded | LoadFailed) -> None:
        self._choice.take(message)

    @on(ModelChoice.Changed)
    def _show_model(self, message: ModelChoice.Changed) -> None:
        if message.retried:  # whatever was said of the one before is over now
            self.query_one(Notice).clear()
        if message.chosen:
            self._prime.focus()
        if self._eager and self._choice.expected is None:
            self._eager = False
            if self._choice.held:
                self.action_write()
        self.refresh_bindings()

    # Writing

    @on(Input.Submitted)
    def action_write(self) -> None:
        """Write from the prime in the field."""
        if self._begin(self._prime.value):
            self._prime.keep()

    @on(Views.PrimeChosen)
    def _write_on(self, message: Views.PrimeChosen) -> None:
        """Write from what was chosen while looking at a text."""
        self._begin(message.prime)
        self._desk.current.query_one(PassageView).focus()

    def action_again(self) -> None:
        """Write from the same prime with the next seed."""
        if begun := self._desk.begun:
            self._begin(begun.prime, begun.seed + 1)

    def action_go_on(self) -> None:
        """Write on from where the passage ends; of several the current one, which all go on from."""
        if begun := self._desk.begun:
            alone = not self._desk.variants
            self._begin(begun.prime if alone else self._desk.current.raw, begun.seed + 1, goes_on=alone)

    def _begin(self, prime: str, seed: int | None = None, goes_on: bool = False) -> bool:
        """Start writing, unless something is in its way; whether it was started."""
        if not self._can_write():
            return False
        try:
            sampling = self._manner.sampling(seed)
        except SettingsError as error:
            self.query_one(Notice).error(error)
            return False
        self._desk.write(prime, sampling, self._name_of, goes_on)
        return True

    def _can_write(self) -> bool:
        """Whether nothing is in the way; what is, is said."""
        notice = self.query_one(Notice)
        notice.clear()
        if self._desk.writing:
            notice.say("Still writing: Esc stops it.")
            return False
        if self._choice.held is None and self._desk.needs_held:
            self._choice.retry()
            self._eager = self._choice.expected is not None
            wait = "Written as soon as the model is loaded."
            notice.say(wait if self._eager else "There is no model yet to write with.")
        return self._choice.held is not None or not self._desk.needs_held

    def _name_of(self, path: Path | None) -> str:
        """How a command line calls the model at ``path``, or the one that is held."""
        from tui_textgen.tui.reproducing import name_for

        path = path or self._choice.held
        assert path is not None
        return name_for(path, self._choice.entries)

    def action_next_preset(self) -> None:
        """Take the next preset."""
        self._manner.next_preset()

    @on(Desk.Changed)
    def _follow_desk(self) -> None:
        self._manner.follow(self._desk.writing)
        self.refresh_bindings()

    def action_compare(self) -> None:
        """Ask what to write side by side."""
        self._variants.ask(self._choice.entries, self._choice.held)

    @on(VariantChoice.Chosen)
    async def _compare(self, message: VariantChoice.Chosen) -> None:
        await self._desk.compare(message.variants, self._choice.held)
        self._desk.current.query_one(PassageView).focus()
        self.action_write()

    # The prime

    def action_edit_prime(self) -> None:
        """Put the cursor into the prime."""
        self._prime.focus()

    def action_edit_passage(self) -> None:
        """Make the passage the prime."""
        self._prime.edit(self._desk.current.raw)

    def action_pick_prime(self) -> None:
        """Choose among the primes of before."""
        from tui_textgen.tui.screens.prime_picker import PrimePicker

        self.app.push_screen(PrimePicker(self._prime.primes), self._take_prime)

    def _take_prime(self, prime: str | None) -> None:
        if prime is not None:
            self._prime.edit(prime)

    # Ways out

    @on(CommandLine.Wanted)
    def _show_commands(self) -> None:
        self._ways_out.action_show_commands()

    async def action_leave(self) -> None:
        """Stop the writing or the loading; leave a field; leave side by side; else nothing."""
        if self._desk.writing:
            self._desk.stop()
        elif self._choice.expected:
            self._choice.give_up()
        elif isinstance(self.screen.focused, Input):
            self._desk.current.query_one(PassageView).focus()
        elif self._desk.variants:
            await self._desk.compare((), self._choice.held)
            self._desk.current.query_one(PassageView).focus()
        else:
            self.back()

    # What is said

    @on(Desk.Noted)
    @on(WaysOut.Noted)
    @while_open
    def _show(self, message: Desk.Noted | WaysOut.Noted) -> None:
        notice = self.query_one(Notice)
        if isinstance(message, Desk.Noted) and message.error:
            notice.error(message.sentence)
        else:
            notice.say(message.sentence)

    @on(ModelChoice.Failed)
    @on(NotKept)
    @while_open
    def _show_error(self, message: ModelChoice.Failed | NotKept) -> None:
        message.stop()
        self.query_one(Notice).error(message.error)
