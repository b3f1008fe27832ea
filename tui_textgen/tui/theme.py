"""The colours. Three of them mean something: the accent is what is live, amber is validation, red needs a person."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    name="textgen",
    dark=True,
    primary="#5fb3a1",
    secondary="#4b7f8c",
    accent="#6fd0bd",
    warning="#e6b566",
    error="#ee6a6a",
    success="#8fc98b",
    foreground="#d5dae1",
    background="#101418",
    surface="#171c22",
    panel="#1d242c",
    variables={
        "block-cursor-background": "#27443f",
        "block-cursor-foreground": "#e8fffa",
        "block-cursor-text-style": "none",
        "footer-key-foreground": "#6fd0bd",
        "footer-description-foreground": "#9aa4b0",
        "scrollbar": "#303a45",
        "scrollbar-hover": "#44515f",
        "scrollbar-active": "#6fd0bd",
        "scrollbar-background": "#101418",
        "scrollbar-background-hover": "#101418",
        "scrollbar-background-active": "#101418",
    },
)
