"""The settings of a run as fields, in two columns where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_textgen.tui.widgets.setting_field import SettingField

if TYPE_CHECKING:
    from tui_textgen.tui.run_settings import RunSettings


class SettingColumns(Horizontal):
    """A field for each of ``settings`` that is for choosing, by groups."""

    def __init__(self, settings: RunSettings) -> None:
        super().__init__(classes="columns")
        self._settings = settings

    def compose(self) -> ComposeResult:
        from tui_textgen.tui.run_settings import columns

        for column in columns(self._settings.kept):
            with Vertical(classes="column"):
                yield from self._fields(column)

    def _fields(self, column: Mapping[str, tuple[str, ...]]) -> Iterator[Static | SettingField]:
        typed = self._settings.typed
        for title, names in column.items():
            yield Static(title, classes="group", markup=False)
            for name in names:
                yield SettingField(
                    name,
                    typed.title(name),
                    typed.texts[name],
                    choices=typed.choices(name),
                    placeholder="unset" if typed.optional(name) else "",
                    id=f"set-{name}",
                )

    def show(self) -> None:
        """Show the settings as they are now."""
        from tui_textgen.config import as_typed

        with self.app.batch_update():
            for field in self.query(SettingField):
                field.set_text(self._settings.typed.texts[field.setting])
                its = self._settings.inherited.get(field.setting)
                field.keep(None if its is None else f"{as_typed(its)} · model's")
                self.mark(field.setting)

    def mark(self, name: str) -> None:
        """Show whether one of them was changed, and what is wrong with it."""
        field = self.query_one(f"#set-{name}", SettingField)
        field.mark(self._settings.changed(name), self._settings.error(name))
