"""The network against PyTorch's own modules."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn
from torch.nn.functional import one_hot

from tests.unit.network.making import KINDS
from tui_textgen.config import ModelConfig, build
from tui_textgen.models.card import tensor_shapes
from tui_textgen.network.char_rnn import CharRNN
from tui_textgen.network.dropout import Dropout
from tui_textgen.plan import count_parameters

MODULES: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def network_of(kind: str, layers: int = 2, residual: bool = False) -> CharRNN:
    shape = build(ModelConfig, {"model": kind, "n_hidden": 8, "n_layers": layers, "residual": residual})
    return CharRNN.initialised(shape, distinct=5, seed=1)


@pytest.mark.parametrize("kind", KINDS)
def test_equals_the_module_on_one_hot_vectors(kind: str) -> None:
    network = network_of(kind)
    module, output = MODULES[kind](5, 8, 2), nn.Linear(8, 5)
    module.load_state_dict(network.rnn.state_dict())
    output.load_state_dict(network.fc.state_dict())
    ids = torch.randint(5, (7, 3), generator=torch.Generator().manual_seed(2))
    logits, _ = network(ids, network.zero_state(3))
    expected = output(module(one_hot(ids, 5).float())[0])
    torch.testing.assert_close(logits, expected)
    logits.square().sum().backward()
    expected.square().sum().backward()
    for ours, theirs in zip(network.parameters(), [*module.parameters(), *output.parameters()], strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad)


@pytest.mark.parametrize("kind", KINDS)
def test_a_residual_network_adds_to_each_upper_layer_what_it_read(kind: str) -> None:
    network = network_of(kind, layers=3, residual=True)
    ids = torch.randint(5, (7, 2), generator=torch.Generator().manual_seed(2))
    values = one_hot(ids, 5).float()
    for layer in range(3):
        module = MODULES[kind](values.shape[-1], 8)
        module.load_state_dict({f"{name.removesuffix(str(layer))}0": weight for name, weight
                                in network.rnn.state_dict().items() if name.endswith(f"_l{layer}")})  # fmt: skip
        outputs = module(values)[0]
        values = outputs + values if layer else outputs
    torch.testing.assert_close(network(ids, network.zero_state(2))[0], network.fc(values))


@pytest.mark.parametrize("kind", KINDS)
def test_a_carried_state_equals_one_long_pass(kind: str) -> None:
    network = network_of(kind, layers=3)
    ids = torch.randint(5, (20, 2), generator=torch.Generator().manual_seed(2))
    whole, end = network(ids, network.zero_state(2))
    first, state = network(ids[:9], network.zero_state(2))
    second, state = network(ids[9:], state)
    torch.testing.assert_close(torch.cat((first, second)), whole)
    for ours, theirs in zip(state, end, strict=True):
        torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
def test_low_precision_reaches_the_parameters_in_theirs(kind: str) -> None:
    network = network_of(kind)
    ids = torch.randint(5, (7, 3), generator=torch.Generator().manual_seed(2))
    exact, _ = network(ids, network.zero_state(3))
    rough, state = network(ids, network.zero_state(3, torch.bfloat16))
    assert rough.dtype == state[0].dtype == torch.bfloat16
    torch.testing.assert_close(rough.float(), exact, atol=0.03, rtol=0)
    rough.float().sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in network.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_parameters_are_what_the_card_and_the_plan_say(kind: str) -> None:
    network = network_of(kind, layers=3)
    assert {name: tuple(value.shape) for name, value in network.state_dict().items()} == tensor_shapes(network.shape, 5)
    assert sum(parameter.numel() for parameter in network.parameters()) == count_parameters(network.shape, 5)


@pytest.mark.parametrize("init", ["uniform", "orthogonal"])
def test_the_seed_decides_the_untrained_network(init: str) -> None:
    shape = build(ModelConfig, {"n_hidden": 8})
    first, again, other = (CharRNN.initialised(shape, 5, seed, init).state_dict() for seed in (1, 1, 2))
    for name, weight in first.items():
        assert torch.equal(weight, again[name])
        assert not torch.equal(weight, other[name])


@pytest.mark.parametrize("kind", KINDS)
def test_orthogonal_first_weights_keep_lengths_gate_by_gate(kind: str) -> None:
    shape = build(ModelConfig, {"model": kind, "n_hidden": 8})
    network = CharRNN.initialised(shape, 5, 1, "orthogonal")
    for name in ("weight_hh_l0", "weight_hh_l1", "weight_ih_l1"):
        for gate in torch.split(network.rnn.get_parameter(name).detach(), 8):
            torch.testing.assert_close(gate @ gate.t(), torch.eye(8))


def test_orthogonal_first_weights_tell_characters_apart_from_the_start() -> None:
    """The same network with PyTorch's own says next to the same after every character."""

    def spread(init: str) -> float:
        network = CharRNN.initialised(build(ModelConfig, {"n_hidden": 64}), 5, 1, init)
        logits, _ = network(torch.arange(5).unsqueeze(0), network.zero_state(5))
        return float(logits.detach().std(dim=1).mean())

    assert spread("orthogonal") > 10 * spread("uniform")


@pytest.mark.parametrize("drop_prob", [0.1, 0.25, 0.5, 0.9])
def test_dropout_silences_its_share_and_keeps_the_mean(drop_prob: float) -> None:
    dropped = Dropout(drop_prob, torch.Generator().manual_seed(4))(torch.ones(50, 33, 41))
    silenced = (dropped == 0).float().mean().item()
    assert silenced == pytest.approx(drop_prob, abs=0.006)
    assert dropped.max().item() == pytest.approx(1 / (1 - drop_prob), rel=1e-4)


def test_dropout_masks_follow_the_generator() -> None:
    generator = torch.Generator().manual_seed(4)
    state = generator.get_state()
    dropout = Dropout(0.5, generator)
    first, second = dropout(torch.ones(40)), dropout(torch.ones(40))
    assert not torch.equal(first, second)
    generator.set_state(state)
    assert torch.equal(dropout(torch.ones(40)), first)


def test_a_windows_dropout_silences_the_same_units_at_each_character_of_a_lane() -> None:
    dropped = Dropout(0.5, torch.Generator().manual_seed(4), "window")(torch.ones(7, 3, 400))
    assert torch.equal(dropped, dropped[:1].expand_as(dropped))
    assert not torch.equal(dropped[0, 0], dropped[0, 1])
    assert 0.4 < (dropped[0] == 0).float().mean() < 0.6


def test_dropout_stands_between_layers_and_before_the_output() -> None:
    """With everything silenced, the logits are the output's bias, and the upper layer sees zeros."""
    network, ids = network_of("lstm"), torch.zeros(6, 2, dtype=torch.int64)
    logits, _ = network(ids, network.zero_state(2), Dropout(0.99999, torch.Generator().manual_seed(1)))
    torch.testing.assert_close(logits, network.fc.bias.expand_as(logits))
