"""How a model writes: one small field for each setting of sampling, and the presets that set several at once."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import ItemGrid, Vertical
from textual.events import DescendantBlur, DescendantFocus

from tui_textgen.config import SAMPLING_PRESET_HELP, SAMPLING_PRESETS, SamplingConfig, as_typed
from tui_textgen.tui.background import while_open
from tui_textgen.tui.preferences import Preferences
from tui_textgen.tui.remembering import NotKept, remember
from tui_textgen.tui.typed_settings import TypedSettings
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.setting_field import SettingField

UNSET = {"seed": "random"}
"""What an empty field stands for, where that is more than ``off``."""
FIELD_WIDTH = 22
PRESET, OWN = "preset", "own"
KEPT = ("length", "temperature", "top_k", "top_p")
"""What is remembered from one start to the next: all but the seed, which would give the same text for ever."""
LATER = "This acts on the next passage."


class SamplingBar(Vertical):
    """The fields of SamplingConfig, as many beside each other as fit; below, what is wrong, or what a field does."""

    DEFAULT_CSS = """
    SamplingBar { height: auto; }
    SamplingBar ItemGrid { grid-gutter: 0 2; }
    SamplingBar SettingField { grid-columns: 14 1fr; }
    SamplingBar #sampling-preset { grid-columns: 9 1fr; }
    """

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._preferences = preferences
        self._typed = TypedSettings(SamplingConfig, {})
        for name in KEPT:
            self._typed.texts[name] = preferences.get(f"sampling.{name}", self._typed.texts[name])
        self.writing = False
        """Whether a passage is being written, which takes no notice of changes."""

    def compose(self) -> ComposeResult:
        with ItemGrid(min_column_width=FIELD_WIDTH, stretch_height=False):
            yield SettingField(PRESET, "Preset", self._preset, choices=tuple(SAMPLING_PRESETS), id="sampling-preset")
            for name, text in self._typed.texts.items():
                placeholder = UNSET.get(name, "off") if self._typed.optional(name) else ""
                yield SettingField(name, self._typed.title(name), text, placeholder=placeholder, id=f"sampling-{name}")
        yield Notice(id="sampling-notice")

    def sampling(self) -> SamplingConfig:
        """What the fields say; raises SettingsError naming each wrong one."""
        return self._typed.build()

    def next_preset(self) -> None:
        """Take the next preset."""
        names = list(SAMPLING_PRESETS)
        at = names.index(self._preset) + 1 if self._preset in names else 0
        name = names[at % len(names)]
        self._take_preset(name)
        self._say(f"{name.capitalize()} {SAMPLING_PRESET_HELP[name]}.")

    def keep(self) -> None:
        """Remember the settings for the next start."""
        remember(self, self._preferences, {f"sampling.{name}": self._typed.texts[name] for name in KEPT})

    @on(NotKept)
    @while_open
    def _show_not_kept(self, message: NotKept) -> None:
        message.stop()
        self.query_one("#sampling-notice", Notice).error(message.error)

    @property
    def _preset(self) -> str:
        """Which preset the fields say."""
        texts = self._typed.texts
        for name, values in SAMPLING_PRESETS.items():
            if all(texts[field].strip() == as_typed(value) for field, value in values.items()):
                return name
        return OWN

    def _take_preset(self, name: str) -> None:
        for field, value in SAMPLING_PRESETS[name].items():
            self._typed.texts[field] = as_typed(value)
            self._field(field).set_text(as_typed(value))
            self._field(field).mark_wrong(False)
        self._field(PRESET).set_text(name)

    @on(SettingField.Changed)
    def _take(self, event: SettingField.Changed) -> None:
        event.stop()
        if event.name == PRESET:
            if event.text in SAMPLING_PRESETS and event.text != self._preset:
                self._take_preset(event.text)
                self._tell()
        elif event.text != self._typed.texts[event.name]:
            self._typed.texts[event.name] = event.text
            self._field(event.name).mark_wrong(self._typed.error(event.name) is not None)
            self._field(PRESET).set_text(self._preset)
            self._tell()

    @on(DescendantFocus)
    @on(DescendantBlur)
    def _tell(self) -> None:
        notice = self.query_one("#sampling-notice", Notice)
        focused = next((field for field in self.query(SettingField) if field.control.has_focus), None)
        wrong = next(filter(None, map(self._typed.error, self._typed.texts)), None)
        if wrong:
            notice.error(wrong)
        elif focused:
            self._say(self._help(focused.setting))
        else:
            notice.clear()

    def _say(self, sentence: str) -> None:
        words = f"{sentence} {LATER}" if self.writing else sentence
        self.query_one("#sampling-notice", Notice).say(words)

    def _help(self, name: str) -> str:
        if name != PRESET:
            return self._typed.help(name)
        return "; ".join(f"{preset} {words}" for preset, words in SAMPLING_PRESET_HELP.items()) + "."

    def _field(self, name: str) -> SettingField:
        return self.query_one(f"#sampling-{name}", SettingField)
