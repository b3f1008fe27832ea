"""Settings as texts in fields, and back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic.fields import FieldInfo

from tui_textgen.config import Settings, as_typed, bounds, build, choices
from tui_textgen.errors import SettingsError

ANY_TEXT = "any text"
"""What :func:`bounds` says of a field without limits: nothing that somebody has to read."""

S = TypeVar("S", bound=Settings)


class TypedSettings(Generic[S]):
    """One text for each field of ``kind``, starting from ``values``; an empty one leaves an optional setting unset."""

    def __init__(self, kind: type[S], values: Mapping[str, Any]) -> None:
        self._kind = kind
        self.texts = {name: as_typed(values.get(name, field.default)) for name, field in kind.model_fields.items()}

    def title(self, name: str) -> str:
        return self._field(name).title or name

    def help(self, name: str) -> str:
        """A field's sentence and its bounds."""
        sentence, limits = self._field(name).description or "", bounds(self._field(name))
        return sentence if limits == ANY_TEXT else f"{sentence} {limits[:1].upper()}{limits[1:]}."

    def choices(self, name: str) -> tuple[str, ...]:
        """What can be chosen; empty for a field that is typed."""
        return choices(self._field(name))

    def optional(self, name: str) -> bool:
        """Whether the field may be left empty."""
        return self._field(name).default is None

    def value(self, name: str) -> Any:
        """What a field says; raises SettingsError."""
        return getattr(build(self._kind, {name: self._given(name)}), name)

    def error(self, name: str) -> str | None:
        """What is wrong with a field, in a sentence."""
        try:
            self.value(name)
        except SettingsError as error:
            return str(error)
        return None

    def build(self, over: Mapping[str, Any] = MappingProxyType({})) -> S:
        """All of it, with the values ``over`` laid over it; raises SettingsError naming each wrong field."""
        return build(self._kind, {**{name: self._given(name) for name in self.texts}, **over})

    def _field(self, name: str) -> FieldInfo:
        return self._kind.model_fields[name]

    def _given(self, name: str) -> str | None:
        text = self.texts[name]
        return None if self.optional(name) and not text.strip() else text
