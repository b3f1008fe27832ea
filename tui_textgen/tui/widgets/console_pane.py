"""The console: give a model a prime, watch it write."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input

from tui_textgen.errors import SettingsError, TextgenError
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.scribe import Loaded, LoadFailed
from tui_textgen.tui.services import Services
from tui_textgen.tui.widgets.command_line import CommandLine
from tui_textgen.tui.widgets.desk import Desk
from tui_textgen.tui.widgets.model_choice import ModelChoice
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.pane import Pane
from tui_textgen.tui.widgets.passage_view import PassageView
from tui_textgen.tui.widgets.prime_input import PrimeInput
from tui_textgen.tui.widgets.text_field import TextField
from tui_textgen.tui.widgets.views import Views
from tui_textgen.tui.widgets.ways_out import WaysOut

if TYPE_CHECKING:
    from tui_textgen.config import SamplingConfig
    from tui_textgen.tui.variants import Variant

SEEDS = 2**31
"""Seeds that are drawn here are below this: short enough to be typed again."""
LOW = 16
"""Lines under which the passage needs the room."""
TYPED_KEYS = ("edit_prime", "go_on")
"""Actions of keys that the footer does not take for letters."""
TEMPERATURES = "beside.temperatures"
"""The choice that is remembered: which were written with last."""
HINT = "Type a prime below and press Enter: the model goes on from it."


class ConsolePane(Pane):
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
        Binding("ctrl+o", "save", "Save", tooltip="Save the passage to a file, with the command if wanted"),
        Binding("o", "copy", "Copy", show=False, tooltip="Copy the passage to the terminal's clipboard"),
        Binding("ctrl+r", "show_commands", "Command", tooltip="Show the command that writes the passage again"),
        *Views.KEYS,
    ]
    DEFAULT_CSS = """
    ConsolePane #sampling { height: auto; }
    ConsolePane PassageView { height: 1fr; min-height: 2; padding-top: 1; }
    ConsolePane PassageView:focus { padding-top: 0; border-top: heavy $accent; }
    ConsolePane.-low PassageView, ConsolePane .-titled PassageView { padding-top: 0; border-top: none; }
    ConsolePane.-low #sampling { height: 1; overflow-y: auto; scrollbar-size-vertical: 1; }
    ConsolePane.-low ModelChoice { max-height: 1; }
    ConsolePane.-low CommandLine { display: none; }
    """

    def __init__(self, services: Services) -> None:
        super().__init__(id="console")
        self._services = services
        self._opened = False
        self._desk = Desk(services, HINT)
        self._choice = ModelChoice(services.models, self._desk.scribe)
        self._ways_out = WaysOut(self._desk)
        self._views = Views(self._desk, services.corpora)
        self._prime = PrimeInput(services.primes)

    def compose(self) -> ComposeResult:
        yield self._choice
        yield Vertical(id="sampling")
        yield self._desk
        yield Notice()
        yield TextField("prime", self._prime, id="prime")
        yield self._ways_out
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
                return self.query_one(f"#{parameters[0]}").check_action(str(parameters[1]).partition("(")[0], ())
            case "again" | "go_on" | "edit_passage":
                return self._desk.begun is not None and not self._desk.writing
            case "copy" | "show_commands":
                return self._desk.begun is not None
            case "compare":
                return not self._desk.writing
            case "load_again":
                return self._choice.any is not None
            case "pick_prime":
                return bool(self._prime.primes)
        return True

    async def action_at(self, part: str, action: str) -> None:
        """Do an action of one of the parts."""
        await self.app.run_action(action, self.query_one(f"#{part}"))

    # Opening: nothing is started before somebody comes here

    async def on_focus(self) -> None:
        await self._open()

    async def on_descendant_focus(self) -> None:
        await self._open()

    async def _open(self) -> None:
        if not self._opened:
            self._opened = True
            from tui_textgen.tui.widgets.sampling_bar import SamplingBar  # brings pydantic

            await self.query_one("#sampling").mount(SamplingBar(self._services.preferences))
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
        sampling = self._sampling(seed)
        if sampling is None:
            return False
        self._desk.write(prime, sampling, self._name_of, goes_on)
        return True

    def _sampling(self, seed: int | None) -> SamplingConfig | None:
        """The settings to write with, the seed among them; None, and said why, if it can't be done now."""
        from tui_textgen.tui.widgets.sampling_bar import SamplingBar

        notice, bar = self.query_one(Notice), self.query_one(SamplingBar)
        notice.clear()
        if self._desk.writing:
            notice.say("Still writing: Esc stops it.")
        elif self._choice.held is None and self._desk.needs_held:
            notice.say(
                "The model is being loaded." if self._choice.expected else "There is no model yet to write with."
            )
            self._choice.look()
        else:
            try:
                sampling = bar.sampling()
            except SettingsError as error:
                notice.error(error)
            else:
                bar.keep()
                if seed is None:
                    seed = secrets.randbelow(SEEDS) if sampling.seed is None else sampling.seed
                return sampling.model_copy(update={"seed": seed % 2**63})
        return None

    def _name_of(self, path: Path | None) -> str:
        """How a command line calls the model at ``path``, or the one that is held."""
        from tui_textgen.tui.reproducing import name_for

        path = path or self._choice.held
        assert path is not None
        return name_for(path, self._choice.entries)

    @on(Desk.Changed)
    def _follow_desk(self) -> None:
        from tui_textgen.tui.widgets.sampling_bar import SamplingBar

        for bar in self.query(SamplingBar):
            bar.writing = self._desk.writing
        self.refresh_bindings()

    # Side by side

    def action_compare(self) -> None:
        """Ask what to write side by side."""
        from tui_textgen.tui.screens.beside import Beside
        from tui_textgen.tui.variants import USUAL

        typed = self._services.preferences.get(TEMPERATURES, USUAL)
        self.app.push_screen(Beside(self._choice.entries, self._choice.held, typed), self._compare)

    async def _compare(self, chosen: tuple[Sequence[Variant], str] | None) -> None:
        if chosen is not None:
            variants, typed = chosen
            in_background(partial(self._remember_temperatures, typed))
            await self._desk.compare(variants, self._choice.held)
            self.action_write()

    def _remember_temperatures(self, typed: str) -> None:
        try:
            self._services.preferences.set(TEMPERATURES, typed)
        except TextgenError as error:
            self.post_message(PrimeInput.NotKept(error))

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

    def action_save(self) -> None:
        """Ask for a file to save the passage to."""
        self._ways_out.save()

    def action_copy(self) -> None:
        """Send the passage to the terminal's clipboard."""
        self._ways_out.copy()

    @on(CommandLine.Wanted)
    def action_show_commands(self) -> None:
        """Show the command that writes the passage again."""
        self._ways_out.show_commands()

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
    @on(ModelChoice.Failed)
    @on(PrimeInput.NotKept)
    @while_open
    def _show(self, message: Desk.Noted | WaysOut.Noted | ModelChoice.Failed | PrimeInput.NotKept) -> None:
        notice = self.query_one(Notice)
        match message:
            case ModelChoice.Failed(error=error) | PrimeInput.NotKept(error=error):
                notice.error(error)
            case Desk.Noted(error=True):
                notice.error(message.sentence)
            case _:
                notice.say(message.sentence)
