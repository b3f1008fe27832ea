"""The themes by numbers: what can be read, what can be told apart, and what is left without colour."""

from __future__ import annotations

from itertools import combinations

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from tests.tui.fakes import FakeServices, snapshot, summary, with_runs
from tests.tui.test_dashboard import see
from tui_textgen.runs.snapshot import RunState
from tui_textgen.tui.app import TextgenApp
from tui_textgen.tui.theme import COLOUR_BLIND_SAFE, DARK, LIGHT, MONOCHROME, SIXTEEN, theme_for
from tui_textgen.tui.without_colour import without_colour

READABLE, A_MARK = 4.5, 3.0
"""Contrasts that WCAG 2 asks of text, and of what is no text."""
APART = 25.0
"""A distance in CIELAB (1976) that nobody takes for the same; 2.3 is just noticeable."""
NAMES = ("foreground", "accent", "warning", "error", "success")
DEFICIENCIES = {
    # G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model for Simulation of Color Vision
    # Deficiency" (2009), severity 1.0, on linear RGB
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
Numbers = tuple[float, float, float]


def linear(color: Color) -> Numbers:
    def of(share: float) -> float:
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (of(value / 255) for value in color.rgb)
    return red, green, blue


def contrast(one: Color, other: Color) -> float:
    lightness = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear(x), strict=True)) for x in (one, other)
    )
    return (lightness[1] + 0.05) / (lightness[0] + 0.05)


def lab(rgb: Numbers) -> Numbers:
    def of(share: float) -> float:
        return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116

    red, green, blue = (min(1.0, max(0.0, share)) for share in rgb)
    x = of((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505)
    y = of(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = of((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen(color: Color, deficiency: str) -> Numbers:
    red, green, blue = (sum(w * c for w, c in zip(row, linear(color), strict=True)) for row in DEFICIENCIES[deficiency])
    return red, green, blue


def colour(theme: Theme, name: str) -> Color:
    return Color.parse(getattr(theme, name))


@pytest.mark.parametrize("theme", [DARK, LIGHT, COLOUR_BLIND_SAFE, SIXTEEN, MONOCHROME], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_text_can_be_read_in_each_theme_quiet_text_too(theme: Theme, ground: str) -> None:
    behind = colour(theme, ground)
    for name in NAMES:
        assert contrast(colour(theme, name), behind) >= READABLE, name
    assert contrast(behind.blend(colour(theme, "foreground"), 0.6), behind) >= READABLE
    assert contrast(Color.parse(theme.variables["footer-key-foreground"]), behind) >= A_MARK


@pytest.mark.parametrize("theme", [DARK, LIGHT, COLOUR_BLIND_SAFE, SIXTEEN, MONOCHROME], ids=lambda theme: theme.name)
def test_the_row_under_the_cursor_can_be_read(theme: Theme) -> None:
    ground = Color.parse(theme.variables["block-cursor-background"])
    assert contrast(Color.parse(theme.variables["block-cursor-foreground"]), ground) >= READABLE


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_in_the_safe_theme_what_lives_validation_and_errors_stay_apart(deficiency: str) -> None:
    for one, other in combinations(("foreground", "accent", "warning", "error"), 2):
        a, b = (lab(seen(colour(COLOUR_BLIND_SAFE, name), deficiency)) for name in (one, other))
        assert sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5 >= APART, (one, other)


def test_the_dark_theme_would_not_pass_that() -> None:
    """Else there would be no need for another one."""
    a, b = (lab(seen(colour(DARK, name), "deuteranopia")) for name in ("warning", "error"))
    assert sum((p - q) ** 2 for p, q in zip(a, b, strict=True)) ** 0.5 < APART


def test_sixteen_colours_keep_apart_what_means_something() -> None:
    def number(color: Color) -> int | None:
        return RichColor.parse(color.hex).downgrade(ColorSystem.STANDARD).number

    black = colour(SIXTEEN, "background")
    quiet, faint = (black.blend(colour(SIXTEEN, "foreground"), share) for share in (0.6, 0.25))
    numbers = [number(each) for each in (*(colour(SIXTEEN, name) for name in NAMES), quiet, faint, black)]
    assert len(set(numbers)) == len(numbers)
    assert number(quiet) == 7, "light grey: terminals that make bright black invisible keep it readable"


@pytest.mark.parametrize(
    ("color_system", "no_color", "theme"),
    [("truecolor", False, LIGHT), ("256", False, LIGHT), ("standard", False, SIXTEEN), (None, False, SIXTEEN),
     ("truecolor", True, MONOCHROME)],
)  # fmt: skip
def test_a_terminal_gets_the_theme_that_it_can_show(color_system: str | None, no_color: bool, theme: Theme) -> None:
    assert theme_for("light", color_system, no_color) is theme


def test_without_colour_the_ground_becomes_reverse_and_quiet_text_dim() -> None:
    cursor = without_colour(Style.parse("#000000 on #ffffff"))
    quiet = without_colour(Style.parse("bold #999999 on #000000") + Style.from_meta({"row": 3}))
    assert (cursor.reverse, bool(cursor.dim), cursor.color, cursor.bgcolor) == (True, False, None, None)
    assert (bool(quiet.reverse), quiet.dim, quiet.bold, quiet.color) == (False, True, True, None)
    assert quiet.meta == {"row": 3}, "a click must find its row"


async def test_no_color_is_respected_and_focus_and_cursor_stay_visible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    fake = with_runs(snapshot(summary("a", RunState.FINISHED)), snapshot(summary("b", RunState.FAILED)))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "✓ finished", "✗ failed")
        strips = app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        assert all(style.color is None and style.bgcolor is None for style in styles)
        reversed_words = ["".join(s.text for s in strip if s.style and s.style.reverse) for strip in strips]
        assert "2 Training" in reversed_words[0]
        assert sum("finished" in words or "failed" in words for words in reversed_words) == 1


async def test_a_new_theme_reaches_the_table_too() -> None:
    fake = with_runs(snapshot(summary("a", RunState.FINISHED)), snapshot(summary("b", RunState.FAILED, created=0)))
    app = TextgenApp(fake.services, pane="training")
    async with app.run_test(size=(80, 24)) as pilot:
        await see(pilot, "✓ finished", "✗ failed")
        app.choose_theme("light")
        await pilot.pause()
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        (sign,) = [s.style for strip in strips for s in strip if "✗" in s.text and s.style]
        assert sign.color
        assert contrast(Color.from_rich_color(sign.color), colour(LIGHT, "error")) == pytest.approx(1.0, abs=0.02)


def test_the_first_theme_is_dark() -> None:
    assert TextgenApp(FakeServices().services).theme == "dark"
