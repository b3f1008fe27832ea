"""A question with a few answers, each a key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_textgen.visible import visible_line


class Question(ModalScreen[str | None]):
    """Asks ``sentence``; ``answers`` are words by their key. The result is the key, None after Escape.

    The first answer has the focus, so that Enter takes it.
    """

    BINDING_GROUP_TITLE = "Question"
    DEFAULT_CSS = """
    Question { align: center middle; }
    Question > Vertical {
        width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; background: $surface;
        border: round $accent; overflow-y: auto;
    }
    Question Static { margin-bottom: 1; }
    Question Button { width: 1fr; height: 1; min-width: 0; border: none; content-align: left middle; text-align: left; }
    Question Button:focus { background: $accent; color: $background; text-style: bold; }
    """

    def __init__(self, sentence: str, answers: Mapping[str, str]) -> None:
        super().__init__()
        self._sentence = sentence
        self._answers = {**answers, "escape": "stay"}
        for key in answers:
            self._bindings.bind(key, f"answer('{key}')", answers[key], show=False)
        self._bindings.bind("escape", "dismiss(None)", "Stay", show=False)
        self._bindings.bind("down", "app.focus_next", show=False)
        self._bindings.bind("up", "app.focus_previous", show=False)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(Content(visible_line(self._sentence)), markup=False)
            for key, words in self._answers.items():
                name = "Esc" if key == "escape" else key
                yield Button(Content.assemble((f"{name:>3} ", "bold"), words), id=f"answer-{key}", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        key = (event.button.id or "").removeprefix("answer-")
        self.dismiss(None if key == "escape" else key)

    def action_answer(self, key: str) -> None:
        self.dismiss(key)


def leave_question(live: Sequence[str]) -> Question:
    """What to do with the runs that are being trained, before the app is left."""
    who = live[0] if len(live) == 1 else f"{len(live)} runs: {', '.join(live)}"
    them = "it" if len(live) == 1 else "them"
    return Question(
        f"Training goes on without this window. Leave {who}?",
        {"l": f"leave {them} going", "x": f"stop {them} after a checkpoint, then leave"},
    )
