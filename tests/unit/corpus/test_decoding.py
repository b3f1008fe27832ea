from __future__ import annotations

import gzip
import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_textgen.corpus import decoding
from tui_textgen.corpus.decoding import read_text
from tui_textgen.errors import CorpusError


@pytest.fixture(params=[1, 2, 3, 1 << 20])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Bytes decoded at once: small ones cut characters, line ends and BOMs apart."""
    monkeypatch.setattr(decoding, "CHUNK", request.param)
    assert isinstance(request.param, int)
    return request.param


def text_of(path: Path, encoding: str = "utf-8") -> str:
    return "".join(read_text(path, encoding))


def refusal(path: Path, encoding: str = "utf-8") -> str:
    with pytest.raises(CorpusError) as caught:
        text_of(path, encoding)
    return str(caught.value)


@pytest.mark.usefixtures("chunk")
class TestText:
    def test_newlines_of_every_system_become_one(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"unix\nwindows\r\nmac\r\rend\r\n\r")
        assert text_of(path) == "unix\nwindows\nmac\n\nend\n\n"

    def test_a_byte_order_mark_is_not_text(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"\xef\xbb\xbfhello")
        assert text_of(path) == text_of(path, "utf-8-sig") == "hello"

    def test_only_the_first_byte_order_mark_goes(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_text("\ufeffa\ufeffb", "utf-8")
        assert text_of(path) == "a\ufeffb"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
    def test_every_plane_is_read(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes("aé€😀\0\r\nz".encode(encoding))
        assert text_of(path, encoding) == "aé€😀\0\nz"

    def test_utf_16_with_a_mark_is_read_under_its_exact_name_too(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes("\ufeffhello".encode("utf-16-be"))
        assert text_of(path, "utf-16-be") == "hello"

    def test_the_offset_is_that_of_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes("aé€😀".encode() + b"\xff more")
        assert "at byte 10;" in refusal(path)

    def test_a_character_cut_off_at_the_end_is_an_error(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"\xef\xbb\xbfhello " + "€".encode()[:2])
        assert "not utf-8 at byte 9;" in refusal(path, "utf-8")
        assert "at byte 9;" in refusal(path, "utf-8-sig")

    def test_a_lone_surrogate_is_a_character(self, tmp_path: Path) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes(b"a+2AA-b")
        assert text_of(path, "utf-7") == "a\ud800b"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_read_as_python_reads_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("texts") / "a.txt"
    path.write_bytes(text.encode("utf-8"))
    expected = path.read_text("utf-8").removeprefix("\ufeff")
    if expected:
        assert text_of(path) == expected
    else:
        assert "is empty" in refusal(path)


ENCODINGS = st.sampled_from(
    ["utf-8", "utf-16", "utf-32", "utf-7", "cp1252", "shift_jis", "hz", "gb18030", "iso2022_jp_3", "idna", "punycode"]
)


@given(st.binary(max_size=64), ENCODINGS)
def test_any_bytes_are_text_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes, encoding: str) -> None:
    path = tmp_path_factory.mktemp("bytes") / "a.bin"
    path.write_bytes(data)
    try:
        text = text_of(path, encoding)
    except CorpusError:
        return
    assert text


@given(st.integers(0), st.integers(0, 7))
def test_a_damaged_gz_file_is_text_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    packed = gzip.compress(b"all happy families are alike", mtime=0)
    place %= len(packed)
    flipped = packed[:place] + bytes([packed[place] ^ 1 << bit]) + packed[place + 1 :]
    path = tmp_path_factory.mktemp("packed") / "a.gz"
    for data in (flipped, packed[:place], packed + packed[:place]):
        path.write_bytes(data)
        with suppress(CorpusError):
            assert text_of(path)


class TestRefusals:
    def test_missing(self, tmp_path: Path) -> None:
        assert "There is no file" in refusal(tmp_path / "nothing.txt")
        assert "There is no file" in refusal(tmp_path / "nothing" / "at" / "all.txt")

    def test_below_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("a")
        assert "There is no file" in refusal(tmp_path / "a.txt" / "b.txt")

    @pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
    def test_empty(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "a.txt").write_bytes(data)
        assert "is empty" in refusal(tmp_path / "a.txt")

    def test_folder(self, tmp_path: Path) -> None:
        assert "is a folder" in refusal(tmp_path)

    def test_pipe_without_waiting_for_a_writer(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        assert "is a pipe" in refusal(tmp_path / "pipe")

    def test_device(self) -> None:
        assert "a device" in refusal(Path("/dev/zero"))

    def test_socket(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)  # a socket's path is short
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("s")
            assert "a socket" in refusal(Path("s"))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("secret")
        (tmp_path / "a.txt").chmod(0)
        assert "permissions" in refusal(tmp_path / "a.txt")

    def test_a_loop_of_links(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").symlink_to("b.txt")
        (tmp_path / "b.txt").symlink_to("a.txt")
        assert "cannot be read" in refusal(tmp_path / "a.txt")

    @pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
    def test_a_name_no_file_can_have(self, tmp_path: Path, name: str) -> None:
        assert "cannot be read" in refusal(tmp_path / name)

    def test_a_hostile_name_is_shown_harmlessly(self, tmp_path: Path) -> None:
        path = tmp_path / "a\x1b]52;c;\x07\n[bold]\udcff.txt"
        path.touch()
        message = refusal(path)
        assert "\x1b" not in message
        assert "\n" not in message
        assert "[bold]" in message
        assert message.isprintable()

    @pytest.mark.parametrize("encoding", ["nonsense", "base64", "rot13", "hex", "", "a\0b", "../x", "\ud800", "é"])
    def test_an_encoding_that_is_none_for_text(self, tmp_path: Path, encoding: str) -> None:
        (tmp_path / "a.txt").write_text("text")
        assert "There is no text encoding" in refusal(tmp_path / "a.txt", encoding)


class TestSuggestions:
    def test_a_mark_of_utf_16_is_recognised(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes("héllo".encode("utf-16"))
        assert "try --encoding utf-16." in refusal(tmp_path / "a.txt")

    def test_utf_16_without_a_mark_is_recognised(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes("héllo, this is text".encode("utf-16-be"))
        assert "try --encoding utf-16-be." in refusal(tmp_path / "a.txt")

    def test_latin_text_gets_the_usual_encodings(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes("café au lait".encode("latin-1"))
        message = refusal(tmp_path / "a.txt")
        assert "is not utf-8 at byte 3" in message
        assert "try --encoding latin-1, cp1252 or utf-16" in message

    def test_the_encoding_that_failed_is_not_suggested(self, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_bytes("odd".encode("utf-16") + b"x")
        assert "try --encoding utf-8, latin-1 or cp1252" in refusal(tmp_path / "a.txt", "utf-16")

    def test_a_binary_file_is_called_one(self, tmp_path: Path) -> None:
        (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0")
        assert "looks like a binary file" in refusal(tmp_path / "a.png")
