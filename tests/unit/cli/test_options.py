"""Options come from the settings, whole and with their bounds."""

from __future__ import annotations

import click
import pytest

from tui_textgen.cli.generate import generate
from tui_textgen.cli.options import given
from tui_textgen.cli.train import fork, train
from tui_textgen.config import SamplingConfig, Settings, TrainingConfig, training_config


def options(command: click.Command) -> dict[str, click.Option]:
    return {option.opts[0]: option for option in command.params if isinstance(option, click.Option)}


@pytest.mark.parametrize(("command", "kind"), [(train, TrainingConfig), (generate, SamplingConfig)])
def test_every_field_is_an_option_with_its_description(command: click.Command, kind: type[Settings]) -> None:
    known = options(command)
    for name, field in kind.model_fields.items():
        option = known["--" + name.replace("_", "-")]
        assert field.description
        assert field.description in str(option.help)


def test_bounds_and_choices_are_in_the_help() -> None:
    known = options(train)
    assert "from 1 to 8,192" in str(known["--n-hidden"].help)
    model = known["--model"].type
    assert isinstance(model, click.Choice)
    assert tuple(model.choices) == ("lstm", "gru", "rnn")


def test_a_fork_does_not_offer_what_it_keeps_but_says_why_not() -> None:
    """Its help listed the sizes of the network, each of which it refuses."""
    known = options(fork)
    assert {name for name, option in known.items() if option.hidden} == {
        "--model", "--n-hidden", "--n-layers", "--residual", "--init", "--encoding", "--unit", "--min-count"
    }  # fmt: skip
    assert not known["--lr"].hidden


def test_a_yes_or_no_is_a_choice_that_can_be_given() -> None:
    residual = options(train)["--residual"]
    assert isinstance(residual.type, click.Choice)
    assert tuple(residual.type.choices) == ("no", "yes")
    assert "default yes" in str(residual.help)
    for answer, meant in (("no", False), ("yes", True)):
        assert training_config("standard", {"residual": answer}).residual is meant


def test_only_what_was_given_is_passed_on() -> None:
    parameters = {"n_hidden": "64", "lr": None, "detach": True, "sample_prime": ""}
    assert given(TrainingConfig, parameters) == {"n_hidden": "64", "sample_prime": ""}
