"""Children that live and die together: prefixed output, one stop for all, last words of who died."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from portal.core import processes

GRACE_SECONDS = 10
LAST_WORDS = 20


@dataclass
class Child:
    """One process with the last lines it wrote."""

    name: str
    process: subprocess.Popen[bytes]
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_WORDS))
    relay: threading.Thread | None = None
    log: Path | None = None

    @property
    def is_dead(self) -> bool:
        return self.process.poll() is not None

    @property
    def last_words(self) -> list[str]:
        """The last lines it wrote, on the screen or into its log."""
        if self.log and self.log.exists():
            return self.log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
        return list(self.lines)


class Died(Exception):
    """A child ended although nobody asked it to."""

    def __init__(self, child: Child) -> None:
        self.child = child
        if child.relay:
            child.relay.join(1)  # its last words may still be in the pipe
        super().__init__(f"{child.name} ended with code {child.process.returncode}")


class Stopped(Exception):
    """Ctrl-C or SIGTERM arrived."""


class Supervisor:
    """Starts children in sessions of their own, so that Ctrl-C reaches us alone."""

    def __init__(self, environ: Mapping[str, str], cwd: Path) -> None:
        self.environ = dict(environ)
        self.cwd = cwd
        self.children: list[Child] = []
        self.guests: list[Child] = []
        self._stop = threading.Event()
        self._screen = threading.Lock()

    def listen(self) -> None:
        """From now on signals only set an event: waiting inside a handler would deadlock."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self._stop.set())

    def start(self, name: str, command: Sequence[str]) -> Child:
        """Start a child that stays."""
        child = self._spawn(name, command)
        self.children.append(child)
        return child

    def watch_over(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        """Notice the death of a process that somebody else started and will stop."""
        self.guests.append(Child(name, process, log=log))

    def run(self, name: str, command: Sequence[str]) -> None:
        """Run a step to its end while the others are watched; raises Died when it fails."""
        step = self._spawn(name, command)
        try:
            while not step.is_dead:
                self.check()
                time.sleep(0.05)
        finally:
            _end(step)
        if step.process.returncode:
            raise Died(step)

    def check(self) -> None:
        """Raise Stopped or Died when there is a reason to end."""
        if self._stop.is_set():
            raise Stopped
        for child in [*self.guests, *self.children]:
            if child.is_dead:
                raise Died(child)

    def watch(self) -> None:
        """Stay until there is a reason to end."""
        while True:
            self.check()
            self._stop.wait(0.3)

    def stop(self) -> None:
        """SIGTERM to all at once; who is still there after ten seconds is killed with all it started."""
        for child in self.children:
            if not child.is_dead:
                child.process.terminate()
        end = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            _end(child, max(0.0, end - time.monotonic()))
        self.children.clear()

    def say(self, line: str, name: str = "portal") -> None:
        """One line on the screen, never mixed with another's."""
        with self._screen:
            sys.stdout.write(f"{name:7}| {line}\n" if name else f"{line}\n")
            sys.stdout.flush()

    def _spawn(self, name: str, command: Sequence[str]) -> Child:
        process = subprocess.Popen(
            command,
            cwd=self.cwd,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=processes.dies_with_parent(),
        )
        child = Child(name, process)
        child.relay = threading.Thread(target=self._relay, args=[child], daemon=True)
        child.relay.start()
        return child

    def _relay(self, child: Child) -> None:
        assert child.process.stdout
        for raw in child.process.stdout:
            line = raw.decode(errors="replace").rstrip()
            child.lines.append(line)
            self.say(line, child.name)


def _end(child: Child, patience: float = 0.0) -> None:
    """Wait for a child, then kill what is left of its session."""
    with suppress(subprocess.TimeoutExpired):
        child.process.wait(patience)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
