"""A server of somebody else's, run as a process for as long as the local stack lasts."""

import atexit
import os
import signal
import socket
import subprocess
import time
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from infra.local.running import Running

LOOPBACK = "127.0.0.1"

_OUTLIVED = """
exec 3<&0
{ read -r _ <&3; kill -9 0; } &
exec "$@" </dev/null 3<&-
"""
"""Become a server, whose process group ends when nobody holds the other end of the input."""

_POLL_SECONDS = 0.05
_LOG_LINES = 20


class EmulatorError(RuntimeError):
    """An emulator is missing, has not started, or has refused a request."""


class LocalServer(Running):
    """Started and stopped here, or attached to when an environment variable names its address."""

    def __init__(self, name: str, *, variable: str, log: Path, start_seconds: float) -> None:
        """Prepare a server; `start` or `with` starts it.

        Args:
            name: What messages call it.
            variable: The environment variable with the `HOST:PORT` of one that runs already.
            log: The file that its output goes to; overwritten.
            start_seconds: How long it may take until it answers.
        """
        self._name = name
        self._variable = variable
        self._log = log
        self._start_seconds = start_seconds
        self._host = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """`HOST:PORT`, for the client libraries' variable."""
        if not self._host:
            raise EmulatorError(f"{self._name} has not been started")
        return self._host

    @property
    def attached(self) -> bool:
        """Whether it was already running and belongs to somebody else."""
        return bool(self._host) and self._process is None

    def start(self) -> None:
        """Launch it, or attach to the one that runs, and wait until it answers.

        Raises:
            EmulatorError: Something it needs is missing, it died (with the last
                lines of its log), or it did not answer in time.
        """
        self.launch()
        self.wait_until_ready()

    def launch(self) -> None:
        """Start without waiting, so that several can start at once."""
        if self._host:
            raise EmulatorError(f"{self._name} has already been started")
        self._host = os.environ.get(self._variable, "")
        if not self._host:
            port = free_port()
            self._run(self._command(port))
            self._host = f"{LOOPBACK}:{port}"

    def stop(self) -> None:
        """Kill it, if it was started here; it has nothing to save, so it need not be asked."""
        process, self._process, self._host = self._process, None, ""
        if process is None:
            return
        atexit.unregister(self.stop)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    @abstractmethod
    def _command(self, port: int) -> list[str]:
        """The command that serves on that port of the loopback interface."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it serves by now."""

    def _run(self, command: Sequence[str]) -> None:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("wb") as log:
            # Its own process group: Ctrl-C then reaches only us, and stop reaches all of it.
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                ["/bin/sh", "-c", _OUTLIVED, "sh", *command],
                cwd=self._log.parent,  # some leave logs of their own where they run
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        atexit.register(self.stop)

    def wait_until_ready(self) -> None:
        """Return once it answers; raises EmulatorError as `start` does."""
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + self._start_seconds
        while not self._answers():
            if self._process is not None and self._process.poll() is not None:
                raise EmulatorError(f"{self._name} has died:\n{self._last_lines()}")
            if time.monotonic() > deadline:
                raise EmulatorError(
                    f"{self._name} does not answer at {self._host} after "
                    f"{self._start_seconds:g} s:\n{self._last_lines()}"
                )
            time.sleep(_POLL_SECONDS)

    def _last_lines(self) -> str:
        if self._process is None:
            return f"it comes from {self._variable}, so it was not started here"
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES:])


def free_port() -> int:
    """Find a port of the loopback interface that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
