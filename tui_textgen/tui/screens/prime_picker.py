"""The primes of before, to choose one from."""

from __future__ import annotations

from collections.abc import Sequence

from tui_textgen.tui.screens.picker import Picker


class PrimePicker(Picker[str]):
    """``primes`` are the newest last; the list begins with it."""

    BINDING_GROUP_TITLE = "Primes of before"
    DEFAULT_CSS = """
    PrimePicker OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, primes: Sequence[str]) -> None:
        super().__init__(
            [(prime, prime) for prime in reversed(primes)],
            "a part of a prime of before",
            "enter takes the marked one for the prime; esc stays",
        )
