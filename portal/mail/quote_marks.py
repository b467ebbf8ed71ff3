"""How mail programs mark what they quote and what they put underneath, as patterns for single lines.

English, German, Norwegian, Russian, Ukrainian and Hungarian, and the verbs of some neighbours. Every pattern is only
tried on short texts (LONGEST), so that no line can make it slow.
"""

import re

LONGEST = 400
"""Characters of a line, or of the lines of one introduction, beyond which nothing is a mark."""

QUOTED = re.compile(r"\s{0,3}(?:>|&gt;)")
RULE = re.compile(r"\s*[_=*-]{10,}\s*$")
FOOT = re.compile(r"_{10,}\s*$")
PLACE = re.compile(r"(?:https?://\S|[^\s@]{1,64}@[^\s@]{1,100}\.[a-z]{2})", re.IGNORECASE)
CLAUSE = re.compile(
    r",\s(?!.*(?:excuse|brevity|typo|entschuldig|unnskyld|beklager|извин|вибач|elnézés)).*[.!?]$", re.IGNORECASE
)
DELIMITER = re.compile(r"--\s?$")

_VERBS = (
    "wrote|writes|schrieb|schrieben|schreibt|skrev|skriver|пишет|писал|писала|написал|написала|пише|писав|писала|написав|написала|"
    "írta|írja|a écrit|geschreven|escribió|escreveu|ha scritto|napisał|napisała"
)
VERB = re.compile(rf"(?<!\w)(?:{_VERBS})(?:\((?:а|ла)\))?(?!\w)", re.IGNORECASE)
ADDRESS = re.compile(r"[<(\[]\s?(?:mailto:)?[^\s<>()\[\]]{1,100}@[^\s<>()\[\]]{1,150}")
CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}(?!\d)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_WEEKDAYS = (
    "mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|man|tir|ons|tor|fre|lør|søn|"
    "пн|вт|ср|чт|пт|сб|вс|нд|пон|вто|сре|чет|пят|суб|вос|вів|сер|п'ят|п’ят|нед"
)
OPENER = re.compile(rf"(?:on|at|am|den|på|le|op|el|il|em|w dniu|\d|(?:{_WEEKDAYS})\w{{0,9}})[\s.,\d]", re.IGNORECASE)

_SEPARATED = (
    "original message|original appointment|originalnachricht|original-nachricht|original nachricht|ursprüngliche nachricht|"
    "opprinnelig melding|original melding|исходное сообщение|оригинальное сообщение|оригінальне повідомлення|"
    "вихідне повідомлення|eredeti üzenet"
)
SEPARATOR = re.compile(rf"\W{{0,3}}[-_]{{2,}}\s*(?:{_SEPARATED})\s*[-_]{{2,}}\W{{0,3}}$", re.IGNORECASE)
_FORWARDED = (
    "forwarded message|begin forwarded|weitergeleitete nachricht|anfang der weitergeleiteten|videresendt|пересылаемое|"
    "пересланное|переслане|пересилається|továbbított"
)
FORWARDED = re.compile(rf"\W{{0,20}}(?:{_FORWARDED})", re.IGNORECASE)

_HEADERS = {
    "from": "from|von|fra|от кого|от|від кого|від|feladó",
    "date": "sent|date|gesendet|datum|sendt|dato|отправлено|дата|надіслано|відправлено|elküldve|küldve|dátum|küldés dátuma",
    "to": "to|an|til|кому|címzett",
    "copy": "cc|kopie|kopi|копия|копія|másolatot kap|másolat",
    "subject": "subject|betreff|emne|тема|tárgy",
}
_NAMED = "|".join(f"(?P<{kind}>{names})" for kind, names in _HEADERS.items())
HEADER = re.compile(rf"[\s*>]{{0,6}}(?:{_NAMED})\s?\*{{0,2}}:", re.IGNORECASE)

_MOBILE = (
    r"\W{0,3}(?:sent|gesendet|versendet|sendt|отправлено|надіслано|envoyé|verzonden) "
    r"(?:from|via|by|with|von|mit|fra|med|из|с|з|із|depuis|met)\b.{1,120}",
    r"\W{0,3}von mein\w{1,3} .{1,60} gesendet\W{0,3}",
    r"diese (?:nachricht|e-mail|mail) wurde von mein\w{1,3} .{1,80} gesendet\W{0,3}",
    r"(?:get|hent|holen sie sich|отримайте|получите|скачать) \W?outlook\b.{1,120}",
    r"(?:az )?\S{1,20}(?:-omról|-ról|-ről|-emről|-ömről|-mról) küldve\W{0,3}",
    r".{1,60}\boutlook\w{0,6} (?:küldve|letöltése)\W{0,3}",
    r"az outlook .{1,60} (?:letöltése|beszerzése).{0,60}",
    r"from my (?:iphone|ipad|mobile|android)\b.{0,60}",
)
MOBILE = re.compile(rf"(?:{'|'.join(_MOBILE)})$", re.IGNORECASE)
