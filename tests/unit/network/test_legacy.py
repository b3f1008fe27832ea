"""The notebook's checkpoints, in and out. What they must come to is computed by PyTorch's own modules."""

from __future__ import annotations

import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from tests.unit.network.making import KINDS, model
from tui_textgen.errors import ModelFileError
from tui_textgen.network import pickled
from tui_textgen.network.checkpoint import LoadedModel
from tui_textgen.network.legacy import read_net, write_net
from tui_textgen.network.scoring import score_stream

TOKENS = tuple("ngk abc\ndé源")
TEXT = "a bad cab\nkég 源"


class NotebookNet(nn.Module):
    """The notebook's network: a recurrent module of PyTorch, dropout, a linear output."""

    def __init__(self, tokens: tuple[str, ...], n_hidden: int, n_layers: int, kind: str = "lstm") -> None:
        super().__init__()
        self.tokens, self.kind = tokens, kind
        recurrent = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[kind]
        self.add_module(kind, recurrent(len(tokens), n_hidden, n_layers, batch_first=True))
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(n_hidden, len(tokens))

    def forward(self, ids: Tensor) -> Tensor:
        outputs, _ = self.get_submodule(self.kind)(one_hot(ids, len(self.tokens)).float().unsqueeze(0))
        logits: Tensor = self.fc(self.dropout(outputs[0]))
        return logits

    @torch.inference_mode()
    def loss(self, text: str) -> float:
        """Nats per character of ``text`` after its first, one stream."""
        ids = torch.tensor([self.tokens.index(character) for character in text])
        return cross_entropy(self(ids[:-1]), ids[1:]).item()


def notebook(kind: str = "lstm", n_hidden: int = 6, n_layers: int = 2) -> NotebookNet:
    torch.manual_seed(3)
    net = NotebookNet(TOKENS, n_hidden, n_layers, kind).eval()
    for parameter in net.parameters():
        parameter.data *= 3
    return net


def saved(net: NotebookNet, **values: Any) -> dict[str, Any]:
    """What the notebook saves of ``net``, with ``values`` in place of its own."""
    hidden = net.fc.in_features
    layers = sum("weight_hh" in name for name in net.state_dict())
    return {"n_hidden": hidden, "n_layers": layers, "state_dict": net.state_dict(), "tokens": net.tokens, **values}


def written(path: Path, value: object, **how: Any) -> Path:
    torch.save(value, path, **how)
    return path


def loss(loaded: LoadedModel, text: str = TEXT) -> float:
    return score_stream(loaded, text).nats_per_char


def refused(path: Path) -> str:
    """Why ``path`` is not taken over."""
    with pytest.raises(ModelFileError) as raised:
        read_net(path)
    return str(raised.value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_layers", [1, 3])
def test_an_imported_model_gives_what_the_notebook_gives(kind: str, n_layers: int, tmp_path: Path) -> None:
    net = notebook(kind, n_layers=n_layers)
    imported = read_net(written(tmp_path / "rnn.net", saved(net)))
    shape = imported.model.card.shape
    assert (shape.model, shape.n_hidden, shape.n_layers, shape.residual) == (kind, 6, n_layers, False)
    assert imported.model.card.vocabulary == "".join(TOKENS)
    assert loss(imported.model) == pytest.approx(net.loss(TEXT), abs=1e-5)
    assert [note for note in imported.notes if "tanh" not in note] == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_exported_model_gives_the_same_in_the_notebook_and_when_it_comes_back(kind: str, tmp_path: Path) -> None:
    ours = model(kind, TEXT, residual=False)
    notes = write_net(path := tmp_path / "ours.net", ours)
    assert bool(notes) == (kind != "lstm")
    checkpoint = torch.load(path)
    net = NotebookNet(checkpoint["tokens"], checkpoint["n_hidden"], checkpoint["n_layers"], kind).eval()
    net.load_state_dict(checkpoint["state_dict"])
    assert net.loss(TEXT) == pytest.approx(loss(ours), abs=1e-5)
    assert loss(read_net(path).model) == loss(ours)


def test_what_the_notebook_has_no_arithmetic_for_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="residual"):
        write_net(tmp_path / "ours.net", model(residual=True))
    write_net(tmp_path / "ours.net", model(n_layers=1, residual=True))  # with one layer there is nothing to add
    assert [path.name for path in tmp_path.iterdir()] == ["ours.net"]


def test_names_around_the_parameters_do_not_matter(tmp_path: Path) -> None:
    """Another attribute, DataParallel, torch.compile, dropout in a Sequential."""
    net = notebook()
    around = OrderedDict(
        (f"_orig_mod.module.{name.replace('lstm', 'rnn').replace('fc.', 'fc.1.')}", tensor)
        for name, tensor in net.state_dict().items()
    )
    path = written(tmp_path / "rnn.net", saved(net, state_dict=around))
    assert loss(read_net(path).model) == pytest.approx(net.loss(TEXT), abs=1e-5)


