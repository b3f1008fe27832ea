"""How a model writes: one small field for each setting of sampling."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import ItemGrid

from tui_textgen.config import SamplingConfig
from tui_textgen.tui.typed_settings import TypedSettings
from tui_textgen.tui.widgets.setting_field import SettingField

UNSET = {"seed": "random"}
"""What an empty field stands for, where that is more than ``off``."""
FIELD_WIDTH = 22


class SamplingBar(ItemGrid):
    """The fields of SamplingConfig, as many beside each other as fit."""

    DEFAULT_CSS = """
    SamplingBar { grid-gutter: 0 2; }
    SamplingBar SettingField { grid-columns: 14 1fr; }
    """

    def __init__(self) -> None:
        super().__init__(min_column_width=FIELD_WIDTH, stretch_height=False)
        self._typed = TypedSettings(SamplingConfig, {})

    def compose(self) -> ComposeResult:
        for name, text in self._typed.texts.items():
            placeholder = UNSET.get(name, "off") if self._typed.optional(name) else ""
            yield SettingField(name, self._typed.title(name), text, placeholder=placeholder, id=f"sampling-{name}")

    def sampling(self) -> SamplingConfig:
        """What the fields say; raises SettingsError naming each wrong one."""
        return self._typed.build()

    def help(self, name: str) -> str:
        return self._typed.help(name)

    @on(SettingField.Changed)
    def _take(self, event: SettingField.Changed) -> None:
        event.stop()
        self._typed.texts[event.name] = event.text
        self.query_one(f"#sampling-{event.name}", SettingField).mark(False, self._typed.error(event.name))
