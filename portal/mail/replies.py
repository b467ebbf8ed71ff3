"""What a mail of ours can be answered with: apps above register what becomes of the answer of which purpose."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from portal.mail import reply_addresses
from portal.mail.models import InboundMail
from portal.mail.parsed import Attachment
from portal.mail.reply_addresses import LOCAL, RETURN, Question
from portal.tenancy.models import AgencyAddress, Member

Handler = Callable[[Member, int, str, list[Attachment], InboundMail], None]


@dataclass(frozen=True)
class Purpose:
    """take: makes of the answer what it is to be, with the member's own sight; raises PermissionDenied or DoesNotExist
    when that is not open to the member any more. may: whether the member could answer now. is_calendar: programs answer it,
    with a calendar object (RFC 5546); these are handed on instead of the words and files. covers: another purpose whose answers
    this one takes when one mail is about both, because its readers are fewer. stays_inside: what it quotes
    is the agency's alone, so the whole mail goes to nobody else, whomever it names besides.
    """

    take: Handler
    may: Callable[[Member, int], bool]
    is_calendar: bool = False
    covers: str = ""
    stays_inside: bool = False


purposes: dict[str, Purpose] = {}


def register(code: str, take: Handler, *, may: Callable[[Member, int], bool], **more: Any) -> None:
    """Let answers of this purpose in; more: what else Purpose holds. Called from AppConfig.ready."""
    purposes[code] = Purpose(take, may, **more)


def narrowest(codes: set[str]) -> str:
    """The one purpose that takes the answer when a mail is about all of these; "" when there is none."""
    found = [code for code in codes if code in purposes and codes <= {code, purposes[code].covers}]
    return found[0] if found else ""


def address_for(member: Member, code: str, subject_id: int) -> str:
    """Where the member's answer goes; "" when none would be taken."""
    if code not in purposes or not purposes[code].may(member, subject_id):
        return ""
    return reply_addresses.address_of(Question(member.agency_id, member.pk, subject_id, code), member.agency)


def question_at(local: str, token: str, domain: str) -> Question | None:
    """The question that is answered at `local+token@domain`; None for any other address."""
    return reply_addresses.question_of(token, domain, [*purposes, RETURN]) if local == LOCAL and token else None


def agency_of(local: str, token: str, domain: str) -> int | None:
    """The id of its agency, while there is one. Needs no context."""
    question = question_at(local, token, domain)
    if question is None:
        return None
    return AgencyAddress.objects.filter(agency_id=question.agency_id).values_list("agency_id", flat=True).first()


def questions_among(agency_id: int, addresses: Iterable[tuple[str, str, str]]) -> list[Question]:
    """The questions of this agency that were answered, each once."""
    found = {question_at(*parts): None for parts in addresses}
    return [question for question in found if question and question.agency_id == agency_id]


def inside(questions: Iterable[Question]) -> list[Question]:
    """Those whose mails are nobody's but the agency's."""
    return [one for one in questions if one.purpose in purposes and purposes[one.purpose].stays_inside]
