"""The colours. Three of them mean something: the accent is what is live, amber is validation, red needs a person."""

from __future__ import annotations

from collections.abc import Sequence

from textual.theme import Theme

SCROLLBAR_PLACES = ("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active")

RUNS_ON_DARK = ("#56b4e9", "#e69f00", "#e28cc0", "#2bb38a", "#f0e442", "#8c9eff", "#e8743b", "#b4bcc8")
RUNS_ON_LIGHT = ("#0072b2", "#9a5b00", "#a3397f", "#00735a", "#6f6100", "#4a4fc4", "#b83a12", "#565e68")
"""Of runs that are compared, in the hues of Okabe and Ito: told apart with any kind of colour vision."""


def run_colours(colours: Sequence[str]) -> dict[str, str]:
    """The variables of a theme for runs that are compared."""
    return {f"run-{place}": colour for place, colour in enumerate(colours, 1)}


SHADES_ON_DARK = ("#f0e08a", "#e69f00", "#f0703c", "#e69f00", "#56b4e9")
SHADES_ON_LIGHT = ("#6f6100", "#9a4a00", "#b02a12", "#9a5b00", "#0072b2")
"""Of three steps of surprise, each further from white and grey, and of what rises and what falls."""


def shades(colours: Sequence[str]) -> dict[str, str]:
    """The variables of a theme for text that is coloured by numbers."""
    return dict(zip(("heat-2", "heat-3", "heat-4", "rising", "falling"), colours, strict=True))


def _theme(
    name: str,
    *,
    dark: bool,
    foreground: str,
    background: str,
    surface: str,
    panel: str,
    accent: str,
    warning: str,
    error: str,
    success: str,
    cursor: tuple[str, str],
    scrollbar: str,
    **variables: str,
) -> Theme:
    """A theme from the colours that matter here; ``cursor`` is the ground and the text of the row under it."""
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=accent,
        accent=accent,
        warning=warning,
        error=error,
        success=success,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        variables={
            "block-cursor-background": cursor[0],
            "block-cursor-foreground": cursor[1],
            "block-cursor-text-style": "none",
            "footer-key-foreground": accent,
            "footer-description-foreground": foreground,
            "scrollbar": scrollbar,
            "scrollbar-hover": accent,
            "scrollbar-active": accent,
            **dict.fromkeys(SCROLLBAR_PLACES, background),
            **run_colours(RUNS_ON_DARK if dark else RUNS_ON_LIGHT),
            "heat-1": foreground,
            **shades(SHADES_ON_DARK if dark else SHADES_ON_LIGHT),
            **variables,
        },
    )


DARK = _theme(
    "dark", dark=True, foreground="#d5dae1", background="#101418", surface="#171c22", panel="#1d242c",
    accent="#6fd0bd", warning="#e6b566", error="#ee6a6a", success="#8fc98b",
    cursor=("#27443f", "#e8fffa"), scrollbar="#303a45",
)  # fmt: skip
LIGHT = _theme(
    "light", dark=False, foreground="#0d1117", background="#fafaf7", surface="#f1f2ef", panel="#e9ebe8",
    accent="#00695c", warning="#8a5300", error="#b3261e", success="#2e6b2a",
    cursor=("#bfe3dc", "#0d1117"), scrollbar="#c3c8c4",
)  # fmt: skip
COLOUR_BLIND_SAFE = _theme(
    "colour-blind-safe", dark=True, foreground="#d5dae1", background="#101418", surface="#171c22", panel="#1d242c",
    accent="#56b4e9", warning="#f0e442", error="#e8743b", success="#2bb38a",
    cursor=("#1f4a66", "#f2faff"), scrollbar="#303a45",
)  # fmt: skip
"""Sky blue, yellow, vermilion and bluish green of M. Okabe and K. Ito, "Color Universal Design" (2008); the last
two are lighter here, to be read on a dark ground."""

SIXTEEN = _theme(
    "sixteen-colours", dark=True, foreground="#ffffff", background="#000000", surface="#000000", panel="#000000",
    accent="#55ffff", warning="#ffff55", error="#ff5555", success="#55ff55",
    cursor=("#00aaaa", "#000000"), scrollbar="#aaaaaa",
    **run_colours(("#55ffff", "#ffff55", "#ff55ff", "#55ff55", "#ffffff", "#5555ff", "#ff5555", "#aaaaaa")),
)  # fmt: skip
"""For terminals with 16 colours: each is one of theirs, as Rich numbers them. Of another theme the accent, validation
and quiet text would all come out as the same light grey. Text at 60 % becomes that grey, marks at 25 % the dark one."""

MONOCHROME = _theme(
    "no-colour", dark=True, foreground="#ffffff", background="#000000", surface="#000000", panel="#000000",
    accent="#ffffff", warning="#ffffff", error="#ffffff", success="#ffffff",
    cursor=("#ffffff", "#000000"), scrollbar="#ffffff",
    **run_colours(["#ffffff"] * len(RUNS_ON_DARK)),
    **shades(["#ffffff"] * len(SHADES_ON_DARK)),
    **{
        "block-cursor-blurred-background": "#000000",
        "block-cursor-blurred-text-style": "underline",
        "block-hover-background": "#000000",
        "screen-selection-background": "#ffffff",
        "screen-selection-foreground": "#000000",
        "input-selection-background": "#ffffff",
        "input-selection-foreground": "#000000",
    },
)  # fmt: skip
"""For NO_COLOR: what is light here and what is dark, `without_colour` turns into reverse and dim."""

CHOICES = {theme.name: theme for theme in (DARK, LIGHT, COLOUR_BLIND_SAFE)}
"""What a person may choose, where the terminal has the colours for it."""


def theme_for(chosen: str, color_system: str | None, no_color: bool) -> Theme:
    """The theme for a terminal whose colours Rich calls ``color_system``; ``chosen`` where it can show it."""
    if no_color:
        return MONOCHROME
    if color_system not in ("256", "truecolor"):
        return SIXTEEN
    return CHOICES.get(chosen, DARK)
