"""Passwords that are long enough and still among the first that anybody would try."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.accounts import hooks
from portal.accounts.models import User

WORDS = (
    "passwort password kennwort passwd willkommen welcome hallo hello admin administrator schatz schatzi liebe ichliebe "
    "iloveyou love sommer summer winter fruehling frühling herbst autumn spring januar montag monday fussball fußball "
    "football master letmein login geheim secret sonne sunshine dragon monkey princess prinzessin agentur agency "
    "berlin hamburg muenchen münchen deutschland test start changeme user glasshouse"
).split()
ROWS = (
    "12345678901234567890 qwertzuiopü asdfghjklöä yxcvbnm qwertyuiop zxcvbnm abcdefghijklmnopqrstuvwxyz "
    "1q2w3e4r5t6z7u8i9o0p 1q2w3e4r5t6y7u8i9o0p 1qay2wsx3edc4rfv5tgb 1qaz2wsx3edc4rfv5tgb"
).split()
RUNS = {row[i : i + 4] for line in ROWS for row in (line, line[::-1]) for i in range(len(row) - 3)}
LONGEST_PATTERN = 8
ENOUGH = 4
"""So many letters beside what is guessed make it another password."""


class GuessableValidator:
    """Refuses a guessable word with digits, rows of keys and repeated patterns; asks for no kinds of signs."""

    def validate(self, password: str, user: User | None = None) -> None:
        text = password.casefold()
        if _is_repeated(text) or _is_run(text) or _is_word(text, user):
            raise ValidationError(
                _("This is easy to guess: a common word or name, a row of keys or a repetition. Add a few words."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("No common word or name with digits, no row of keys, no repetition.")


def _is_repeated(text: str) -> bool:
    longest = min(LONGEST_PATTERN, len(text) // 2)
    return any((text[:size] * len(text))[: len(text)] == text for size in range(1, longest + 1))


def _is_run(text: str) -> bool:
    """Hardly a sign stands outside of rows of keys, forwards or backwards."""
    inside = {i + step for i in range(len(text) - 3) if text[i : i + 4] in RUNS for step in range(4)}
    beside = [sign for i, sign in enumerate(text) if i not in inside and sign.isalnum()]
    return bool(inside) and len(beside) < ENOUGH


def _is_word(text: str, user: User | None) -> bool:
    """Hardly a letter stands beside guessable words."""
    letters = re.sub(r"[\W\d_]", "", text)
    rest = letters
    for word in sorted({*WORDS, *_own_words(user)}, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != letters and len(rest) < ENOUGH


def _own_words(user: User | None) -> Iterator[str]:
    """Of the address and the name, and of the agency at whose door the password is set."""
    own = f"{user.email} {user.name}" if user else ""
    for word in re.split(r"[\W\d_]+", f"{own} {hooks.name_of_place()}".casefold()):
        if len(word) >= ENOUGH:
            yield word
