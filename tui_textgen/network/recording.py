"""Work that is the same every time, recorded as a CUDA graph: one launch for all its kernels."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache

import torch

from tui_textgen.errors import TextgenError
from tui_textgen.network.out_of_memory import is_out_of_memory

VARIABLE = "TEXTGEN_TUI_CUDA_GRAPHS"
"""Set to 0, nothing is recorded: a way out where a driver cannot, and a way to see an error where it arises."""
WARM_UPS = 2
"""Runs before the recording: libraries make their handles, optimisers their memory, which no graph may do."""


class Recording:
    """Work that takes and leaves everything in memory of its own; each call does it once.

    The first calls run it as it is, so that they count like any other; then it is captured and replayed. Elsewhere than
    on CUDA it always runs as it is. ``generators`` are those that it draws from.

    The work comes with each call, always the same: were it kept here, whoever does it and keeps this would be held by
    it, and what that has on a GPU would wait for Python to look for garbage, which may take hours.
    """

    def __init__(self, device: torch.device, generators: Sequence[torch.Generator] = ()) -> None:
        self._device, self._generators = device, generators
        self._graph: torch.cuda.CUDAGraph | None = None
        self._stream = _stream_beside(device) if records_on(device) else None
        self._runs = 0

    def __call__(self, work: Callable[[], None]) -> None:
        if self._stream is None:
            work()
        elif self._runs < WARM_UPS:
            self._runs += 1
            self._run_beside(self._stream, work)
        else:
            if self._graph is None:
                self._graph = self._capture(self._stream, work)
            self._graph.replay()

    def _run_beside(self, stream: torch.cuda.Stream, work: Callable[[], None]) -> None:
        """On the stream that will capture, since autograd and the allocator remember where they first worked."""
        current = torch.cuda.current_stream(self._device)
        stream.wait_stream(current)
        with torch.cuda.stream(stream):
            work()
        current.wait_stream(stream)

    def _capture(self, stream: torch.cuda.Stream, work: Callable[[], None]) -> torch.cuda.CUDAGraph:
        """Not by ``torch.cuda.graph``: older ones collect garbage first, which takes longer than writing a passage.

        What recordings had that are gone is given back first, as is what the runs before this one left: no graph can
        use it, and nothing is freed for want of memory while one is captured. A training records anew for each sample.
        """
        graph = torch.cuda.CUDAGraph()
        for generator in self._generators:
            graph.register_generator_state(generator)
        torch.cuda.synchronize(self._device)
        torch.cuda.empty_cache()
        try:
            with torch.cuda.stream(stream):
                graph.capture_begin()
                try:
                    work()
                except BaseException:
                    with suppress(RuntimeError):  # that the capture broke off; why is what counts
                        graph.capture_end()
                    raise
                graph.capture_end()
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise
            raise TextgenError(
                f"The GPU's work could not be recorded as a graph ({error}); set {VARIABLE}=0 to do without."
            ) from error
        return graph


@cache
def _stream_beside(device: torch.device) -> torch.cuda.Stream:
    """One for all recordings: libraries keep memory for each stream that they ever worked on."""
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]


def records_on(device: torch.device) -> bool:
    """Whether work on ``device`` is recorded."""
    return device.type == "cuda" and os.environ.get(VARIABLE) != "0"
