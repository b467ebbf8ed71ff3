"""Ten mails as a mail server delivers them: replies, attachments, HTML, old charsets, one that is hardly a mail; and a stranger's."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from django.core.files.uploadedfile import UploadedFile
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from mailbox.models import Mail, MailAttachment, Thread
from portal.demo import documents
from portal.demo.cast import HOUSES, Person
from portal.demo.past import set_back, set_back_event

PEOPLE = {person.name: person for house in HOUSES for person in house.people}
CARRIER = Person("DPD Business", "business@dpd.example", "", "")
HAULIER = Person("Nordfracht", "spedition@nordfracht.example", "", "")


def mail(
    sender: Person | str,
    to: tuple[str, ...],
    cc: str,
    days_ago: float,
    subject: str,
    text: str,
    *files: UploadedFile,
    html: bool = False,
    charset: str = "utf-8",
    answers: str = "",
) -> EmailMessage:
    """One mail; `cc` is the client's portal address, `to` names people of the demo world."""
    sender = PEOPLE[sender] if isinstance(sender, str) else sender
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = formataddr((sender.name, sender.email))
    message["To"] = ", ".join(formataddr((PEOPLE[name].name, PEOPLE[name].email)) for name in to) or cc
    message["Cc"] = cc if to else ""
    message["Date"] = format_datetime(timezone.now() - timedelta(days=days_ago))
    message["Message-ID"] = make_msgid(domain=sender.email.partition("@")[2])
    if answers:
        message["In-Reply-To"] = message["References"] = answers
    message.set_content(text, charset=charset)
    if html:
        message.add_alternative(_html(text), subtype="html")
    for file in files:
        main, _slash, sub = (file.content_type or "").partition("/")
        message.add_attachment(file.read(), maintype=main, subtype=sub, filename=file.name)
    return message


def _html(text: str) -> str:
    paragraphs = text.strip().replace("\n\n", "</p><p>").replace("\n", "<br>")
    return f"<html><body><p>{paragraphs}</p></body></html>"


def ten(address: Callable[[str], str]) -> list[tuple[str, str, bytes]]:
    """(envelope sender, envelope recipient, mail); `address` gives a client's portal address by its slug."""
    hanse, fjordlys, petersen = (
        address(slug) for slug in ("hanse-moebelwerk", "fjordlys-smykker", "autohaus-petersen")
    )
    local, _at, domain = hanse.partition("@")
    black_friday = f"{local}+black-friday@{domain}"
    posted = [(hanse, letter) for letter in _of_hanse(hanse)]
    posted += [(black_friday, _proofs(black_friday)), (fjordlys, _pictures(fjordlys)), (petersen, _cars(petersen))]
    raw = [(str(letter["From"].addresses[0].addr_spec), to, letter.as_bytes()) for to, letter in posted]
    return [*raw, (PEOPLE["Lena Hofmann"].email, hanse, _hardly_a_mail())]


def of_stranger(address: Callable[[str], str]) -> tuple[str, str, bytes]:
    """One more, in which nobody is known to the client: it waits until somebody of the agency lets it in."""
    hanse = address("hanse-moebelwerk")
    letter = mail(HAULIER, (), hanse, 0.1, "Lieferzeiten Norwegen, bitte prüfen", NORWAY, charset="iso-8859-1")
    return HAULIER.email, hanse, letter.as_bytes()


def set_back_all() -> None:
    """Once they are filed: mails came in when they were sent, so that the tab and the timeline have a past."""
    for letter in Mail.objects.filter(held_at=None).exclude(sent_at=None):
        set_back(letter, letter.sent_at, "received_at")
        set_back_event(letter, "mail.received", letter.sent_at)
    newest = Mail.objects.filter(thread=OuterRef("pk")).newest_first().values("received_at")[:1]
    Thread.objects.update(last_at=Subquery(newest))
    Thread.objects.exclude(answered_at=None).update(answered_at=F("last_at"))
    came = Mail.objects.filter(pk=OuterRef("mail")).values("received_at")
    MailAttachment.objects.update(received_at=Subquery(came))


