"""Options made from the fields of the settings, so that each is described and bounded in one place."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, TypeVar

import click
from pydantic.fields import FieldInfo

from tui_textgen.config import Settings, as_typed, bounds, choices

F = TypeVar("F", bound=Callable[..., Any])


def settings_options(kind: type[Settings], defaults: bool = True, hidden: Container[str] = ()) -> Callable[[F], F]:
    """A decorator that adds one option for each field of ``kind``; what is not given arrives as None.

    Without ``defaults`` the help leaves them out: they are others. ``hidden`` fields can be given, for a sentence that
    says why not, but the help doesn't offer them.
    """

    def decorate(function: F) -> F:
        for name, field in reversed(kind.model_fields.items()):
            function = setting_option(name, field, defaults, name in hidden)(function)
        return function

    return decorate


def setting_option(name: str, field: FieldInfo, defaults: bool = True, hidden: bool = False) -> Callable[[F], F]:
    """The option of one field. Its text is checked by the settings themselves, whose sentences name the bounds."""
    options = choices(field)
    return click.option(
        "--" + name.replace("_", "-"), name,
        type=click.Choice(options) if options else str,
        metavar=None if options else _metavar(field),
        help=_help(field, defaults),
        hidden=hidden,
    )  # fmt: skip


def given(kind: type[Settings], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a command's parameters that are fields of ``kind`` and were given."""
    return {name: parameters[name] for name in kind.model_fields if parameters.get(name) is not None}


def _metavar(field: FieldInfo) -> str:
    annotation = str(field.annotation)
    return "N" if "int" in annotation else "X" if "float" in annotation else "TEXT"


def _help(field: FieldInfo, defaults: bool) -> str:
    limits = "" if choices(field) or (limits := bounds(field)) == "any text" else limits
    default = "" if not defaults or field.default in (None, "") else f"default {as_typed(field.default)}"
    return f"{field.description} [{'; '.join(filter(None, (limits, default)))}]".replace(" []", "")
