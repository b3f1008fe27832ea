"""Where things live on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_textgen.errors import InputError

APP_NAME = "textgen-tui"
HOME_VARIABLE = "TEXTGEN_TUI_HOME"
HOMELESS = f"This user has no home folder here; name a folder to keep everything in: {HOME_VARIABLE}=/…"


@dataclass(frozen=True)
class Home:
    """The user's folders. Nothing is created by looking at them."""

    data: Path
    cache: Path
    config: Path

    @classmethod
    def locate(cls, environ: Mapping[str, str] = os.environ) -> Home:
        """The folders of this user; ``TEXTGEN_TUI_HOME`` moves all of them. Raises InputError where there are none."""
        if moved := environ.get(HOME_VARIABLE):
            root = _absolute(moved)
            return cls(data=root, cache=root / "cache", config=root / "config")
        import platformdirs  # 15 ms, not needed when the variable is set

        try:
            home = cls(
                data=platformdirs.user_data_path(APP_NAME, appauthor=False),
                cache=platformdirs.user_cache_path(APP_NAME, appauthor=False),
                config=platformdirs.user_config_path(APP_NAME, appauthor=False),
            )
        except RuntimeError as error:  # of some versions; in others the folders would be relative
            raise InputError(HOMELESS) from error
        if not home.data.is_absolute():
            raise InputError(HOMELESS)
        return home

    @property
    def corpora(self) -> Path:
        """The user's own texts, ``*.txt``."""
        return self.data / "corpora"

    @property
    def catalogue(self) -> Path:
        """The user's own list of texts that can be downloaded."""
        return self.data / "catalogue.toml"

    @property
    def downloads(self) -> Path:
        """What is on its way: a folder for each download, gone when it ends."""
        return self.cache / "downloads"

    @property
    def models(self) -> Path:
        """Imported and exported models."""
        return self.data / "models"

    @property
    def runs(self) -> Path:
        """One folder per run."""
        return self.data / "runs"

    @property
    def encoded(self) -> Path:
        """Encoded texts, by the hash of what they were made from."""
        return self.cache / "encoded"

    @property
    def embedded(self) -> Path:
        """Texts that were gathered from the running interpreter."""
        return self.cache / "embedded"


def _absolute(folder: str) -> Path:
    try:
        return Path(folder).expanduser().absolute()
    except (RuntimeError, OSError):  # no such user; or the folder that we are in is gone
        raise InputError(f"{HOME_VARIABLE} is ‘{folder}’, which leads nowhere from here; give a whole path.") from None


def shipped(kind: str) -> Path:
    """The folder of what ships with the package; ``kind`` is ``"corpora"`` or ``"models"``.

    In a wheel it lies inside the package, in a checkout beside it.
    """
    package = Path(__file__).parent
    inside = package / "shipped" / kind
    return inside if inside.is_dir() else package.parent / kind


def make_private(folder: Path) -> Path:
    """Create ``folder`` and its parents, readable by the user alone."""
    if not folder.is_dir():
        make_private(folder.parent)  # mkdir's own parents=True would give them the usual mode
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder
