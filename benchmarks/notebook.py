"""The baseline: the well-known notebook's recipe in plain PyTorch, with the costs that its readers have.

One-hot float input built for each batch, ``nn.LSTM(batch_first=True, dropout=0.5)`` or its kin, fp32, Adam, gradients
clipped to 5, and every 10 steps a validation over the whole held-out part with autograd on. It writes character by
character through the same ``nn.LSTM``.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from benchmarks.ceiling import synchronise
from benchmarks.child import now

Ids = npt.NDArray[np.int64]

N_HIDDEN, N_LAYERS, DROP_PROB = 512, 2, 0.5
LR, CLIP, VAL_FRAC, VAL_EVERY, TOP_K = 1e-3, 5.0, 0.1, 10, 5
KINDS: dict[str, Callable[..., nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


class NotebookRNN(nn.Module):
    """The network."""

    def __init__(self, distinct: int, kind: str = "lstm") -> None:
        super().__init__()
        self.distinct = distinct
        self.rnn: Any = KINDS[kind](distinct, N_HIDDEN, N_LAYERS, dropout=DROP_PROB, batch_first=True)
        self.dropout = nn.Dropout(DROP_PROB)
        self.fc = nn.Linear(N_HIDDEN, distinct)

    def forward(self, inputs: Tensor, hidden: Any) -> tuple[Tensor, Any]:
        """(lanes, window, distinct) → logits (lanes · window, distinct)."""
        outputs, hidden = self.rnn(inputs, hidden)
        return self.fc(self.dropout(outputs).contiguous().view(-1, N_HIDDEN)), hidden

    def zero_hidden(self, lanes: int) -> Any:
        weight = self.fc.weight
        part = weight.new_zeros(N_LAYERS, lanes, N_HIDDEN)
        return (part, part.clone()) if isinstance(self.rnn, nn.LSTM) else part


def one_hot(ids: Ids, distinct: int) -> npt.NDArray[np.float32]:
    """``ids`` with a last axis of ``distinct`` that is 1 at the id."""
    encoded = np.zeros((ids.size, distinct), dtype=np.float32)
    encoded[np.arange(ids.size), ids.flatten()] = 1.0
    return encoded.reshape((*ids.shape, distinct))


def batches(ids: Ids, lanes: int, seq_length: int) -> Iterator[tuple[Ids, Ids]]:
    """Windows of ``lanes`` lanes and their successors; the very last column wraps to the lanes' own beginnings."""
    windows = ids.size // (lanes * seq_length)
    grid = ids[: windows * lanes * seq_length].reshape(lanes, -1)
    for begin in range(0, grid.shape[1], seq_length):
        inputs = grid[:, begin : begin + seq_length]
        targets = np.zeros_like(inputs)
        targets[:, :-1] = inputs[:, 1:]
        targets[:, -1] = grid[:, (begin + seq_length) % grid.shape[1]]
        yield inputs, targets


class Notebook:
    """A training in progress."""

    def __init__(self, ids: Ids, distinct: int, kind: str, lanes: int, seq_length: int, device: str) -> None:
        self.lanes, self.seq_length, self.place = lanes, seq_length, torch.device(device)
        held_out = int(ids.size * (1 - VAL_FRAC))
        self.train_ids, self.val_ids = ids[:held_out], ids[held_out:]
        torch.manual_seed(1)
        self.network = NotebookRNN(distinct, kind).to(self.place)
        self.optimiser = torch.optim.Adam(self.network.parameters(), lr=LR)
        self.criterion = nn.CrossEntropyLoss()

    def steps(self) -> Iterator[None]:
        """Epoch after epoch, one update each."""
        self.network.train()
        while True:
            hidden = self.network.zero_hidden(self.lanes)
            for inputs, targets in batches(self.train_ids, self.lanes, self.seq_length):
                hidden = detached(hidden)
                self.network.zero_grad()
                loss, hidden = self._loss(inputs, targets, hidden)
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
                self.optimiser.step()
                yield

    def validate(self) -> float:
        """Mean of the batches' losses."""
        self.network.eval()
        hidden = self.network.zero_hidden(self.lanes)
        losses = []
        for inputs, targets in batches(self.val_ids, self.lanes, self.seq_length):
            hidden = detached(hidden)
            loss, hidden = self._loss(inputs, targets, hidden)
            losses.append(loss.item())
        self.network.train()
        return float(np.mean(losses)) if losses else float("nan")

    def _loss(self, inputs: Ids, targets: Ids, hidden: Any) -> tuple[Tensor, Any]:
        x = torch.from_numpy(one_hot(inputs, self.network.distinct)).to(self.place)
        y = torch.from_numpy(targets).to(self.place)
        logits, hidden = self.network(x, hidden)
        return self.criterion(logits, y.reshape(-1)), hidden