def _of_hanse(cc: str) -> list[EmailMessage]:
    budget = mail("Jonas Reuter", ("Thomas Brandt",), cc, 18, "Budget for next month", BUDGET)
    terms = documents.pdf(
        "Terms of delivery islands.pdf", "Terms of delivery: islands", ["Surcharge: 14.90 EUR", "Over 31.5 kg: freight"]
    )
    surcharges = documents.xlsx(
        "Surcharges.xlsx", [["Island", "Surcharge in EUR"], ["Sylt", 14.9], ["Föhr", 14.9], ["Amrum", 16.5]]
    )
    copy = documents.pdf(
        "Oak series copy.pdf", "Oak series: three headlines", ["1. Solid for generations", "2. Oak, and nothing else"]
    )
    photos = [documents.png(f"Skagen Anrichte {n}.png", f"Skagen, Anrichte, Bild {n}") for n in (1, 2, 3)]
    rates = documents.pdf("Rate card 2027.pdf", "Rate card 2027", ["Parcel up to 31.5 kg: 5.40 EUR"])
    katrin, mira = ("Katrin Vogel",), ("Mira Lindqvist",)
    return [
        budget,
        mail("Thomas Brandt", ("Jonas Reuter",), cc, 17, "Re: Budget for next month", APPROVED, answers=budget["Message-ID"]),
        mail(CARRIER, ("Lena Hofmann",), cc, 6, "Fwd: Your new rate card 2027", RATES, rates),
        mail("Lena Hofmann", mira, cc, 4, "Fotos Eichenserie „Skagen“, Teil 2", PHOTOS, *photos, charset="iso-8859-15"),
        mail("Mira Lindqvist", katrin, cc, 2, "Oak series: copy for approval", COPY, copy, html=True),
        mail("Katrin Vogel", ("Bence Kovács",), cc, 0.2, "Terms of delivery for the islands", TERMS, terms, surcharges, html=True),
    ]  # fmt: skip


def _proofs(cc: str) -> EmailMessage:
    banners = [
        documents.png(f"Banner {size}.png", f"Black Friday, {size}", "#7a1f2b") for size in ("300x250", "728x90")
    ]
    return mail("Eirik Dahl", ("Ingrid Solberg",), cc, 3, "Black Friday: first banner proofs", PROOFS, *banners)


def _pictures(cc: str) -> EmailMessage:
    picture = documents.png("Ring Skjær.png", "Skjær", "#5d7f8c")
    return mail(
        "Marte Haugen", ("Ingrid Solberg",), cc, 1, "Våren: bilder og navn på seriene", SPRING, picture, html=True
    )


def _cars(cc: str) -> EmailMessage:
    car = documents.png("Kombi 2021.png", "Kombi, 2021", "#44546a")
    return mail(
        "Silke Petersen", ("Malte Jansen",), cc, 1, "Fotos für die Gebrauchtwagenbörse", CARS, car, charset="iso-8859-1"
    )


def _hardly_a_mail() -> bytes:
    """What an old scanner sends: no header, bytes of no charset, cut off."""
    return b"\r\nSCAN 0417 \xff\xfe\x81 Lieferschein M\xf6belwerk\r\n%PDF-1.4 \x00\x01\x02\r\n(cut o"


BUDGET = """Dear Thomas,

for next month I suggest 4,000 euros for the eight days around Black Friday and 1,200 for the rest.

Is that all right with you?

Jonas
"""
APPROVED = """Approved. Please keep an eye on the cost per order.

Thomas
"""
RATES = """Forwarded by Lena Hofmann

Dear customer, please find attached the rate card that is valid from 1 January 2027.
"""
PHOTOS = """Hallo Mira,

hier die übrigen Fotos der Eichenserie. Die große Anrichte wird am Freitag noch einmal aufgenommen, der Ölton war zu dunkel.

Schöne Grüße aus Lübeck
Lena
"""
COPY = """Dear Katrin,

the copy is ready. Three headlines are marked where we need your choice.

Best wishes
Mira
"""
TERMS = """Dear Bence,

as promised: the terms our carrier gave us for Sylt, Föhr and Amrum. Please note the surcharge of €14.90
per parcel and that anything over 31.5 kg goes by freight.

Could you show the customer the surcharge before the last step? We had four complaints
last week from people who only saw it in the order confirmation.

Kind regards
Katrin
"""
PROOFS = """Hei!

Here are the first two formats. The red is a touch darker than in the brand book, on purpose: it reads better on phones.

Eirik
"""
SPRING = """Hei Ingrid,

her er de første bildene til vårkatalogen. Seriene heter «Bris» og «Skjær», det er bestemt nå.

Hilsen Marte
"""
NORWAY = """Guten Tag,

diese Adresse hat man mir am Telefon genannt. Die Lieferzeiten ab Lager Lübeck für Norwegen gelten ab 1. Dezember.

Nordfracht
"""
CARS = """Moin Malte,

anbei das erste Foto, die übrigen elf folgen bis Mittwoch. Der graue Kombi ist übrigens schon verkauft.

Viele Grüße
Silke
"""
