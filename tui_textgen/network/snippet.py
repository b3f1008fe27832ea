"""What a network writes while it learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_textgen.config import SamplingConfig, build
from tui_textgen.network.sampling import continue_text, known_prime
from tui_textgen.runs.snapshot import Sample

if TYPE_CHECKING:
    from tui_textgen.network.session import TrainingSession


def snippet(session: TrainingSession, prime: str | None, temperature: float | None, asked: bool) -> Sample:
    """A sample of ``session`` as its settings have it, but for what is not None."""
    config, vocabulary = session.config, session.text.vocabulary
    prime, _ = known_prime(vocabulary, config.sample_prime if prime is None else prime, strict=False)
    values = {"length": config.sample_length, "seed": config.seed}
    sampling = build(SamplingConfig, values if temperature is None else {**values, "temperature": temperature})
    ids = vocabulary.encode(prime or session.first_character)
    text = "".join(text for text, _ in continue_text(session.network, vocabulary, ids, sampling))
    return Sample(session.step, session.epoch, prime, text, config.seed, sampling.temperature, asked)