def detached(hidden: Any) -> Any:
    return tuple(part.detach() for part in hidden) if isinstance(hidden, tuple) else hidden.detach()


def train_speed(
    ids: str, item: str, distinct: int, kind: str, lanes: int, seq_length: int, warm_up: int, steps: int, device: str
) -> dict[str, float]:
    """``chars_per_second`` of the median training step alone, and ``with_validation`` as the notebook has it.

    The validation is measured once and counted once for every 10 steps.
    """
    training = Notebook(np.fromfile(ids, dtype=item).astype(np.int64), distinct, kind, lanes, seq_length, device)
    updates = training.steps()
    for _ in itertools.islice(updates, warm_up):
        pass
    step_seconds = median(_timed(lambda: next(updates), training.place) for _ in range(steps))
    validation_seconds = _timed(training.validate, training.place)
    characters = lanes * seq_length
    return {
        "chars_per_second": characters / step_seconds,
        "with_validation": VAL_EVERY * characters / (VAL_EVERY * step_seconds + validation_seconds),
    }


def write(network: NotebookRNN, prime: list[int]) -> Iterator[int]:
    """Ids after ``prime``, endlessly: softmax, top_k, renormalised, drawn."""
    network.eval()
    hidden = network.zero_hidden(1)
    for index in prime:
        drawn, hidden = _predict(network, index, hidden)
    while True:
        yield drawn
        drawn, hidden = _predict(network, drawn, hidden)


def _predict(network: NotebookRNN, index: int, hidden: Any) -> tuple[int, Any]:
    place = network.fc.weight.device
    x = torch.from_numpy(one_hot(np.array([[index]]), network.distinct)).to(place)
    logits, hidden = network(x, detached(hidden))
    weights, candidates = torch.softmax(logits, dim=1).detach().cpu().topk(TOP_K)
    p = weights.numpy().squeeze().astype(np.float64)
    return int(np.random.choice(candidates.numpy().squeeze(), p=p / p.sum())), hidden


def write_speed(distinct: int, characters: int, device: str) -> dict[str, float]:
    """``chars_per_second`` of one passage."""
    passage = write(NotebookRNN(distinct).to(device), [0])
    next(passage)
    seconds = _timed(lambda: [next(passage) for _ in range(characters)], torch.device(device))
    return {"chars_per_second": characters / seconds}


def first_character(distinct: int, prime_length: int, repeats: int, device: str) -> dict[str, float]:
    """``milliseconds`` from a prime to the first character after it, on a network that has written before.

    Always by the clock on the wall, as ours, which takes two processes.
    """
    network = NotebookRNN(distinct).to(device)
    next(write(network, [0]))
    prime, place, clock = [1] * prime_length, torch.device(device), time.perf_counter
    return {
        "milliseconds": 1e3 * median(_timed(lambda: next(write(network, prime)), place, clock) for _ in range(repeats))
    }


def _timed(work: Callable[[], object], place: torch.device, clock: Callable[[], float] = now) -> float:
    """Seconds that ``work()`` takes on ``place``."""
    synchronise(place)
    start = clock()
    work()
    synchronise(place)
    return clock() - start
