"""The settings of a run about to start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import DescendantFocus
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from tui_textgen.errors import TextgenError
from tui_textgen.tui.background import while_open
from tui_textgen.tui.chosen_text import ChosenText
from tui_textgen.tui.renderables.quantities import count
from tui_textgen.tui.starting import Starting, words_at
from tui_textgen.tui.widgets.choice import Choice
from tui_textgen.tui.widgets.first_model_field import FirstModelField
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.outlook import Outlook
from tui_textgen.tui.widgets.setting_columns import SettingColumns
from tui_textgen.tui.widgets.setting_field import SettingField
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.tui.run_settings import RunSettings
    from tui_textgen.tui.services import Services

TWO_COLUMNS = 76
LOW = 16
"""Lines under which the fields need the room of everything that can be told elsewhere."""


class TrainingForm(Vertical):
    """Every setting with its help and bounds, and what will come of them."""

    BINDING_GROUP_TITLE = "New run"
    PRESET_TITLE = "Preset"
    PRESET_HELP = "What suits what: left and right choose, and set every field below anew."
    NAME_HELP = "What the run is called; left empty, a name is made from the text's."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "start", "Start", priority=True),
        Binding("escape", "leave", "Back"),
        Binding("up", "step(-1)", "Field above", show=False),
        Binding("down", "step(1)", "Field below", show=False),
        Binding("left", "turn_preset(-1)", "Preset before", show=False),
        Binding("right", "turn_preset(1)", "Next preset", show=False),
    ]
    DEFAULT_CSS = """
    TrainingForm { height: 1fr; }
    TrainingForm #on { text-style: bold; height: 1; }
    TrainingForm #fields { height: 1fr; overflow-y: auto; margin: 1 0 0 0; scrollbar-size-vertical: 1; }
    TrainingForm .columns { height: auto; layout: vertical; }
    TrainingForm .column { height: auto; width: 1fr; }
    TrainingForm.-two .columns { layout: horizontal; }
    TrainingForm.-two .columns > * { margin-right: 2; }
    TrainingForm .group { color: $text-muted; text-style: italic; margin-top: 1; }
    TrainingForm #help { height: 2; color: $text-muted; margin-top: 1; }
    TrainingForm #go { height: 1; }
    TrainingForm #go-hint { color: $text-muted; width: auto; }
    TrainingForm #start { min-width: 20; width: auto; margin-right: 2; }
    TrainingForm.-low #on, TrainingForm.-low .group { display: none; }
    TrainingForm.-low #fields, TrainingForm.-low #help { margin: 0; }
    TrainingForm.-low #help, TrainingForm.-low Outlook { max-height: 1; }
    """

    class StartRequested(Message):
        """Start a run with these settings; ``values`` differ from the preset's, ``name`` None: choose one.

        ``starting`` is to be told how far that is; ``init_from`` names a model to begin with.
        """

        def __init__(
            self,
            corpora: tuple[str, ...],
            preset: str,
            values: Mapping[str, Any],
            name: str | None,
            starting: Starting,
            init_from: str | None,
        ) -> None:
            super().__init__()
            self.corpora, self.preset, self.values, self.name = corpora, preset, values, name
            self.starting, self.init_from = starting, init_from

    class Encoded(Message):
        """So much of the text of the run that is being started is encoded."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    class Cancelled(Message):
        """The form was left without starting a run."""

    def __init__(self, text: ChosenText, services: Services | None, settings: RunSettings | None = None) -> None:
        """``services`` None: what the run begins with is not for choosing."""
        super().__init__()
        from tui_textgen.tui.run_settings import RunSettings  # brings pydantic, which only a form needs

        self._text, self._services = text, services
        self._focus_wanted = False
        self._starting: Starting | None = None
        self._settings = settings or RunSettings(text)

    # What is on it

    def compose(self) -> ComposeResult:
        yield Static(self._heading(), id="on", markup=False)
        yield Outlook()
        with Vertical(id="fields"):  # a VerticalScroll would take the arrow keys
            with Horizontal(classes="columns"):
                presets = tuple(self._settings.presets)
                yield SettingField("preset", self.PRESET_TITLE, self._settings.preset, choices=presets, id="preset")
                yield SettingField("name", "Name", "", placeholder="chosen for you", id="run-name")
            if self._services:
                yield FirstModelField(self._services)
            yield SettingColumns(self._settings)
        yield Static(id="help", markup=False)
        yield Notice(id="complaint")
        with Horizontal(id="go"):
            yield Button("Start training", variant="primary", id="start", compact=True)
            yield Static("or ctrl+t", markup=False, id="go-hint")

    def _heading(self) -> Content:
        entry = self._text.description.entry
        numbers = f"{count(entry.characters)} characters, {count(entry.distinct)} distinct"
        return Content(visible_line(f"New run on {entry.name} · {numbers}"))

    def on_mount(self) -> None:
        self.query_one(SettingColumns).show()
        self._tell_outlook()
        self._tell_help()
        if self._focus_wanted:
            self.query_one("#start", Button).focus()

    def on_resize(self) -> None:
        self.set_class(self.size.width >= TWO_COLUMNS, "-two")
        self.set_class(self.size.height < LOW, "-low")

    # What is typed into it

    @on(SettingField.Changed)
    def _take(self, event: SettingField.Changed) -> None:
        event.stop()
        texts = self._settings.typed.texts
        if event.name == "preset" and event.text != self._settings.preset:
            self._take_preset(event.text)
        elif event.name in texts and event.text != texts[event.name]:
            texts[event.name] = event.text
            self.query_one(SettingColumns).mark(event.name)
        else:
            return
        self._tell_outlook()

    def _take_preset(self, preset: str) -> None:
        self._settings.choose(preset)
        self.query_one(SettingColumns).show()
        self._tell_help()

    @on(FirstModelField.Chosen)
    @while_open
    def _begin_with(self, message: FirstModelField.Chosen) -> None:
        self._settings.first = message.model
        self.query_one(SettingColumns).show()
        self._tell_outlook()
        if not self._starting:
            self.query_one("#complaint", Notice).clear()

    def _tell_outlook(self) -> None:
        self.query_one(Outlook).tell(self._settings)

    @on(DescendantFocus)
    def _tell_help(self) -> None:
        name = self._focused_setting()
        preset = f"{self._settings.preset}: {self._settings.preset_help}."
        if name in (None, "preset"):  # on the button, left and right are the preset's too
            words = f"{preset} {self.PRESET_HELP}"
        elif name == "init_from":
            words = FirstModelField.HELP
        else:
            words = self.NAME_HELP if name == "name" else self._settings.help(name)
        self.query_one("#help", Static).update(Content(words))

    def _focused_setting(self) -> str | None:
        focused = self.screen.focused
        parent = focused.parent if focused else None
        return parent.setting if isinstance(parent, SettingField) else None

    # What comes of it

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        """Ask for the run, unless a setting makes no sense, or one is on its way already."""
        if self._starting:
            return
        if any(field.choosing for field in self.query(FirstModelField)):
            self.query_one("#complaint", Notice).say("The model is still being read.")
            return
        try:
            values = self._settings.values()
            self._settings.outlook()
        except TextgenError as error:
            self.show_error(str(error))
            return
        self._starting = Starting(lambda share: self.post_message(self.Encoded(share)))
        self.query_one("#complaint", Notice).say(words_at(1))
        name = self.query_one("#run-name Input", Input).value.strip()
        self.post_message(self._request(values, name or None, self._starting))

    def _request(self, values: Mapping[str, Any], name: str | None, starting: Starting) -> Message:
        """What asks for the run."""
        preset, first = self._settings.preset, self._settings.first
        return self.StartRequested(self._text.corpora, preset, values, name, starting, first.name if first else None)

    @on(Encoded)
    @while_open
    def _show_encoded(self, message: Encoded) -> None:
        """How far the text is, unless the run was given up."""
        if not self._starting or self._starting.given_up:
            return
        self.query_one("#complaint", Notice).say(words_at(message.share))

    @property
    def complaint(self) -> str:
        """Why the run did not start; empty while there is nothing to say."""
        return self.query_one("#complaint", Notice).sentence

    def show_error(self, sentence: str) -> None:
        """Show why the run did not start; the form stays as it is."""
        given_up = self._starting is not None and self._starting.given_up
        self._starting = None
        notice = self.query_one("#complaint", Notice)
        (notice.say if given_up else notice.error)(sentence)

    def on_unmount(self) -> None:
        if self._starting:
            self._starting.give_up()

    # Ways through it

    def focus(self, scroll_visible: bool = True) -> TrainingForm:
        """Give the keys to the button: who wants the preset as it is just presses Enter."""
        self._focus_wanted = True
        for button in self.query("#start"):  # there is none before the form is mounted
            button.focus(scroll_visible)
        return self

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_step(1)

    def action_step(self, by: int) -> None:
        """Go to the next field, or the one before."""
        stops: list[Widget] = [field.control for field in self.query(SettingField) if not field.kept]
        stops.append(self.query_one("#start", Button))
        focused = self.screen.focused
        at = stops.index(focused) if focused in stops else -1
        stops[(at + by) % len(stops)].focus()

    def action_turn_preset(self, by: int) -> None:
        """Take the next preset, or the one before, wherever left and right mean nothing else."""
        self.query_one("#preset Choice", Choice).action_turn(by)

    def action_leave(self) -> None:
        """Give up the run that is on its way; else leave a field for the button, then the form.

        A disk that hangs may keep what was given up for long: nobody has to stay for it.
        """
        if self._starting and not self._starting.given_up:
            self._starting.give_up()
            self.query_one("#complaint", Notice).say("Giving it up…")
        elif isinstance(self.screen.focused, Input):
            self.focus()
        else:
            self.post_message(self.Cancelled())
