"""What a check answers: fine, soon (somebody should look) or broken, in words."""

from dataclasses import asdict, dataclass
from typing import Any

FINE, SOON, BROKEN = "fine", "soon", "broken"
ORDER = (BROKEN, SOON, FINE)


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report. name and text are for people, hint says what to do."""

    name: str
    state: str
    text: str
    hint: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def judged(name: str, problems: list[str], fine: str, hint: str = "") -> Finding:
    """Broken with the first problems, else fine."""
    if not problems:
        return Finding(name, FINE, fine)
    more = f" (+{len(problems) - 3})" if len(problems) > 3 else ""
    return Finding(name, BROKEN, "; ".join(problems[:3]) + more, hint)
