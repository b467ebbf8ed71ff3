"""Small tools for whoever starts other programs: ports, users without rights, dying together."""

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could bind this port on loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def dies_with_parent(with_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """A preexec_fn: the child gets the signal when its parent is gone, even after kill -9.

    Linux only; elsewhere it does nothing. It runs after the child has changed its user, which would
    otherwise wipe the setting. Start such children from the main thread: the kernel watches the thread.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, with_signal)
            if os.getppid() != parent:
                os.kill(os.getpid(), with_signal)

    return prepare


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom servers that refuse root run as; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in (os.environ.get("PORTAL_PG_USER"), "postgres", "nobody"):
        if name:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
    raise RuntimeError("Started as root, but there is no user postgres or nobody: set PORTAL_PG_USER.")


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Arguments for subprocess that drop all rights but the user's."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def can_use(user: pwd.struct_passwd | None, path: Path, test: str = "-x") -> bool:
    """Whether the user reaches the path: each directory above it counts."""
    command = ["/bin/sh", "-c", f'test {test} "$1"', "sh", str(path)]
    return subprocess.run(command, cwd="/", **as_user(user)).returncode == 0  # noqa: S603


def give_to(user: pwd.struct_passwd | None, path: Path) -> None:
    """Make the user the owner of one file or directory."""
    if user:
        os.chown(path, user.pw_uid, user.pw_gid)


def is_running(pid: int, name: str) -> bool:
    """Whether this process lives and is what we think it is (pids are used again)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    comm = Path(f"/proc/{pid}/comm")
    return name in comm.read_text() if comm.exists() else True


def copy_tree(source: Path, target: Path) -> None:
    """Copy once, complete or not at all."""
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copytree(source, half, symlinks=True)
    os.chmod(half, 0o755)  # noqa: S103 (other users run programs in it)
    half.rename(target)


def open_place_for(path: Path) -> Path:
    """A directory that every user can reach, standing in for one below a closed home directory."""
    name = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    place = Path("/var/lib/glasshouse") / name
    place.mkdir(mode=0o711, parents=True, exist_ok=True)
    return place
