"""Texts that every Python carries, so that there is something to learn from without a network."""

from __future__ import annotations

import importlib
import importlib.util
import platform
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tui_textgen.corpus.atomic import whole_file
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home

VERSION = platform.python_version()
NOT_LIBRARY = {"test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__"}
"""Folders of the standard library's tree that are left out."""


@dataclass(frozen=True)
class Embedded:
    """A text gathered from the running interpreter."""

    name: str
    title: str
    available: Callable[[], bool]
    gather: Callable[[], Iterator[str]]
    missing: str
    """The sentence for when it is not available."""

    def path(self, home: Home) -> Path:
        """Where the text lies once it has been gathered."""
        return home.embedded / f"{self.name}-{VERSION}.txt"

    def materialise(self, home: Home) -> Path:
        """The text's file, gathered first if it is not there; raises CorpusError where Python lacks it."""
        path = self.path(home)
        if path.is_file():
            return path
        if not self.available():
            raise CorpusError(self.missing)
        with whole_file(path) as file:
            for part in self.gather():
                file.write(part.encode("utf-8"))
        return path


def _has_topics() -> bool:
    try:
        return importlib.util.find_spec("pydoc_data.topics") is not None
    except ModuleNotFoundError:
        return False


def _topics() -> Iterator[str]:
    """The language reference, sorted by topic; each begins with its underlined title."""
    topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    for index, name in enumerate(sorted(topics)):
        yield ("\n\n" if index else "") + topics[name].strip("\n") + "\n"


def _library_root() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def _sources() -> Iterator[str]:
    """The library's modules in order of their paths; what is not UTF-8 is left out."""
    root = _library_root()
    paths = [path for path in root.rglob("*.py") if not NOT_LIBRARY & set(path.relative_to(root).parts)]
    for path in sorted(paths, key=lambda path: path.relative_to(root).as_posix()):
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if text.strip():
            yield text.rstrip("\n") + "\n\n\n"


EMBEDDED = (
    Embedded(
        "python-reference",
        f"The Python language reference, {VERSION}",
        _has_topics,
        _topics,
        "This Python comes without its language reference (pydoc_data); choose python-stdlib or a text of yours.",
    ),
    Embedded(
        "python-stdlib",
        f"The Python standard library, {VERSION}",
        lambda: (_library_root() / "os.py").is_file(),
        _sources,
        "This Python comes without the sources of its library; choose python-reference or a text of yours.",
    ),
)
