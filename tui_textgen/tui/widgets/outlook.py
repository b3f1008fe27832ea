"""What will come of the settings of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui_textgen.errors import SettingsError, TextgenError
from tui_textgen.visible import visible_line

if TYPE_CHECKING:
    from tui_textgen.tui.run_settings import RunSettings


class Outlook(Static):
    """The run in a line and what was made to fit, or why there can be none."""

    DEFAULT_CSS = """
    Outlook { color: $text-muted; height: auto; max-height: 4; }
    """

    def __init__(self) -> None:
        super().__init__(id="outlook", markup=False)

    def tell(self, settings: RunSettings) -> None:
        """Show what ``settings`` come to."""
        try:
            line, notes = settings.outlook()
        except SettingsError as error:
            words = "The marked settings make no sense yet." if settings.wrong else visible_line(str(error))
            self.update(Content(f"! {words}"))
        except TextgenError as error:
            self.update(Content(f"! {visible_line(str(error))}"))
        else:
            self.update(Content("\n".join((line, *notes))))
