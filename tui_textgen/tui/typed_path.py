"""Paths as somebody types them."""

from __future__ import annotations

from pathlib import Path


def typed_path(typed: str) -> Path:
    """``typed`` with the user's home for ``~/``, as a shell would read it."""
    typed = typed.strip()
    return Path.home() / typed.removeprefix("~/") if typed.startswith("~/") else Path(typed)


def shown_path(path: Path) -> str:
    """``path`` as somebody would type it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
