"""Decides between the TUI and the command line, parsing no more than that takes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

INTERRUPTED = 130
NO_TERMINAL = (
    "textgen-tui needs a terminal to open in; without one, use its commands: textgen-tui --help lists them."
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run what ``argv`` asks for; returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    _open_streams()
    try:
        opening = opening_words(words)
        return _run(words) if opening is None else _open(*opening)
    except KeyboardInterrupt:
        return INTERRUPTED


def _open_streams() -> None:
    """Standard streams that were closed (``>&-``) lead nowhere: the next file that is opened would be one of them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode)  # noqa: PTH123, SIM115  # pathlib takes a while to import
            os.set_inheritable(stream.fileno(), True)
            setattr(sys, name, stream)


def _run(words: Sequence[str]) -> int:
    from tui_textgen.cli.main import run

    return run(words, open_app)


def _open(run_name: str | None, mouse: bool) -> int:
    """The app without the command line's modules, which its start need not wait for."""
    try:
        return open_app(run_name, mouse)
    except Exception as error:  # noqa: BLE001
        from tui_textgen.cli.main import told

        return told(error)


def opening_words(words: Sequence[str]) -> tuple[str | None, bool] | None:
    """``(run, mouse)`` if ``words`` only open the TUI, else None: then the command line reads them."""
    run, mouse, rest = None, True, list(words)
    while rest:
        word = rest.pop(0)
        if word == "--no-mouse":
            mouse = False
        elif word == "--run" and rest and not rest[0].startswith("-"):
            run = rest.pop(0)
        elif word.startswith("--run=") and len(word) > len("--run="):
            run = word.removeprefix("--run=")
        else:
            return None
    return run, mouse


def open_app(run_name: str | None, mouse: bool) -> int:
    """The TUI, on a terminal; returns the exit status."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(NO_TERMINAL, file=sys.stderr)
        return 2
    from tui_textgen.paths import Home
    from tui_textgen.tui import app

    status: int = app.run(Home.locate(), run_name, mouse)
    return status


if __name__ == "__main__":
    sys.exit(main())
