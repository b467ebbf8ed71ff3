"""Mails that came back: reports of delivery (RFC 3464), complaints (RFC 5965), and the letters of servers that write neither.

Never raises, and reads only a bounded part of each text.
"""

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from portal.mail.headers import ID, headers_of, raw_header
from portal.mail.parsed import Attachment, Failure
from portal.mail.text import clean_line, decode, decode_header

STATUS = "message/delivery-status"
COMPLAINT = "message/feedback-report"
RETURNED = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
}
MOST_TEXT = 20_000
MOST_FOUND = 20
FIELD = re.compile(r"^([A-Za-z][A-Za-z-]{2,40})[ \t]*:[ \t]*([^\n]{0,1000}(?:\n[ \t][^\n]{0,500}){0,10})", re.MULTILINE)
ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]=]{1,64}@[^\s<>,;:\"()]{1,253}")
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.\d{1,3}(?![\d.])")
REPLY = re.compile(r"(?<![\d.:-])([45])\d\d[ -](?=[\w#(<])")
MESSAGE_ID = re.compile(r"^[ \t>]{0,4}Message-ID:\s{0,3}(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)
UNWANTED = "The recipient reported this mail as unwanted."
NOT_FAILED = {"delivered", "relayed", "expanded"}
FOR_NOW = {"4.4.7", "5.2.2", "5.4.7"}
"""Given up after days of trying, or a full box: the address itself may be good."""

DAEMON = re.compile(
    r"(?:mailer[-_. ]?daemon|mail[-_. ]?daemon|poo?st[-_]?master|mail deliver\w{0,2} (?:sub)?system)", re.IGNORECASE
)
ABOUT = re.compile(
    r"(?:undeliver|un-?deliverable|deliver\w{0,3} (?:status|fail|error|problem|notif|report|has failed|unsuccess|delay)|"
    r"delivery .{0,20}(?:fail|delay|impossible)|returned (?:e-?)?mail|returned to sender|returning message|failure notice|"
    r"fail\w{0,3} to deliver|mail (?:system error|failure|error)|could not (?:be delivered|send)|non[- ]delivery|bounce|"
    r"not delivered|message .{0,40}delayed|unzustellbar|nicht zugestellt|zustellung|fehlgeschlagen|kunne ikke leveres|"
    r"ikke levert|uleverbar|не доставл|недоставлен|не удалось доставить|не може бути доставлен|не вдалося доставити|"
    r"kézbesíthetetlen|kézbesítés|sikertelen|errors from|non remis|no entregado|mislukt)",
    re.IGNORECASE,
)
SAID = re.compile(
    r"(?:could ?n[o']t be delivered|could not (?:send|deliver)|was ?n[o']t (?:able to )?deliver|unable to (?:deliver|send)|"
    r"not able to deliver|undeliverable|user unknown|unknown user|no such (?:user|mailbox|recipient|address)|"
    r"mailbox (?:unavailable|full|not found|is full)|does not exist|permanent(?:ly)? (?:error|fail|fatal)|fatal error|"
    r"delivery (?:to the following|failed|failure|error|has failed|has been delayed)|failed to deliver|"
    r"(?:message|mail)[^.\n]{0,60}(?:rejected|refused|returned|delayed|not delivered|undelivered)|"
    r"did not reach the following|returned to (?:you|the sender)|sender address rejected|over quota|"
    r"delivery attempts|error message|"
    r"nicht zugestellt|kunne ikke leveres|не может быть доставлен|не доставлен|не вдалося доставити|nem kézbesíthető)",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"(?:delay|deferred|warning|still trying|will (?:be retried|retry)|verzögert|forsinket)", re.IGNORECASE
)


def failure_of(
    message: Message, reports: Iterable[tuple[str, bytes]], text: str, files: list[Attachment]
) -> Failure | None:
    """What a bounce tells; None for any other mail. reports: (type, content) of the parts in which machines speak."""
    told = {kind: decode(content[: 2 * MOST_TEXT])[:MOST_TEXT] for kind, content in reports}
    text = text[:MOST_TEXT]
    if STATUS in told:
        failure = _of_status(told[STATUS])
    elif COMPLAINT in told:
        failure = Failure("hard", UNWANTED, _addresses(told[COMPLAINT]))
    elif _is_letter_of_a_server(message, text):
        failure = _of_letter(message, text)
    else:
        return None
    if failure:
        failure.message_ids = list(dict.fromkeys(_returned_ids(told, text, files)))[:MOST_FOUND]
        failure.text = failure.text or _reason(text)
    return failure


def _of_status(status: str) -> Failure | None:
    """The first block is about the mail, each one after it about a recipient. None when all of them got it."""
    found = [(name.lower(), clean_line(value)) for name, value in FIELD.findall(status)]
    actions = [value.lower().partition(" ")[0] for name, value in found if name == "action"]
    if actions and NOT_FAILED.issuperset(actions):
        return None
    codes = [value for name, value in found if name == "status"]
    reasons = [value.partition(";")[2].strip() or value for name, value in found if name == "diagnostic-code"]
    people = [value for name, value in found if name in ("final-recipient", "original-recipient")]
    is_soft = ("delayed" in actions and "failed" not in actions) or passes(" ".join(codes) or " ".join(reasons))
    return Failure("soft" if is_soft else "hard", " ".join(reasons)[:500], _addresses("\n".join(people)))


def _is_letter_of_a_server(message: Message, text: str) -> bool:
    """A server's own address, or none at all, and words of failure both in the subject and the text, or one very clear."""
    sender = decode_header(raw_header(message, "from"))[:500]
    subject = decode_header(raw_header(message, "subject"))[:500]
    is_daemon = bool(DAEMON.search(sender))
    is_nobody = raw_header(message, "return-path").strip() == "<>" or raw_header(message, "x-failed-recipients")
    is_about, is_said = bool(ABOUT.search(subject)), bool(SAID.search(text) or ENHANCED.search(text))
    if is_daemon:
        return is_about or is_said
    return bool(is_nobody) and is_about and is_said


def _of_letter(message: Message, text: str) -> Failure:
    subject = decode_header(raw_header(message, "subject"))[:500]
    own = text.partition("\n\n\n")[0]
    codes = ENHANCED.search(text) or REPLY.search(text)
    is_soft = passes(codes[0]) if codes else bool(DELAYED.search(subject))
    people = decode_header(raw_header(message, "x-failed-recipients")) or own
    return Failure("soft" if is_soft else "hard", "", _addresses(people))


def passes(codes: str) -> bool:
    """Whether every code is one of those that pass."""
    found = [code[0] for code in ENHANCED.finditer(codes)] or [code[0] for code in REPLY.finditer(codes)]
    return bool(found) and all(code.startswith("4") or code in FOR_NOW for code in found)


def _addresses(text: str) -> list[str]:
    return list(dict.fromkeys(found.lower().rstrip(".") for found in ADDRESS.findall(text[:MOST_TEXT])))[:MOST_FOUND]


def _reason(text: str) -> str:
    """The line in which the other server says why."""
    for line in text.split("\n"):
        if ENHANCED.search(line[:1000]) or REPLY.search(line[:1000]):
            return clean_line(line)[:500]
    said = SAID.search(text)
    return clean_line(text[max(0, said.start() - 100) : said.end() + 200])[:300] if said else ""


def _returned_ids(told: dict[str, str], text: str, files: list[Attachment]) -> Iterator[str]:
    """Message-IDs of the mail that came back: from its part, or from where it stands in the text."""
    contents = [file.content for file in files if file.content_type in RETURNED]
    heads = [headers_of(content[:300_000]) for content in contents[:MOST_FOUND]]
    for value in [*(raw_header(head, "message-id") for head in heads)]:
        yield from ID.findall(value)
    for other in (*(told[kind] for kind in RETURNED & set(told)), text, told.get(STATUS, "")):
        yield from MESSAGE_ID.findall(other)
    for name, value in FIELD.findall(told.get(STATUS, "")):
        if name.lower() in ("original-envelope-id", "x-original-message-id"):
            yield from ID.findall(value)
