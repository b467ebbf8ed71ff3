"""From a bare Python to a virtual environment with everything in it. Standard library only.

Shared by bin/run, bin/test, bin/bench and bin/soak. The syntax stays old on purpose, so that an old
Python can still say what is missing.
"""

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.environ.get("VENV_DIR", os.path.join(ROOT, ".venv"))
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed")
UV = "uv>=0.9,<1"
DISTRIBUTION_PYTHON = "/usr/bin/python3"

PANGO_FILES = {"linux": ("libpango-1.0.so.0", "libpangoft2-1.0.so.0"), "darwin": ("libpango-1.0.dylib",)}
PANGO_PACKAGES = {
    "apt-get": ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
    "dnf": ("pango",),
    "brew": ("pango",),
}
CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def fail(message):
    """One clear line and exit code 1."""
    sys.stderr.write(message.rstrip() + "\n")
    sys.exit(1)


def say(message):
    """Progress, at once on the screen."""
    sys.stdout.write(message + "\n")
    sys.stdout.flush()


def use_new_enough_python():
    """Go on in Python 3.11 or newer: where the environment is yet to be made in the distribution's own if it will do, for that
    is built with profiles, and a third faster than one compiled by hand. PYTHON names another one."""
    if not os.path.exists(PYTHON) and not os.environ.pop("PYTHON_CHOSEN", ""):
        _go_on_in(os.environ.get("PYTHON") or DISTRIBUTION_PYTHON, "import ensurepip, venv")
    if sys.version_info >= (3, 11):  # noqa: UP036 (this may run in any Python)
        return
    for name in ("python3.13", "python3.12", "python3.11", "python3.14"):
        _go_on_in(name)
    fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Install it and start again.")


def _go_on_in(name, able="pass"):
    """Start again in that Python, if it is there, new enough, and able to run this."""
    found = shutil.which(name)
    if not found:
        return
    check = "import sys\nif sys.version_info < (3, 11): sys.exit(1)\n" + able
    if subprocess.call([found, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
        os.execve(found, [found, *sys.argv], dict(os.environ, PYTHON_CHOSEN="1"))


def ensure_venv(dev=False):
    """Make or update the virtual environment to match the lock file; nothing to do when it does."""
    lock = "requirements-dev.txt" if dev or _stamped("requirements-dev.txt") else "requirements.txt"
    if os.path.exists(PYTHON) and _stamped(lock) == _wanted(lock):
        return
    say(f"Installing Python packages into {VENV} ...")
    if not os.path.exists(PYTHON):
        _make_venv()
    _install(lock)
    with open(STAMP, "w") as stamp:
        stamp.write(f"{lock} {_wanted(lock)}\n")


def _wanted(lock):
    with open(os.path.join(ROOT, lock), "rb") as text:
        return hashlib.sha256(text.read()).hexdigest()


def _stamped(lock):
    """The hash of that lock file when the environment was last made from it, else None."""
    try:
        with open(STAMP) as stamp:
            name, value = stamp.read().split()
    except (OSError, ValueError):
        return None
    return value if name == lock else None


def _outer_pip():
    """The pip beside this Python, working for the environment: one less to unpack, which takes longer than all the rest."""
    command = [sys.executable, "-m", "pip", "--python", PYTHON]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return command if subprocess.call([*command, "--version"], **quiet) == 0 else None


def _make_venv():
    make = [sys.executable, "-m", "venv", "--clear", VENV]
    bare = subprocess.call([*make, "--without-pip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if bare == 0 and _outer_pip():
        return
    done = subprocess.run(make, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode == 0:
        return
    package = "python{}.{}-venv".format(*sys.version_info)
    if b"ensurepip" not in done.stdout:
        fail("No virtual environment could be made:\n" + done.stdout.decode(errors="replace"))
    if _package_manager() == "apt-get" and _apt_get([package]) and subprocess.call(make) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    fail(f"This Python cannot make virtual environments. Install it and start again: apt-get install {package}")


def _install(lock):
    path = os.path.join(ROOT, lock)
    uv = os.path.join(VENV, "bin", "uv")
    pip = _outer_pip() or [PYTHON, "-m", "pip"]
    if not os.path.exists(uv):
        subprocess.call([*pip, "install", "--quiet", UV])
    if os.path.exists(uv):
        command = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, path]
    else:
        command = [*pip, "install", "--quiet", "--require-hashes", "-r", path]
    if subprocess.call(command):
        fail(f"The packages of {lock} could not be installed; the lines above say why.")


def ensure_pango():
    """PDFs need the Pango libraries, which no Python package brings."""
    if _has_pango():
        return
    tool = _package_manager()
    if tool:
        say(f"Installing Pango with {tool} ...")
        _install_system(tool, PANGO_PACKAGES[tool])
    if not _has_pango():
        fail(
            "Pango is missing (needed for PDFs). Install it and start again: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0   "
            "(Fedora: dnf install pango, macOS: brew install pango)"
        )


def ensure_chromium():
    """Browser tests: install Chromium when we may, the one without windows if there is one. Returns its path or None."""
    if not find_chromium() and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium with apt-get ...")
        _apt_get(["chromium-headless-shell"]) or _apt_get(["chromium"])
    return find_chromium()


def find_chromium():
    """The first Chromium or Chrome on PATH; CHROMIUM names another one."""
    for name in (os.environ.get("CHROMIUM"), *CHROMIUM_NAMES):
        if name and shutil.which(name):
            return shutil.which(name)
    return None


def _has_pango():
    for name in PANGO_FILES.get(sys.platform, ()):
        folders = ("", "/opt/homebrew/lib/", "/usr/local/lib/") if sys.platform == "darwin" else ("",)
        if not any(_loads(folder + name) for folder in folders):
            return False
    return True


def _loads(name):
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _package_manager():
    """The tool that may install without asking for a password."""
    if sys.platform == "darwin":
        return "brew" if shutil.which("brew") else None
    if os.geteuid() == 0:
        for tool in ("apt-get", "dnf"):
            if shutil.which(tool):
                return tool
    return None


def _install_system(tool, packages):
    if tool == "apt-get":
        return _apt_get(packages)
    return subprocess.call([tool, "install"] + (["-y"] if tool == "dnf" else []) + list(packages)) == 0


def _apt_get(packages):
    """Install; with a fresh list of packages when the one at hand does not do."""
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *list(packages)]
    quiet = {"env": environ, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if subprocess.call(install, **quiet) == 0:
        return True
    subprocess.call(["apt-get", "update", "-qq"], **quiet)
    return subprocess.call(install, env=environ, stdout=subprocess.DEVNULL) == 0


def enter(module, *arguments):
    """Go on as `python -m module` inside the virtual environment, in the project's directory."""
    os.chdir(ROOT)
    os.environ["PATH"] = os.path.join(VENV, "bin") + os.pathsep + os.environ.get("PATH", "")
    # A dozen processes start from here: without bytecode each would compile all of Django again, 3 s a process.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.stdout.flush()
    os.execv(PYTHON, [PYTHON, "-m", module, *list(arguments)])
