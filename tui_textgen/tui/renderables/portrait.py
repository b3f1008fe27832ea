"""What is known of a text, as rows: its advice, split, lines, repeats and baselines, and its characters."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from tui_textgen.advice import Advice
from tui_textgen.corpus.baselines import MEASURES, Baselines
from tui_textgen.corpus.character_names import code_point, name_of
from tui_textgen.corpus.makeup import LineLengths
from tui_textgen.corpus.repeats import LONG, Repeats
from tui_textgen.corpus.split import Split
from tui_textgen.tui.known_of_text import KnownOfText
from tui_textgen.tui.renderables.bars import bar
from tui_textgen.tui.renderables.heat import percent
from tui_textgen.tui.renderables.laid_out import named
from tui_textgen.tui.renderables.quantities import count, short_count
from tui_textgen.tui.renderables.rows import LIVE, MUTED, Row, crop
from tui_textgen.tui.renderables.wrapping import split as wrapped
from tui_textgen.visible import visible_line

MISSING: Row = (("–", MUTED),)
LISTED = 2000
"""Characters that get a row: 180,000 rows, made anew at each part that became known, took seconds and 100 MB."""
NAMES_FROM, BARS_FROM = 44, 62
"""Columns from which a character's name, and a bar beside it, have room."""


def fact_rows(known: KnownOfText, width: int) -> list[Row]:
    """A section for each part, of one row with a dash while it is not known."""
    lengths = known.makeup.lengths if known.makeup else None
    sections = {
        "advice": _advice_rows(known.advice, width),
        "baselines": _baseline_rows(known.baselines, width),
        "where training ends, and validation begins": _split_rows(known.split, width),
        "lines": _line_rows(lengths, width),
        "repeats": _repeat_rows(known.repeats, width),
    }
    rows: list[Row] = []
    for title, section in sections.items():
        rows += [*([()] if rows else []), crop(((title, f"bold {LIVE}"),), width), *(list(section) or [MISSING])]
    return rows


def character_rows(known: KnownOfText, by_code: bool, width: int) -> list[Row]:
    """A row for each of the first LISTED characters, the most frequent first or by code point, and one for the rest."""
    counts = known.counts()
    if not counts:
        return [MISSING]
    total = sum(number for _, number in counts)
    most = max(number for _, number in counts)
    ordered = counts if by_code else sorted(counts, key=lambda each: (-each[1], each[0]))
    rows = [_character_row(character, number, total, most, width) for character, number in ordered[:LISTED]]
    if more := len(ordered) - len(rows):
        rows.append(crop(((f"and {count(more)} more; corpora show --json tells them all", MUTED),), width))
    return rows


def _character_row(character: str, number: int, total: int, most: int, width: int) -> Row:
    glyph = named(character)
    parts: list[tuple[str, str]] = [
        (f" {glyph}{' ' * max(0, 5 - cell_len(glyph))}", "bold"),
        (f"{code_point(character):<8}", MUTED),
        (f"{short_count(number) if width < NAMES_FROM else count(number):>{5 if width < NAMES_FROM else 11}} ", ""),
        (f"{percent(number / total):>8}  ", ""),
    ]
    if width >= BARS_FROM:
        parts.append((f"{bar(number / most, 10)} ", LIVE))
    return crop((*parts, (name_of(character), MUTED)), width)


def _sentences(sentences: Sequence[str], width: int, style: str = MUTED) -> Iterator[Row]:
    """Each of the sentences in lines that fit."""
    for sentence in sentences:
        for line in wrapped(visible_line(sentence), max(1, width)):
            yield ((line.rstrip(), style),)


def _advice_rows(advice: Advice | Exception | None, width: int) -> Iterator[Row]:
    if isinstance(advice, Advice):
        yield from _sentences([f"{advice.settings} · {advice.time}"], width, "bold")
        yield from _sentences(advice.reasons, width)
    elif advice:
        yield from _sentences([f"! {advice}"], width, "")


def _split_rows(split: Split | None, width: int) -> Iterator[Row]:
    if split is None:
        return
    held_out = split.characters - split.trained
    if not held_out:
        yield from _sentences(["Nothing is held out: all of it is learned from."], width, "")
        return
    yield from _sentences(
        [f"{count(split.trained)} characters are learned from, {count(held_out)} are held out."], width, ""
    )
    yield from _sentences([f"…{split.before}┃{split.after}…"], width)


def _line_rows(lengths: LineLengths | None, width: int) -> Iterator[Row]:
    if lengths is None:
        return
    yield from _sentences(
        [
            f"{count(lengths.lines)} in all: half of them up to {count(lengths.median)} characters, nine of ten up to "
            f"{count(lengths.quantile(0.9))}, the longest {count(lengths.longest)}."
        ],
        width,
        "",
    )
    classes = list(lengths.classes().items())
    while len(classes) > 1 and not classes[-1][1]:  # none is that long
        classes.pop()
    most = max(1, *(lines for _, lines in classes))
    for name, lines in classes:
        yield crop(((f"{name:>8} ", MUTED), (bar(lines / most, 16), LIVE), (f" {count(lines):>10}", "")), width)


def _repeat_rows(repeats: Repeats | None, width: int) -> Iterator[Row]:
    if repeats is None:
        return
    read = "" if repeats.whole else f" It is of the first {count(repeats.characters)} characters."
    if not repeats.passages:
        yield from _sentences([f"Nothing of {LONG} characters or more stands in it twice.{read}"], width, "")
        return
    held_out = (
        f"{percent(repeats.held_out_share)}, which a network may know by heart" if repeats.held_out_share else "none"
    )
    yield from _sentences(
        [
            f"{percent(repeats.share)} of it repeats earlier passages of {LONG} characters or more; of its last tenth "
            f"{held_out}.{read}"
        ],
        width,
        "",
    )
    yield from _sentences(
        [
            f"The longest has {count(repeats.longest)} characters, at {count(repeats.place)} and before that at "
            f"{count(repeats.earlier)}: {repeats.example}…"
        ],
        width,
    )


def _baseline_rows(baselines: Baselines | None, width: int) -> Iterator[Row]:
    """One for each measure, with a dash before it is known: the rows below keep their place."""
    losses = baselines.named() if baselines else {}
    most = max(losses.values(), default=0.0)
    for name in MEASURES:
        nats = losses.get(name)
        told = "      –" if nats is None else f"{nats / math.log(2):7.3f} bpc {nats:7.3f} nats "
        yield crop(((f"{name:>8} ", MUTED), (told, ""), (bar(nats / most, 12) if nats else "", LIVE)), width)
    if baselines and not baselines.whole:
        yield from _sentences([f"Measured on {count(baselines.characters)} of its characters."], width)