def test_older_files_and_files_from_a_gpu_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = notebook()
    older = written(tmp_path / "older.net", saved(net), _use_new_zipfile_serialization=False)
    monkeypatch.setattr(torch.serialization, "location_tag", lambda _storage: "cuda:0")
    gpu = written(tmp_path / "gpu.net", saved(net))
    for path in (older, gpu):
        assert loss(read_net(path).model) == pytest.approx(net.loss(TEXT), abs=1e-5)


def test_what_is_odd_is_told(tmp_path: Path) -> None:
    net = notebook()
    state = {name: tensor.double() for name, tensor in net.state_dict().items() if "bias" not in name}
    state["fc.bias"] = torch.full((len(TOKENS),), torch.nan)
    odd = {**saved(net, state_dict=state), "optimizer": {"lr": 0.1}}
    del odd["n_layers"]
    notes = " ".join(read_net(written(tmp_path / "odd.net", odd)).notes)
    for told in ("n_layers; by its weights it is 2", "double", "rnn.bias_hh_l1", "optimizer", "no numbers"):
        assert told in notes


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda net: net.state_dict(), "no state_dict"),
        (lambda net: [1, 2], "no state_dict"),
        (lambda net: saved(net, tokens=None), "tokens"),
        (lambda net: saved(net, tokens=["a", "bc"]), "tokens"),
        (lambda net: saved(net, tokens=TOKENS[:-1]), "10 tokens"),
        (lambda net: saved(net, tokens="aa" + "".join(TOKENS[2:])), "more than once"),
        (lambda net: saved(net, n_hidden=512), "n_hidden 512"),
        (lambda net: saved(net, n_layers=torch.ones(2)), "n_layers"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "embed.table": torch.ones(2)}), "embed.table"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "lstm.weight_hh_l0_reverse": torch.ones(2)}),
         "one direction"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "norm.weight": torch.ones(2)}), "one linear output"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "fc.bias": torch.ones(11, dtype=torch.int8)}), "int8"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "fc.bias": "none"}), "fc.bias"),
        (lambda net: saved(net, state_dict={"fc.weight": torch.ones(11, 6)}), "lacks recurrent layers"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "lstm.weight_hh_l0": torch.ones(12, 6)}), "no LSTM"),
        (lambda net: saved(net, state_dict={**net.state_dict(), "lstm.weight_hh_l5": torch.ones(24, 6)}), "_l"),
        (lambda net: nn.Linear(2, 2), "could run code"),
        (lambda net: Path("/"), "could run code"),
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_of_such_a_network_is_refused(
    change: Callable[[NotebookNet], object], says: str, tmp_path: Path
) -> None:
    assert says in refused(written(tmp_path / "rnn.net", change(notebook())))


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"

    class Malice:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (ran,)

    for zipped in (True, False):
        path = written(tmp_path / "bad.net", {"tokens": Malice()}, _use_new_zipfile_serialization=zipped)
        assert "could run code" in refused(path)
    assert not ran.exists()


@pytest.mark.parametrize("zipped", [True, False])
def test_sizes_are_held_against_the_file_before_memory_is_taken(
    zipped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tensor may claim any shape over a small storage, also one that nobody would look at."""
    huge = torch.zeros(1).expand(1 << 20, 1 << 12)
    looks: list[Path] = []
    load = pickled._load

    def looked(path: Path) -> object:
        looks.append(path)
        return load(path)

    monkeypatch.setattr(pickled, "_load", looked)
    for value in (saved(notebook(), state_dict={"fc.weight": huge}), saved(notebook(), extra=[{"deep": huge}])):
        path = written(tmp_path / "rnn.net", value, _use_new_zipfile_serialization=zipped)
        assert "larger than the file" in refused(path)
    assert len(looks) == 2  # one each, at the shapes alone


def test_archives_that_unpack_to_more_than_they_are_are_refused(tmp_path: Path) -> None:
    whole, bomb = written(tmp_path / "rnn.net", saved(notebook())), tmp_path / "bomb.net"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    assert "compressed" in refused(bomb)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "missing.net")
    assert "not a file" in refused(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("net") / "rnn.net", saved(notebook()))


@given(st.data(), st.booleans())
@examples(max_examples=40)
def test_a_damaged_file_is_read_or_refused_with_a_sentence(whole: Path, data: st.DataObject, cut: bool) -> None:
    content = bytearray(whole.read_bytes())
    if cut:
        content = content[: data.draw(st.integers(0, len(content)))]
    else:
        for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
            content[place] ^= data.draw(st.integers(1, 255))
    path = whole.with_name("damaged.net")
    path.write_bytes(content)
    with suppress(ModelFileError):
        read_net(path)
