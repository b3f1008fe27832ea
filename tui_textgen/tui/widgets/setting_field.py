"""One setting: its name, a sign where it was changed, what it says, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from tui_textgen.tui.widgets.choice import Choice
from tui_textgen.tui.widgets.line_input import LineInput
from tui_textgen.tui.widgets.model_line import ModelLine
from tui_textgen.tui.widgets.notice import Notice

CHANGED, WRONG = "•", "!"


class SettingField(Widget):
    """A label beside an input, beside a choice where there are ``choices``, or beside another ``control``."""

    DEFAULT_CSS = """
    SettingField { layout: grid; grid-size: 2; grid-columns: 20 1fr; grid-rows: auto; height: auto; width: 1fr; }
    SettingField > .label { height: 1; color: $text-muted; }
    SettingField:focus-within { color: $foreground; } /* without a rule of its own the label is not restyled */
    SettingField:focus-within > .label { color: $text-accent; text-style: bold; }
    SettingField.-changed > .label { color: $foreground; }
    SettingField.-wrong > .label { color: $text-error; }
    SettingField > .kept { display: none; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    SettingField.-kept > .kept { display: block; }
    SettingField.-kept > Input, SettingField.-kept > Choice { display: none; }
    SettingField > Notice { column-span: 2; padding-left: 2; }
    """

    class Changed(Message):
        """The setting ``name`` says ``text`` now."""

        def __init__(self, name: str, text: str) -> None:
            super().__init__()
            self.name, self.text = name, text

    def __init__(
        self,
        name: str,
        title: str,
        text: str,
        *,
        choices: Sequence[str] = (),
        placeholder: str = "",
        control: ModelLine | None = None,
        id: str,
    ) -> None:
        super().__init__(id=id)
        self.setting = name
        self._title = title
        self._sign = " "
        self.control: Choice | Input | ModelLine = control or (
            Choice(choices, text)
            if choices
            else LineInput(text, placeholder)
        )  # fmt: skip

    def compose(self) -> ComposeResult:
        yield Static(self._label(), classes="label", markup=False)
        yield self.control
        yield Static(classes="kept", markup=False)
        yield Notice()

    def set_text(self, text: str) -> None:
        """Say something else; nothing is posted if it says so already."""
        if self.control.value != text:
            self.control.value = text

    @property
    def kept(self) -> bool:
        """Whether it is not for choosing."""
        return self.has_class("-kept")

    def keep(self, words: str | None) -> None:
        """Show ``words`` in place of what can be chosen, which comes back with None."""
        self.query_one(".kept", Static).update(Content(words or ""))
        self.set_class(words is not None, "-kept")

    def mark(self, changed: bool, error: str | None) -> None:
        """Show whether it was changed, and what is wrong with it."""
        self.set_class(changed, "-changed")
        self.mark_wrong(error is not None)
        notice = self.query_one(Notice)
        if error:
            notice.error(error)
        else:
            notice.clear()

    def mark_wrong(self, wrong: bool) -> None:
        """Show that something is wrong, which is told elsewhere."""
        self.set_class(wrong, "-wrong")
        sign = WRONG if wrong else CHANGED if self.has_class("-changed") else " "
        if sign != self._sign:
            self._sign = sign
            self.query_one(".label", Static).update(self._label())

    def focus(self, scroll_visible: bool = True) -> SettingField:
        self.control.focus(scroll_visible)
        return self

    @on(Input.Changed)
    @on(Choice.Changed)
    def _pass_on(self, event: Input.Changed | Choice.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(self.setting, event.value))

    def _label(self) -> Content:
        return Content(f"{self._sign} {self._title}")
