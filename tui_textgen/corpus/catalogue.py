"""Texts that can be downloaded: two classics, and what the user's ``catalogue.toml`` names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tui_textgen.corpus.embedded import EMBEDDED
from tui_textgen.errors import CorpusError
from tui_textgen.paths import Home, shipped
from tui_textgen.visible import visible_line

NAME = re.compile(r"\w[\w.-]{0,79}")
NAME_BYTES = 200
"""In UTF-8: a file's name takes 255, and one that is being written has more than the text's own."""
SHA256 = re.compile(r"[0-9a-f]{64}")
REQUIRED, OPTIONAL = ("name", "url", "sha256"), ("title", "licence", "member")
EXAMPLE = '[[text]], then name = "…", url = "…" and sha256 = "…"'


@dataclass(frozen=True)
class CatalogueText:
    """A text that can be downloaded."""

    name: str
    url: str
    sha256: str
    """Of what the URL gives, before it is unpacked."""
    title: str
    licence: str = ""
    member: str = ""
    """Which file of a zip archive is the text; not needed where there is only one."""
    bytes: int | None = None
    """The size of the text, where it is known beforehand."""

    def file(self, home: Home) -> Path:
        """Where the text lies once it is here."""
        return home.corpora / f"{self.name}.txt"


@dataclass(frozen=True)
class Catalogue:
    """What can be downloaded, by name, and a sentence for each entry of the user's that cannot be used."""

    texts: Mapping[str, CatalogueText]
    complaints: tuple[str, ...] = ()


GITHUB = "https://raw.githubusercontent.com"
OWN = (
    CatalogueText(
        "anna-karenina",
        f"{GITHUB}/udacity/deep-learning-v2-pytorch/master/recurrent-neural-networks/char-rnn/data/anna.txt",
        "568bb39fc78aca98e9db91c4329dcd1aa5ec4c3df3aca2064ce5d6f023ae16c9",
        "Anna Karenina, by Leo Tolstoy",
        "public domain",
        bytes=2_025_486,
    ),
    CatalogueText(
        "tiny-shakespeare",
        f"{GITHUB}/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        "Tiny Shakespeare, scenes from his plays",
        "public domain",
        bytes=1_115_394,
    ),
)


def catalogue(home: Home) -> Catalogue:
    """The texts that can be downloaded. One of the user's takes the place of ours of the same name: a mirror, say."""
    texts = {text.name: text for text in OWN}
    file = f"‘{visible_line(str(home.catalogue))}’"
    try:
        if not home.catalogue.exists():
            return Catalogue(texts)
        if not home.catalogue.is_file():
            return Catalogue(texts, (f"{file} is no file; put a file of texts there, or remove it.",))
        read = tomllib.loads(home.catalogue.read_text("utf-8"))
    except OSError as error:
        return Catalogue(texts, (f"{file} cannot be read ({error.strerror or error}); mend that, or remove it.",))
    except (ValueError, RecursionError) as error:  # of TOML and of UTF-8, and of a number with too many digits
        return Catalogue(texts, (f"{file} is no TOML ({visible_line(str(error))}); correct it there.",))
    complaints = []
    if wrong := [key for key in read if key != "text"]:
        complaints.append(f"{file}: ‘{visible_line(wrong[0])}’ is unknown here; an entry begins with {EXAMPLE}.")
    entries = read.get("text", [])
    taken = _reserved()
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        try:
            text = _text(entry, taken)
        except CorpusError as error:
            complaints.append(f"{file}, entry {number}{_called(entry)}: {error}")
        else:
            taken.add(text.name)
            texts[text.name] = text
    return Catalogue(texts, tuple(complaints))


def find(home: Home, name: str) -> CatalogueText:
    """The text ``name`` of the catalogue; raises CorpusError where there is none."""
    known = catalogue(home)
    if text := known.texts.get(name):
        return text
    if blamed := [sentence for sentence in known.complaints if f"(‘{visible_line(name)}’)" in sentence]:
        raise CorpusError(blamed[0])
    raise CorpusError(
        f"The catalogue has no text ‘{visible_line(name)}’, only {', '.join(known.texts)}; "
        f"add it to ‘{visible_line(str(home.catalogue))}’: {EXAMPLE}."
    )


def _reserved() -> set[str]:
    """Names of texts that are always here."""
    return {path.stem for path in shipped("corpora").glob("*.txt")} | {embedded.name for embedded in EMBEDDED}


def _text(entry: Any, taken: Collection[str]) -> CatalogueText:
    """The text that an entry of the file describes; CorpusError says what is wrong with it."""
    if not isinstance(entry, dict):
        raise CorpusError(f"it is no table; write {EXAMPLE}.")
    if unknown := [key for key in entry if key not in REQUIRED + OPTIONAL]:
        raise CorpusError(
            f"‘{visible_line(unknown[0])}’ is unknown; an entry has {', '.join(REQUIRED)}, and may have "
            f"{', '.join(OPTIONAL)}."
        )
    for key in REQUIRED:
        if key not in entry:
            raise CorpusError(f"its {key} is missing; add it.")
    if wrong := [key for key, value in entry.items() if not isinstance(value, str)]:
        raise CorpusError(f"its {wrong[0]} is no text; put it in quotation marks.")
    name, url, sha256 = entry["name"], entry["url"], entry["sha256"].lower()
    if not NAME.fullmatch(name):
        raise CorpusError("a name is made of up to 80 letters, digits, ‘_’, ‘-’ and ‘.’, a letter or digit first.")
    if len(name.encode()) > NAME_BYTES:
        raise CorpusError(f"its name has more than {NAME_BYTES} bytes; choose a shorter one.")
    if name in taken:
        raise CorpusError("there is a text of that name already; choose another one.")
    if not _is_web_address(url):
        raise CorpusError("its url is not one that begins with https:// or http:// and names a host; correct it.")
    if not SHA256.fullmatch(sha256):
        raise CorpusError("its sha256 is not 64 hexadecimal digits; ‘sha256sum’ tells those of a file.")
    return CatalogueText(
        name, url, sha256, entry.get("title") or name, entry.get("licence", ""), entry.get("member", "")
    )


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # ValueError where it is none
    except ValueError:
        return False
    return parts.scheme in ("https", "http") and bool(parts.hostname) and url.isprintable() and " " not in url


def _called(entry: Any) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f" (‘{visible_line(name)}’)" if isinstance(name, str) else ""
