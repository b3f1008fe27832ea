"""Paths as somebody types them."""

from __future__ import annotations

from pathlib import Path


def expanded(typed: str) -> str:
    """``typed`` with the user's home for ``~/``, else letter for letter: ``./x`` is a path, ``x`` may be a name."""
    typed = typed.strip()
    return str(Path.home() / typed.removeprefix("~/")) if typed.startswith("~/") else typed


def shown_path(path: Path) -> str:
    """``path`` as somebody would type it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
