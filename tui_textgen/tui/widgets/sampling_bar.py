"""How a model writes: one small field for each setting of sampling."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import ItemGrid, Vertical
from textual.events import DescendantBlur, DescendantFocus

from tui_textgen.config import SamplingConfig
from tui_textgen.tui.typed_settings import TypedSettings
from tui_textgen.tui.widgets.notice import Notice
from tui_textgen.tui.widgets.setting_field import SettingField

UNSET = {"seed": "random"}
"""What an empty field stands for, where that is more than ``off``."""
FIELD_WIDTH = 22


class SamplingBar(Vertical):
    """The fields of SamplingConfig, as many beside each other as fit; below, what is wrong, or what a field does."""

    DEFAULT_CSS = """
    SamplingBar { height: auto; }
    SamplingBar ItemGrid { grid-gutter: 0 2; }
    SamplingBar SettingField { grid-columns: 14 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed = TypedSettings(SamplingConfig, {})

    def compose(self) -> ComposeResult:
        with ItemGrid(min_column_width=FIELD_WIDTH, stretch_height=False):
            for name, text in self._typed.texts.items():
                placeholder = UNSET.get(name, "off") if self._typed.optional(name) else ""
                yield SettingField(name, self._typed.title(name), text, placeholder=placeholder, id=f"sampling-{name}")
        yield Notice(id="sampling-notice")

    def sampling(self) -> SamplingConfig:
        """What the fields say; raises SettingsError naming each wrong one."""
        return self._typed.build()

    @on(SettingField.Changed)
    def _take(self, event: SettingField.Changed) -> None:
        event.stop()
        if event.text != self._typed.texts[event.name]:
            self._typed.texts[event.name] = event.text
            self.query_one(f"#sampling-{event.name}", SettingField).mark_wrong(
                self._typed.error(event.name) is not None
            )
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
            notice.say(self._typed.help(focused.setting))
        else:
            notice.clear()
