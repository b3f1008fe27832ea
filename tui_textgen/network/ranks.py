"""The processes that train one run together: rank 0 leads, and the others do what it announces.

Each has a share of the lanes and all of the weights. What to do next is decided by rank 0 alone, which has the clock,
the store and the commands; the others follow it order by order. Orders and everything that is not a gradient travel
by gloo on the CPU, gradients and losses by what suits the device. An order takes 0.3 to 0.9 ms (two processes on two
cores that others were using too).
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from enum import IntEnum
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from tui_textgen.errors import RankLostError, SettingsError
from tui_textgen.network.device import Compute
from tui_textgen.plan import share_of_rank

LONGEST_PAUSE = timedelta(days=20)
"""How long a rank waits for an order, as gloo counts milliseconds in 31 bits. Gradients are waited for less long."""


class Order(IntEnum):
    """What rank 0 can have all ranks do."""

    ADVANCE = 0
    VALIDATE = 1
    GATHER = 2
    LEAVE = 3
    ALTER = 4
    RELEASE = 5
    RECOVER = 6
    GO_BACK = 7


class Ranks:
    """All processes of a training, as one of them sees them; a single one unless told otherwise."""

    def __init__(self, rank: int = 0, count: int = 1, local_rank: int = 0, local_count: int = 1) -> None:
        """``local`` counts those on this machine."""
        self.rank, self.count = rank, count
        self._local_rank, self._local_count = local_rank, local_count
        self._gradients: dist.ProcessGroup | None = None

    def share(self, lanes: int, rank: int | None = None) -> slice:
        """The lanes that this rank, or another, takes of so many."""
        return share_of_rank(lanes, self.count, self.rank if rank is None else rank)

    def most_lanes(self, lanes: int) -> int:
        """How many of so many lanes the busiest rank has."""
        return -(-lanes // self.count)

    def threads(self, threads: int) -> int:
        """This rank's part of a machine's threads."""
        return max(1, threads // self._local_count)

    def seed(self, seed: int, step: int) -> int:
        """What its generator begins with at ``step``: no two ranks, and no two beginnings, draw the same."""
        return seed if self.rank == step == 0 else random.Random(f"{seed} {step} {self.rank}").getrandbits(63)

    def settle(self, compute: Compute) -> Compute:
        """Rank 0's choice on every rank, a GPU for each; raises SettingsError where they are too few."""
        if self.count == 1:
            return compute
        compute = Compute(**self.agree(vars(compute)))
        if (kind := compute.torch_device.type) == "cuda":
            if self._local_count > (gpus := torch.cuda.device_count()):
                raise SettingsError(
                    f"nproc: {self._local_count} processes need as many GPUs, and PyTorch finds {gpus}."
                )
            compute = replace(compute, device=f"cuda:{self._local_rank}")
            torch.cuda.set_device(compute.torch_device)
        self._gradients = dist.new_group(backend="nccl" if kind == "cuda" else "gloo")
        return compute

    def averaging(self, network: nn.Module) -> nn.Module:
        """``network`` so that its gradients become the mean of all ranks'."""
        if self.count == 1:
            return network
        return nn.parallel.DistributedDataParallel(network, process_group=self._gradients)

    def mean(self, value: Tensor, share: float) -> Tensor:
        """The mean over all lanes, where this rank has ``share`` of them."""
        if self.count == 1:
            return value
        total = value * share
        dist.all_reduce(total, group=self._gradients)
        return total

    def mean_number(self, value: float, share: float) -> float:
        """The same, of a number and however long some rank takes to come by it."""
        if self.count == 1:
            return value
        total = torch.tensor(value * share, dtype=torch.float64)
        dist.all_reduce(total)
        return float(total)

    def announce(self, order: Order) -> None:
        """Have the other ranks do the same as rank 0 is about to; nothing on those."""
        if self.count > 1 and self.rank == 0:
            dist.broadcast(torch.tensor([order]), 0)

    def next_order(self) -> Order:
        """What rank 0 announces next."""
        order = torch.zeros(1, dtype=torch.int64)
        dist.broadcast(order, 0)
        return Order(int(order))

    def agree(self, value: Any) -> Any:
        """Rank 0's value, in JSON's terms, on every rank."""
        if self.count == 1:
            return value
        text = json.dumps(value).encode() if self.rank == 0 else b""
        size = torch.tensor([len(text)])
        dist.broadcast(size, 0)
        letters = torch.zeros(int(size), dtype=torch.uint8)
        if self.rank == 0:
            letters = torch.frombuffer(bytearray(text), dtype=torch.uint8)
        dist.broadcast(letters, 0)
        return json.loads(bytes(letters.tolist()))

    def gather_lanes(self, part: Tensor, lanes: int) -> Tensor:
        """(layers, own lanes, n_hidden) of every rank as (layers, lanes, n_hidden), complete on rank 0 alone."""
        if self.count == 1:
            return part
        part = part.cpu().contiguous()
        if self.rank:
            dist.send(part, 0)
            return part
        shares = [self.share(lanes, rank) for rank in range(self.count)]
        parts = [part, *(part.new_empty(part.shape[0], own.stop - own.start, part.shape[2]) for own in shares[1:])]
        for rank in range(1, self.count):
            dist.recv(parts[rank], rank)
        return torch.cat(parts, dim=1)

    def gather_rows(self, row: Tensor) -> Tensor:
        """Every rank's ``row``, (ranks, length), complete on rank 0 alone; all rows are of one length."""
        rows = [torch.zeros_like(row) for _ in range(self.count)]
        if self.count > 1:
            dist.all_gather(rows, row)
        else:
            rows = [row]
        return torch.stack(rows)


ALONE = Ranks()
"""A training in one process."""


@contextmanager
def joined(meeting: Path | None = None, environment: Mapping[str, str] = os.environ) -> Iterator[Ranks]:
    """The ranks that ``environment`` tells of in torchrun's words, met through a file or else as torchrun has it.

    Rank 0 sends the others home at the end. Raises RankLostError where one of them is gone.
    """
    count = int(environment.get("WORLD_SIZE", "1"))
    if count == 1:
        yield ALONE
        return
    from torch.distributed import FileStore  # type: ignore[attr-defined]  # some builds of torch have none

    rank, local_rank, local_count = (int(environment[name]) for name in ("RANK", "LOCAL_RANK", "LOCAL_WORLD_SIZE"))
    ranks = Ranks(rank, count, local_rank, local_count)
    store = None if meeting is None else FileStore(str(meeting), count)
    try:
        dist.init_process_group("gloo", store=store, rank=rank, world_size=count, timeout=LONGEST_PAUSE)
        try:
            yield ranks
        except BaseException:
            with suppress(RuntimeError):  # whoever is gone need not be told
                ranks.announce(Order.LEAVE)
            raise
        ranks.announce(Order.LEAVE)
        dist.destroy_process_group()
    except RuntimeError as error:
        if isinstance(error, dist.DistError) or "gloo" in str(error):
            raise RankLostError(
                f"Another of the {count} processes of this training ended; their output says which and why. "
                "The last checkpoint is whole: resume the run."
            ) from error
        raise
