"""What is wrong with the user's catalogue, for as long as it is."""

from __future__ import annotations

from collections.abc import Sequence

from tui_textgen.tui.widgets.notice import Notice


class Complaints(Notice):
    """The first of several sentences, and how many more there are."""

    DEFAULT_CSS = "Complaints { max-height: 2; }"

    def tell(self, sentences: Sequence[str]) -> None:
        if not sentences:
            self.clear()
            return
        more = f" ({len(sentences) - 1} more: textgen-tui corpora)" if len(sentences) > 1 else ""
        self.error(f"{sentences[0]}{more}")
