"""What units do along a text, against PyTorch's own modules, and the search for those that follow something."""

from __future__ import annotations

import statistics

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.network.making import KINDS, model
from tests.unit.network.plain import plain_pass
from tui_textgen.corpus.features import upper_case
from tui_textgen.network import activations, chunks
from tui_textgen.network.activations import Activations, correlations

TEXT = "hello world\nhello dell\nroll low\n" * 3


def never() -> None:
    """A check that lets everything go on."""


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_units_are_those_of_pytorchs_own_modules(kind: str, residual: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MOST", 8)
    loaded = model(kind, n_layers=3, residual=residual)
    ids = loaded.vocabulary.encode(TEXT)
    told = list(Activations(loaded.network).along(ids, never))
    assert len(told) > 3
    plain = plain_pass(loaded.network, ids)
    for layer in range(3):
        units = torch.cat([activity[layer] for activity in told])
        assert units.shape == (len(ids), 2 if kind == "lstm" else 1, 12)
        assert torch.allclose(units[:, 0], plain.h[layer], atol=1e-4)
        if kind == "lstm":
            assert torch.allclose(units[:, 1], plain.c[layer], atol=1e-4)


def test_a_text_that_fits_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, calls = model(), []
    ids = loaded.vocabulary.encode(TEXT)
    reader = Activations(loaded.network)
    first = list(reader.along(ids, lambda: calls.append(1)))
    assert calls
    calls.clear()
    again = list(reader.along(ids, lambda: calls.append(1)))
    assert not calls
    assert all(torch.equal(a, b) for one, two in zip(first, again, strict=True) for a, b in zip(one, two, strict=True))
    other = list(reader.along(ids[::-1], never))
    assert not torch.equal(other[0][0], first[0][0])
    monkeypatch.setattr(activations, "KEPT_FLOATS", 100)
    list(reader.along(ids, never))
    list(reader.along(ids, lambda: calls.append(1)))
    assert calls  # too long to be kept


def test_an_interrupted_reading_is_not_taken_for_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MOST", 8)
    loaded = model()
    ids, reader = loaded.vocabulary.encode(TEXT), Activations(loaded.network)
    next(reader.along(ids, never))
    assert sum(len(activity[0]) for activity in reader.along(ids, never)) == len(ids)


numbers = st.floats(-1, 1, width=16)


@given(st.integers(3, 40).flatmap(lambda n: st.tuples(*[st.lists(numbers, min_size=n, max_size=n)] * 3)))
def test_correlations_are_pearsons(rows: tuple[list[float], list[float], list[float]]) -> None:
    """Two units, in chunks of 7 characters, with one feature."""
    *units, feature = rows
    whole = torch.tensor(units).t().unsqueeze(1)
    found = correlations(iter([[part] for part in torch.split(whole, 7)]), [feature])
    for unit, correlation in zip(units, found[0][0, 0].tolist(), strict=True):
        assert -1 <= correlation <= 1
        if statistics.pvariance(unit) > 1e-6 and statistics.pvariance(feature) > 1e-6:
            assert correlation == pytest.approx(statistics.correlation(unit, feature), abs=1e-4)


def test_what_never_changes_goes_with_nothing() -> None:
    still, moving = torch.full((50, 1, 1), 0.3), torch.linspace(-1, 1, 50).view(50, 1, 1)
    found = correlations(iter([[still, moving]]), [[1.0] * 50, [float(place) for place in range(50)]])
    assert found[0].flatten().tolist() == [0, 0]
    assert found[1].flatten().tolist() == pytest.approx([0, 1])


def test_a_unit_made_to_see_capitals_is_found() -> None:
    loaded = model("rnn", "Hello World\n", n_layers=1)
    network = loaded.network
    with torch.no_grad():
        network.rnn.get_parameter("weight_hh_l0")[5] = 0
        network.rnn.get_parameter("bias_hh_l0")[5] = network.rnn.get_parameter("bias_ih_l0")[5] = 0
        seen = torch.tensor([4.0 if character.isupper() else -4.0 for character in loaded.vocabulary.characters])
        network.rnn.get_parameter("weight_ih_l0")[5] = seen
    text = "Hello World\nHeed Held Wood\n" * 4
    text = "".join(character for character in text if character in loaded.vocabulary.characters)
    ids = loaded.vocabulary.encode(text)
    (found,) = correlations(Activations(network).along(ids, never), [upper_case(text)])
    assert found[0, 0].abs().argmax() == 5
    assert found[0, 0, 5] == pytest.approx(1)
