"""The app through a real ssh server on the loopback: the client is killed, and the server's end of the line."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

import pexpect
import psutil
import pytest

from tests.integration.conftest import PATIENCE, CommandLine
from tests.integration.test_app_in_terminal import Terminal
from tui_textgen.paths import HOME_VARIABLE

SSHD = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"]))
IDLE = 1.0
"""Seconds of a core that an app may compute to end itself: one that spins on a dead line takes more."""
CONFIGURATION = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
"""

pytestmark = pytest.mark.skipif(SSHD is None, reason="no sshd is installed here (Debian: openssh-server)")


@dataclass(frozen=True)
class Server:
    """An ssh server of our own."""

    process: psutil.Process
    folder: Path
    port: int

    def client(self, *words: str) -> list[str]:
        """The command that runs ``words`` on the far side, on a terminal there if it has one here."""
        options = ("BatchMode=yes", "StrictHostKeyChecking=no", f"UserKnownHostsFile={self.folder}/known")
        chosen = [word for option in options for word in ("-o", option)]
        identity = ["-F", "none", "-i", str(self.folder / "user"), "-p", str(self.port)]
        return ["ssh", *identity, *chosen, f"{getuser()}@127.0.0.1", *words]

    def open_app(self, command: CommandLine, run: str) -> Terminal:
        far = ["env", f"{HOME_VARIABLE}={command.home.data}", sys.executable, "-m", "tui_textgen", "--run", run]
        program, *words = self.client(*far)
        return Terminal(pexpect.spawn(program, ["-t", *words], encoding="utf-8", timeout=PATIENCE))

    def app(self) -> psutil.Process:
        """The app on the far side, of which there is one."""
        (found,) = [each for each in self.process.children(recursive=True) if _is_app(each)]
        return found


def _is_app(process: psutil.Process) -> bool:
    words = process.cmdline()
    return words[:1] == [sys.executable] and "tui_textgen" in words


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Skipped where the server does not start, or does not let this user in, with its own words."""
    assert SSHD is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for key in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / key)], check=True)
    configuration = tmp_path / "sshd_config"
    configuration.write_text(CONFIGURATION.format(port=port, folder=tmp_path))
    tried = subprocess.run([SSHD, "-t", "-f", str(configuration)], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"sshd does not start here: {tried.stderr.strip()}")
    with (tmp_path / "sshd.log").open("w") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(configuration)], stderr=log)
    try:
        _wait_for(port)
        found = Server(psutil.Process(process.pid), tmp_path, port)
        entered = subprocess.run(found.client("true"), capture_output=True, text=True, timeout=PATIENCE)
        if entered.returncode:
            pytest.skip(f"sshd does not let this user in: {(tmp_path / 'sshd.log').read_text().strip()}")
        yield found
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, "sshd does not answer"
        time.sleep(0.05)


def test_a_training_begun_through_ssh_outlives_the_line(server: Server, training: tuple[CommandLine, str]) -> None:
    command, name = training
    os.kill(command.show(name)["pid"], signal.SIGKILL)
    terminal = server.open_app(command, name)
    terminal.see("! interrupted")
    terminal.press("r")
    terminal.see("● running", "sample at step")
    trainer = command.show(name)["pid"]

    app = server.app()
    terminal.program.kill(signal.SIGKILL)
    _ends_idly(app)
    terminal.program.close(force=True)
    _goes_on(command, name, trainer)

    again = server.open_app(command, name)
    again.see("● running", "loss, nats per character", "sample at step")
    app = server.app()
    session = next(each for each in app.parents() if each.name().startswith("sshd"))
    session.kill()
    _ends_idly(app)
    again.program.close(force=True)
    _goes_on(command, name, trainer)


def _ends_idly(app: psutil.Process) -> None:
    before = computed = _computed(app)
    deadline = time.monotonic() + PATIENCE
    with suppress(psutil.NoSuchProcess):
        while app.status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < deadline, "the app stayed behind"
            computed = _computed(app)
            time.sleep(0.02)
    assert computed - before < IDLE


def _computed(app: psutil.Process) -> float:
    times = app.cpu_times()
    return float(times.user + times.system)


def _goes_on(command: CommandLine, name: str, trainer: int) -> None:
    step = command.show(name)["step"]
    run = command.wait_for(name, lambda run: run["state"] == "running" and run["step"] > step)
    assert run["pid"] == trainer
