"""What can be done with the open run, and when."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from tui_textgen.errors import TextgenError
from tui_textgen.runs.commands import Command, CommandKind
from tui_textgen.runs.snapshot import RunSnapshot
from tui_textgen.tui.background import in_background, while_open
from tui_textgen.tui.extending import epochs_in_all, extension, told_extension
from tui_textgen.tui.run_actions import allowed, why_not
from tui_textgen.tui.saving import save_text
from tui_textgen.tui.screens.ask_line import AskLine
from tui_textgen.tui.screens.question import Question
from tui_textgen.tui.services import Services
from tui_textgen.tui.typed_path import shown_path

FASTER, SLOWER = 1.25, 0.8
"""What a key does to the learning rate; one takes back the other."""


class RunControls(Widget):
    """A part of the dashboard without a place on the screen; ``say`` puts a sentence into the dashboard's last line."""

    BINDING_GROUP_TITLE = "Run"
    KEYS: ClassVar[list[BindingType]] = [
        Binding("space", "at('controls', 'pause')", "Pause", tooltip="Pause"),
        Binding("space", "at('controls', 'go_on')", "Continue", tooltip="Continue"),
        Binding("P", "at('controls', 'free_memory')", "Free", show=False,
                tooltip="Pause, and free the device's memory"),
        Binding("r", "at('controls', 'resume')", "Resume", tooltip="Go on from the last checkpoint"),
        Binding("x", "at('controls', 'stop')", "Stop", tooltip="Stop after a checkpoint"),
        Binding("s", "at('controls', 'sample')", "Sample", tooltip="Write a sample now"),
        Binding("c", "at('controls', 'checkpoint')", "Save", tooltip="Save a checkpoint now"),
        Binding("left_square_bracket", "at('controls', 'slower')", "Rate", key_display="[ ]",
                tooltip=f"Learning rate × {SLOWER:g}"),
        Binding("right_square_bracket", "at('controls', 'faster')", "Rate up", show=False, key_display="]",
                tooltip=f"Learning rate × {FASTER:g}"),
        Binding("e", "at('controls', 'extend')", "Extend", tooltip="Train for more epochs"),
        Binding("f", "at('controls', 'fork')", "Fork", tooltip="Begin a run with what this one has learned"),
        Binding("R", "at('controls', 'rename')", "Rename", show=False, tooltip="Rename the run"),
        Binding("d", "at('controls', 'delete')", "Delete", show=False, tooltip="Delete the run"),
        Binding("ctrl+o", "at('controls', 'save')", "Save as", show=False,
                tooltip="Save the curves as CSV, or the dashboard as SVG"),
    ]  # fmt: skip
    REFUSALS: ClassVar[list[BindingType]] = [
        Binding(key, f"at('controls', 'explain(\"{action}\")')", show=False)
        for key, action in {
            "space": "pause", "P": "free_memory", "r": "resume", "x": "stop", "s": "sample", "c": "checkpoint",
            "left_square_bracket": "slower", "right_square_bracket": "faster", "e": "extend", "f": "fork",
            "R": "rename", "d": "delete",
        }.items()
    ]  # fmt: skip
    """The same keys while nothing they stand for is allowed, behind the others: they say why."""
    DEFAULT_CSS = "RunControls { display: none; }"

    class Asked(Message):
        """The trainer is to do something."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    class ResumeRequested(Message):
        """Training is to go on from the last checkpoint, to ``epochs`` in all if given."""

        def __init__(self, epochs: int | None = None) -> None:
            super().__init__()
            self.epochs = epochs

    class ForkWanted(Message):
        """The settings of a fork of this run are to be chosen."""

        def __init__(self, snapshot: RunSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    class Renamed(Message):
        """The run ``before`` is called ``name`` now."""

        def __init__(self, before: str, name: str) -> None:
            super().__init__()
            self.before, self.name = before, name

    class Deleted(Message):
        """The run ``name`` is no more."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Failed(Message):
        """It could not be done."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, services: Services, say: Callable[[str, bool], None]) -> None:
        super().__init__(id="controls")
        self._runs, self._say = services.runs, say
        self._snapshot: RunSnapshot | None = None

    def show(self, snapshot: RunSnapshot | None) -> None:
        """Take what is known of the run now."""
        before, self._snapshot = allowed(self._snapshot), snapshot
        if allowed(snapshot) != before:
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        if action == "explain":
            return self._snapshot is not None and not self._snapshot.gone
        return action in allowed(self._snapshot)

    def action_explain(self, refused: str) -> None:
        """Say why a key has nothing to do."""
        if run := self._snapshot:
            self._say(why_not(refused, run.summary.state), False)

    # What the trainer is asked for

    def action_pause(self) -> None:
        self._ask(CommandKind.PAUSE, "Asked the trainer to pause.")

    def action_free_memory(self) -> None:
        self._ask(CommandKind.PAUSE, "Asked the trainer to pause and to free the memory.", free_memory=True)

    def action_go_on(self) -> None:
        self._ask(CommandKind.CONTINUE, "Asked the trainer to go on.")

    def action_stop(self) -> None:
        self._ask(CommandKind.STOP, "Asked the trainer to stop after a checkpoint.")

    def action_checkpoint(self) -> None:
        self._ask(CommandKind.CHECKPOINT, "Asked for a checkpoint.")

    def action_sample(self) -> None:
        self._ask(CommandKind.SAMPLE, "Asked for a sample.")

    def action_slower(self) -> None:
        self._ask(CommandKind.RATE, f"Asked for {SLOWER:g} times the learning rate.", factor=SLOWER)

    def action_faster(self) -> None:
        self._ask(CommandKind.RATE, f"Asked for {FASTER:g} times the learning rate.", factor=FASTER)

    def _ask(self, kind: CommandKind, sentence: str, **arguments: object) -> None:
        self._say(sentence, False)
        self.post_message(self.Asked(Command(kind, arguments)))

    # What needs a word first

    def action_resume(self) -> None:
        self._resume(None)

    def _resume(self, epochs: int | None) -> None:
        self._say("Starting the trainer again …", False)
        self.post_message(self.ResumeRequested(epochs))

    def action_extend(self) -> None:
        if run := self._snapshot:
            question = AskLine(extension(run), "1", partial(told_extension, run))
            self.app.push_screen(question, partial(self._extend, run))

    def _extend(self, run: RunSnapshot, typed: str | None) -> None:
        if typed is None:
            return
        epochs = epochs_in_all(run, typed)
        if self._snapshot and self._snapshot.summary.state.live:
            self._ask(CommandKind.EXTEND, f"Asked the trainer to go on to {epochs:,} epochs.", epochs=epochs)
        else:
            self._resume(epochs)

    def action_fork(self) -> None:
        if self._snapshot:
            self.post_message(self.ForkWanted(self._snapshot))

    # What is done with the run's files

    def action_rename(self) -> None:
        from tui_textgen.runs.names import checked_name

        if run := self._snapshot:
            name = run.summary.name
            question = AskLine(f"Call {name}:", name, lambda typed: f"Its folder will be {checked_name(typed)}")
            self.app.push_screen(question, partial(self._rename, name))

    def _rename(self, name: str, typed: str | None) -> None:
        from tui_textgen.runs.names import checked_name

        new = name if typed is None else checked_name(typed)
        if new != name:
            self._do(partial(self._runs.rename, name, new), self.Renamed(name, new))

    def action_delete(self) -> None:
        if run := self._snapshot:
            name = run.summary.name
            question = Question(f"Delete the run {name}, its samples and its checkpoints?", {"d": "delete it"})
            self.app.push_screen(question, partial(self._delete, name))

    def _delete(self, name: str, answer: str | None) -> None:
        if answer == "d":
            self._do(partial(self._runs.delete, name), self.Deleted(name))

    def _do(self, job: Callable[[], object], done: Message) -> None:
        def work() -> None:
            try:
                job()
            except TextgenError as error:
                done_or_not: Message = self.Failed(str(error))
            else:
                done_or_not = done
            self.post_message(done_or_not)

        in_background(work)

    @while_open
    def on_run_controls_failed(self, message: Failed) -> None:
        message.stop()
        self._say(message.sentence, True)

    def action_save(self) -> None:
        """The picture is the one of now, before a question lies over it."""
        if run := self._snapshot:
            picture = self.app.export_screenshot(title=run.summary.name)
            answers = {"c": "its curves, as CSV", "s": "the dashboard as it is, as SVG"}
            self.app.push_screen(Question("Save:", answers), partial(self._save, run.summary.name, picture))

    def _save(self, name: str, picture: str, answer: str | None) -> None:
        from tui_textgen.tui.screens.save_as import SaveAs

        if answer == "c":
            screen = SaveAs("Save the curves to a file:", partial(self._save_curves, name), Path(f"{name}.csv"))
            self.app.push_screen(screen, self._show_saved)
        elif answer == "s":
            write = partial(_save_picture, picture)
            screen = SaveAs("Save the dashboard to a file:", write, Path(f"{name}.svg"))
            self.app.push_screen(screen, self._show_saved)

    def _save_curves(self, name: str, path: Path, overwrite: bool) -> None:
        from tui_textgen.runs.metrics import csv_pieces

        watch = self._runs.watch(name)
        try:
            save_text(path, csv_pieces(watch.metrics()), overwrite)
        finally:
            watch.close()

    def _show_saved(self, path: Path | None) -> None:
        if path is not None:
            self._say(f"Saved to {shown_path(path)}", False)


def _save_picture(picture: str, path: Path, overwrite: bool) -> None:
    save_text(path, picture, overwrite)
