"""The field for a prime, with those of before."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.message import Message

from tui_textgen.errors import TextgenError
from tui_textgen.tui.remembering import NotKept
from tui_textgen.tui.services import Primes
from tui_textgen.tui.widgets.line_input import LineInput


class PrimeInput(LineInput):
    """Up and down go through the primes of before; what was being typed waits below the newest."""

    BINDING_GROUP_TITLE = "Prime"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Write", tooltip="Write from the prime"),
        Binding("up", "recall(-1)", "Earlier prime", show=False),
        Binding("down", "recall(1)", "Later prime", show=False),
    ]

    class _Recalled(Message):
        def __init__(self, primes: list[str]) -> None:
            super().__init__()
            self.primes = primes

    def __init__(self, history: Primes) -> None:
        super().__init__(placeholder="empty: start at the text's first character")
        self._history = history
        self.primes: list[str] = []
        """Of before, the newest last."""
        self._draft = ""
        self._at = 0

    @work(thread=True)
    def recall_history(self) -> None:
        """Have the primes of earlier starts at hand."""
        try:
            self.post_message(self._Recalled(self._history.load()))
        except TextgenError as error:
            self.post_message(NotKept(error))

    @on(_Recalled)
    def _take(self, message: _Recalled) -> None:
        self.primes = [*message.primes, *(prime for prime in self.primes if prime not in message.primes)]
        self._at = len(self.primes)

    def keep(self) -> None:
        """Put what the field says last in the history; an empty prime is not worth a line."""
        prime = self.value
        if prime:
            self.primes = [earlier for earlier in self.primes if earlier != prime] + [prime]
            self._at = len(self.primes)
            self._store(prime)

    def edit(self, prime: str) -> None:
        """Have ``prime`` in the field, the cursor at its end."""
        self._put(prime)
        self.focus()

    @work(thread=True)
    def _store(self, prime: str) -> None:
        try:
            self._history.add(prime)
        except TextgenError as error:
            self.post_message(NotKept(error))

    def action_recall(self, by: int) -> None:
        """Show an earlier prime, or a later one."""
        at = min(max(self._at + by, 0), len(self.primes))
        if at == self._at:
            return
        if self._at == len(self.primes):
            self._draft = self.value
        self._at = at
        self._put(self.primes[at] if at < len(self.primes) else self._draft)

    def _put(self, prime: str) -> None:
        """Show the end of ``prime``, with the cursor there."""
        self.value = prime
        self.cursor_position = len(prime)
        self.call_after_refresh(self._show_end)

    def _show_end(self) -> None:
        """Textual (8.2.8) brings the cursor into sight only when it moves within a field that was drawn before."""
        self.scroll_to(x=self.max_scroll_x, animate=False, force=True)

    def _on_paste(self, event: Paste) -> None:
        """All lines of what is pasted are the prime, not the first alone."""
        event.prevent_default()
        event.stop()
        text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)
