"""Primes outlive the app, whatever they hold and whatever state their file is in."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.errors import TextgenError
from tui_textgen.tui.prime_history import KEPT, PrimeHistory


@given(st.lists(st.text(st.characters(), min_size=1), unique=True, max_size=5))
def test_primes_come_back_in_order(tmp_path_factory: pytest.TempPathFactory, primes: list[str]) -> None:
    path = tmp_path_factory.mktemp("home") / "config" / "primes.jsonl"
    for prime in primes:
        PrimeHistory(path).add(prime)
    assert PrimeHistory(path).load() == primes


def test_a_repeated_prime_moves_to_the_end(tmp_path: Path) -> None:
    history = PrimeHistory(tmp_path / "primes.jsonl")
    for prime in ("one", "two", "one"):
        history.add(prime)
    assert history.load() == ["two", "one"]


def test_only_the_newest_are_kept_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "primes.jsonl"
    path.write_text("".join(f'"{number}"\n' for number in range(KEPT + 50)))
    PrimeHistory(path).add("newest")
    assert len(PrimeHistory(path).load()) == KEPT
    assert PrimeHistory(path).load()[-1] == "newest"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_line_does_not_take_the_others_along(tmp_path: Path) -> None:
    path = tmp_path / "primes.jsonl"
    path.write_bytes(b'"good"\n{"torn\n\xff\xfe\n17\n' + b"[" * 100_000 + b'\n"also good"\n')
    assert PrimeHistory(path).load() == ["good", "also good"]


def test_a_file_that_cannot_be_read_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TextgenError, match="history of primes cannot be read"):
        PrimeHistory(tmp_path).load()
    (tmp_path / "file").write_text("")
    with pytest.raises(TextgenError, match="history of primes cannot be"):
        PrimeHistory(tmp_path / "file" / "primes.jsonl").add("x")
