"""What must be done before the servers start, in one process: translations, tables, static files.

python -m portal.core.prepare                 all of it
python -m portal.core.prepare --build         only what needs no database (image builds)
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def compile_translations(folder: Path = ROOT / "locale") -> list[Path]:
    """Make .mo files from newer .po files, without gettext installed. Fuzzy entries are left out."""
    made = []
    for po in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            _compile(po, mo)
            made.append(mo)
    return made


def _compile(po: Path, mo: Path) -> None:
    from babel.messages.mofile import write_mo  # only needed when there is something to compile
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalog = read_po(source, locale=po.parts[-3])
    half = mo.with_name(f"{mo.name}.{os.getpid()}")
    with half.open("wb") as target:
        write_mo(target, catalog)
    half.rename(mo)


def fingerprint(*patterns: str) -> str:
    """What these files of ours are now, and the packages by their lock file."""
    seen = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            stat = path.stat()
            seen.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _packages() -> list[str]:
    """Our own; a data directory beside them holds what was made from them, and is none."""
    return [found.parent.name for found in sorted(ROOT.glob("*/__init__.py"))]


def _static() -> list[str]:
    ours = [f"{name}/{static}" for name in _packages() for static in ("static/**/*", "*/static/**/*")]
    return ["static/**/*", *ours]


def everything() -> str:
    """Changes when there may be something to prepare: code, translations, static files, packages."""
    code = [f"{name}/**/*.py" for name in _packages()]
    return fingerprint(*code, "locale/**/*.po", *_static())


def collect_static(target: Path) -> bool:
    """Run collectstatic unless the same inputs were collected before; true when it ran."""
    from django.core.management import call_command

    stamp, wanted = target / ".inputs", fingerprint(*_static())
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    call_command("collectstatic", interactive=False, clear=target.exists(), verbosity=0)
    stamp.write_text(wanted)
    return True


def main() -> None:
    """Compile, then migrate; meanwhile another process collects."""
    compile_translations()
    if "--build" in sys.argv:
        _build()
        return
    import django

    django.setup()  # before the other process, which then finds the bytecode there
    build = subprocess.Popen([sys.executable, "-m", "portal.core.prepare", "--build"])
    _migrate()
    if build.wait():
        sys.exit("The static files could not be collected; the lines above say why.")


def _build() -> None:
    import django  # after the translations are there

    django.setup()
    from django.conf import settings

    collect_static(Path(settings.STATIC_ROOT))


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=1 if "-v" in sys.argv else 0)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    main()
