"""The command line of a passage says, through a shell, what the passage was written from."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tui.fakes import MODELS
from tui_textgen.config import SamplingConfig
from tui_textgen.tui.reproducing import LONGEST_ARGUMENT, Origin, command, name_for, quoted
from tui_textgen.visible import visible_line

ARGUMENTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
BASH = ["bash", "--norc", "-c"]


@settings(max_examples=40, deadline=None)
@given(ARGUMENTS)
@pytest.mark.parametrize("text", ['it\'s\n\ta \\ "test" $HOME `id` !x', "-x", "", "\x1b[2J\u202e\u3164", "\x013"])
def test_a_shell_reads_what_was_quoted(text: str, drawn: str) -> None:
    for each in (text, drawn):
        word = quoted(each)
        assert visible_line(word) == word
        assert subprocess.run([*BASH, f"printf %s {word}"], capture_output=True, check=True).stdout == each.encode()


def test_everything_that_decides_the_text_is_in_it() -> None:
    sampling = SamplingConfig(length=50, temperature=0.1 + 0.2, top_k=None, top_p=0.9, seed=2**63 - 1)
    assert command(Origin("levin", "The\n", sampling)) == (
        "textgen-tui generate levin --prime $'The\\n' --length 50 --temperature 0.30000000000000004 --top-p 0.9 "
        "--seed 9223372036854775807"
    )


@pytest.mark.parametrize("prime", ["\0", "\ud800", "x" * (LONGEST_ARGUMENT + 1)])
def test_a_prime_that_no_command_line_holds_has_none(prime: str) -> None:
    assert command(Origin("levin", prime, SamplingConfig(seed=1))) is None


def test_a_model_goes_by_its_name_only_where_that_means_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    levin, hello = (entry.path for entry in MODELS)
    assert name_for(levin, MODELS) == "levin"
    assert name_for(Path("elsewhere"), MODELS) == str(tmp_path / "elsewhere")
    Path("levin").touch()
    assert name_for(levin, MODELS) == str(tmp_path / levin)
    assert name_for(hello, MODELS) == "hello"


def test_a_name_that_two_models_share_is_that_of_the_one_generate_finds(tmp_path: Path) -> None:
    run, shipped = MODELS[0], replace(MODELS[1], name="levin")
    latest = replace(run, source="run, latest", path=tmp_path / "latest")
    entries = [shipped, run, latest]
    assert name_for(run.path, entries) == "levin"
    assert name_for(shipped.path, entries) == str(shipped.path.absolute())
    assert name_for(latest.path, entries) == str(latest.path)
