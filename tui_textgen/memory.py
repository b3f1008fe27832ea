"""How much memory a training takes, about, and which sizes would fit into less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tui_textgen.config import ModelConfig
from tui_textgen.plan import GATES, count_parameters

ITEM_BYTES = {"fp32": 4, "bf16": 2, "fp16": 2}
BYTES = 256
"""The most that a text in bytes has distinct."""
HEADROOM = 0.7
"""The share of the memory that a suggestion fills by estimate: libraries and fragments take theirs."""


@dataclass(frozen=True)
class Workload:
    """What a training keeps in memory at once."""

    shape: ModelConfig
    distinct: int
    precision: str
    lanes: int
    seq_length: int
    drop_span: str = "character"

    @property
    def bytes(self) -> int:
        """An estimate: the parameters with all that belongs to them, and what the backward pass needs to know."""
        characters = self.lanes * self.seq_length * self._character_bytes()
        return self._parameter_bytes() + characters + self._mask_bytes()

    def _parameter_bytes(self) -> int:
        """Parameters, gradients and two averages in fp32; a copy to compute with and its gradients."""
        return count_parameters(self.shape, self.distinct) * (16 + 2 * ITEM_BYTES[self.precision])

    def _character_bytes(self) -> int:
        """For each character of a window in each lane.

        In a layer its gates twice (forward and backward), its outputs and cell twice, what a mask left of them; at the
        ends the one-hot input, the logits and their gradients, and three times the logits in fp32.
        """
        item, hidden = ITEM_BYTES[self.precision], self.shape.n_hidden
        left = 1 if self.shape.drop_prob else 0
        layer = (2 * GATES[self.shape.model] + 4 + left) * hidden * item
        return self.shape.n_layers * layer + self.distinct * (3 * item + 12)

    def _mask_bytes(self) -> int:
        """Dropout's masks: one for each character of a window, or one that holds for all of it."""
        if not self.shape.drop_prob:
            return 0
        masks = self.lanes * (self.seq_length if self.drop_span == "character" else 1)
        return masks * self.shape.n_layers * self.shape.n_hidden * ITEM_BYTES[self.precision]


def out_of_memory(work: Workload, available: int, on_gpu: bool) -> str:
    """What to tell whose training found its memory full, with ``available`` bytes that it could have had."""
    whose, other = ("The GPU's", "; or train on the CPU: --device cpu") if on_gpu else ("This machine's", "")
    found = f"{whose} memory is full: there were {_size(available)} for a training that takes about {_size(work.bytes)}"
    return f"{found}. {_remedies(work, available, other)}"


def too_large(work: Workload, memory: int) -> str:
    """What to tell whose training would take more than all the ``memory`` of this machine, in bytes."""
    found = f"This machine has {_size(memory)} of memory for a training that takes about {_size(work.bytes)}"
    return f"{found}. {_remedies(work, memory, '')}"


def _remedies(work: Workload, available: int, other: str) -> str:
    if work.distinct > BYTES and 2 * replace(work, distinct=BYTES).bytes < work.bytes:
        return (
            f"Most of it is for the text's {work.distinct:,} distinct characters: take rare ones as one "
            f"(--min-count 10), or read bytes (--unit byte){other}."
        )
    if options := _that_fit(work, available):
        return f"By that estimate {' or '.join(options)} would fit{other}."
    return f"Take fewer hidden units (--n-hidden) or layers (--n-layers){other}."


def _that_fit(work: Workload, available: int) -> list[str]:
    """Options that fit each on its own. What did not fit takes all of ``available``, whatever the estimate says."""
    limit = HEADROOM * min(available, work.bytes)

    def fits(lanes: int, seq_length: int) -> bool:
        return replace(work, lanes=lanes, seq_length=seq_length).bytes <= limit

    lanes = _halved(work.lanes, lambda fewer: fits(fewer, work.seq_length))
    window = _halved(work.seq_length, lambda shorter: fits(work.lanes, shorter))
    return [f"{option} {size}" for option, size in (("--batch-size", lanes), ("--seq-length", window)) if size]


def _halved(size: int, fits: Callable[[int], bool]) -> int:
    """``size``, halved until it fits; 0 if it never does."""
    while size and not fits(size):
        size //= 2
    return size


def _size(count: int) -> str:
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
