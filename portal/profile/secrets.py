"""What looks like a password, a key or a code: it has no place on a page that many read."""

import math
import re
from collections import Counter
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

NAMES = (
    r"pass[- ]?(?:word|wort|phrase|code|ord)|pwd?|kennwort|zugangscode|pin(?:[- ]?code)?|puk|"
    r"(?:client|shared)[- ]secret|secret[- ]key|api[- ]?(?:key|token|schlüssel|nøkkel)|(?:access|auth)[- ]?token|"
    r"пароль|jelszó|hasło|contraseña|mot de passe"
)
SEVERAL = r"passwords|passwörter|kennwörter|passphrases"
CALLED = r"(?<!\w)[\w-]{{0,20}}?(?:{})(?:\s+[\w-]{{1,20}}){{0,2}}?\s*"
ONE, ANY = CALLED.format(NAMES), CALLED.format(f"{NAMES}|{SEVERAL}")
NAMED = re.compile(rf"{ONE}(?:[:=]|\bis\b|\bist\b|\blautet\b|\ber\b)\s*(.*)", re.I)
BESIDE = re.compile(rf"{ANY}(?:[|→:=]|(?<=\s)[-–—](?=\s))\s*(\S+)", re.I)
ABOVE = re.compile(rf"{ANY}[:=]?\s*$", re.I)
MARKS = re.compile(r"[*_`]+|\([^()]{0,40}\)")
"""What may stand between a name and what it names: marks of Markdown, a remark in brackets."""
POINTS = re.compile(
    r"(?:(?:is|are|ist|sind|er)\s+)?(?:kept|stored|known|managed|in|on|at|with|by|see|ask|never|not|no|none|"
    r"liegt|liegen|im|beim?|siehe|verwaltet|hinterlegt|nie|nicht|kein\w*|über|per|von|"
    r"ligger|oppbevares|hos|se|spør|aldri|ikke|i|på|в|у|a)\b",
    re.I,
)
"""Words that say where a password is kept instead of what it is."""
KEYS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bgh[pousr]_\w{20,}|"
    r"\bAKIA[0-9A-Z]{16}\b|\bxox[abprs]-\w{8,}|\beyJ[\w-]{16,}\."
)
WITH_LOGIN = re.compile(r"\b[a-z][a-z+]{1,9}://[^\s/:@]{1,100}:[^\s/@]{1,100}@", re.I)
KEEPERS = re.compile(r"\b1password\b", re.I)
ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|(?<!\S)[^\s@]+@[^\s@]+\.\w+", re.I)
"""A mail address begins where a word does, and has one @: then no text takes more than one look."""
LONG = re.compile(r"[A-Za-z0-9+/_=.~$%&#!?*^-]{20,}")
HEX = re.compile(r"[0-9a-f]{32,}", re.I)
MIXED = 3.5
"""Bits per sign: words of a language stay below, random signs lie above."""


def looks_like_secret(text: str) -> bool:
    """Whether the text gives a password, key or code away. It errs rather than lets one through."""
    lines = text.splitlines()
    if KEYS.search(text) or WITH_LOGIN.search(text) or any(_random(line) for line in lines):
        return True
    plain = [line for line in (MARKS.sub("", line).strip() for line in lines) if line]
    return any(map(_named, plain)) or any(_stands_above(*two) for two in pairwise(plain))


def refuse_secrets(label: str, text: str) -> None:
    """Raises ValidationError; it does not repeat what was found. A label names what stands below it."""
    first, _newline, rest = text.partition("\n")
    if looks_like_secret(f"{label}: {first}\n{rest}"):
        words = _("This looks like a password or a key. Say where it is kept, never what it is.")
        raise ValidationError(words, code="secret")


def _named(line: str) -> bool:
    found = NAMED.search(line)
    value = found.group(1).strip(" \"'„“»«") if found else ""
    if value and (not POINTS.match(value) or _has_mixed_word(value)):
        return True
    found = BESIDE.search(line)
    return bool(found and _has_mixed_word(found.group(1)))


def _stands_above(line: str, next_line: str) -> bool:
    """The name on one line, and what it names alone on the next."""
    return " " not in next_line and bool(ABOVE.search(line)) and _has_mixed_word(next_line)


def _has_mixed_word(value: str) -> bool:
    """ "in Winter2026!" points nowhere: a word with letters and figures is the secret itself."""
    words = KEEPERS.sub("", ADDRESS.sub("", value)).split()
    return any(re.search(r"\d", word) and re.search(r"[^\W\d]", word) for word in words)


def _random(line: str) -> bool:
    return any(HEX.fullmatch(word) or _is_mixed(word) for word in LONG.findall(ADDRESS.sub(" ", line)))


def _is_mixed(word: str) -> bool:
    kinds = [any(map(kind, word)) for kind in (str.isupper, str.islower, str.isdigit)]
    counted = Counter(word).values()
    bits = -sum(n / len(word) * math.log2(n / len(word)) for n in counted)
    return all(kinds) and bits > MIXED
