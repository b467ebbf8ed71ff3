"""Invoices of the demo world: a year of retainers and extras of Nordlicht's clients, in every state; one from real work."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from invoices.actions import crediting, drafting, issuing, paying, settling, sides
from invoices.actions.drafting import Part
from invoices.days import today_of
from invoices.models import Invoice, InvoiceDocument, InvoiceRead
from invoices.payment_events import RECEIVED
from portal.core.zones import zone
from portal.demo import money
from portal.demo.past import set_back_event
from portal.demo.places import Place
from portal.tenancy.models import Client, Member
from worklog.actions import invoicing, kinds, rating
from worklog.models import WorkKind

OWN = {
    "name": "Nordlicht Digital GmbH",
    "street": "Alsterufer 12",
    "postcode": "20354",
    "city": "Hamburg",
    "country": "DE",
    "vat_id": "DE136695976",
    "tax_number": "27/123/45678",
    "email": "buchhaltung@nordlicht.example",
    "phone": "+49 40 555 018-30",
    "managers": "Solveig Omdal",
    "register": "Amtsgericht Hamburg, HRB 12345",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "bank": "Musterbank Hamburg",
}
IBANS = {"hanse-moebelwerk": "DE89370400440532013000", "fjordlys-smykker": "NO9386011117947"}
"""Examples of the standard (ISO 13616)."""
BILLED: dict[str, dict[str, Any]] = {
    "hanse-moebelwerk": {
        "name": "Hanse Möbelwerk GmbH",
        "street": "Kanalstraße 48",
        "postcode": "23552",
        "city": "Lübeck",
        "country": "DE",
        "vat_id": "DE129273398",
        "email": "rechnung@hanse-moebelwerk.example",
        "person": "Katrin Vogel",
        "number": "10047",
        "language": "de",
    },
    "fjordlys-smykker": {
        "name": "Fjordlys Smykker AS",
        "street": "Strandgaten 9",
        "postcode": "5013",
        "city": "Bergen",
        "country": "NO",
        "vat_id": "NO988077917MVA",
        "email": "faktura@fjordlys.example",
        "person": "Marte Haugen",
        "number": "10052",
        "tax_category": "AE",
        "currency": "NOK",
        "language": "nb",
    },
    "kanzlei-brandes": {
        "name": "Kanzlei Brandes und Partner mbB",
        "street": "Breite Straße 6",
        "postcode": "18055",
        "city": "Rostock",
        "country": "DE",
        "email": "kanzlei@kanzlei-brandes.example",
        "number": "10061",
        "buyer_reference": "04011000-12345-67",
        "language": "de",
    },
}
RETAINER = {"hanse-moebelwerk": 5700, "fjordlys-smykker": 24000, "kanzlei-brandes": 1450}
EXTRA = {
    "hanse-moebelwerk": ("Landing page", Decimal(2030)),
    "fjordlys-smykker": ("Product photos", Decimal(9800)),
    "kanzlei-brandes": ("Website care", Decimal(390)),
}
NOK = {"books_rate": Decimal("0.0861"), "books_source": "ECB"}
MONTHS = 8
"""So many months back. Of each client the newest paper is printed by the worker, the others when somebody wants them."""
LONG_AGO = timedelta(days=22)
LATER = timedelta(days=3650)
DAYS_OF_WORK = timedelta(days=4)


@dataclass(frozen=True)
class Bill:
    """One to be written on a day. amount: fixed, None for the work of the month."""

    slug: str
    on: date
    title: str
    first: date
    last: date
    amount: Decimal | None


def write_all(place: Place) -> None:
    """Call with the agency's sight."""
    if place.agency.slug == "nordlicht":
        _Books(place).write()


class _Books:
    def __init__(self, place: Place):
        self.place, self.by = place, place.owner
        self.today = today_of(place.agency)
        self.issued: list[Invoice] = []

    def write(self) -> None:
        self._sides()
        for bill in sorted(self._bills(), key=lambda bill: bill.on):
            self.issued.append(self._issue(bill))
        self._credits()
        self._pay()
        self._read()
        self._drafts()
        money.write_all(self.place, today=self.today, unpaid=self._of("hanse-moebelwerk")[-1])
        newest = [self._of(slug)[-1] for slug in BILLED]
        papers = InvoiceDocument.objects.filter(agency=self.place.agency, made_at=None).exclude(invoice__in=newest)
        papers.update(next_try_at=timezone.now() + LATER)

    def _sides(self) -> None:
        begun = date(self.today.year - 2, 1, 1)
        sides.keep_profile(by=self.by, **OWN, tax_rate=Decimal(19), terms_days=14)
        for slug, words in BILLED.items():
            sides.keep_billing(self.place.clients[slug], by=self.by, **words)
        kinds.begin(self.place.agency)
        development = WorkKind.objects.get(agency=self.place.agency, name="Development")
        rating.rate(Decimal(95), "EUR", by=self.by, valid_from=begun)
        rating.rate(Decimal(110), "EUR", by=self.by, valid_from=begun, kind=development)
        rating.rate(Decimal(1150), "NOK", by=self.by, valid_from=begun)

    def _bills(self) -> Iterator[Bill]:
        """Each month a retainer of each client, every third an extra; of the last month Hanse pays the work itself."""
        for back in range(MONTHS, -1, -1):
            last = _month_before(self.today, back)
            first, on = last.replace(day=1), last + timedelta(days=2)
            if on > self.today:
                continue
            for number, slug in enumerate(BILLED):
                by_work = slug == "hanse-moebelwerk" and back < 1
                amount = None if by_work else Decimal(RETAINER[slug])
                begun = last - DAYS_OF_WORK if by_work else first
                yield Bill(slug, on, f"Retainer {first:%m/%Y}", begun, last, amount)
                day = on + timedelta(days=9)
                if back % 3 == number and day <= self.today:
                    yield Bill(slug, day, f"{EXTRA[slug][0]} {first:%m/%Y}", first, last, EXTRA[slug][1])
        for slug, (title, amount) in EXTRA.items():
            fresh = self.today - timedelta(days=3)
            yield Bill(slug, fresh, f"{title} {fresh:%m/%Y}", fresh.replace(day=1), fresh, amount)

    def _issue(self, bill: Bill) -> Invoice:
        client = self.place.clients[bill.slug]
        draft = self._draft(client, bill)
        if draft.currency != self.place.agency.currency:
            drafting.change(draft, by=self.by, books_on=bill.on, **NOK)
        invoice = issuing.issue(draft, by=self.by, on=bill.on)
        set_back_event(invoice, "invoice.issued", self._at(bill.on, 9))
        return invoice

    def _draft(self, client: Client, bill: Bill) -> Invoice:
        if bill.amount is None:
            words: dict[str, Any] = {"group": "kind", "title": bill.title, "with_retainer": True}
            invoice = invoicing.draft(client, bill.first, bill.last, by=self.by, **words)
            drafting.add_line(invoice, Part("Statistik und Bericht", Decimal(1), Decimal("47.90")), by=self.by)
            return drafting.change(invoice, by=self.by, with_annex=True)
        days = {"service_from": bill.first, "service_until": bill.last}
        return drafting.draft(client, [Part(bill.title, Decimal(1), bill.amount)], by=self.by, title=bill.title, **days)

    def _credits(self) -> None:
        """One taken back whole, one in part."""
        whole, part = (self._of("kanzlei-brandes")[number] for number in (-2, 1))
        crediting.credit(whole, by=self.by, reason="Doppelt berechnet")
        line = part.lines.get()
        crediting.credit(part, by=self.by, reason="Zwei Wochen ohne Betreuung", quantities={line.pk: Decimal("0.5")})

    def _pay(self) -> None:
        """What is older than three weeks is paid, but for one that is late; of a newer one a part."""
        late = [row for row in self._of("hanse-moebelwerk") if _day(row) <= self.today - LONG_AGO][-1]
        for invoice in self.issued:
            if _day(invoice) < self.today - timedelta(days=21) and invoice != late:
                self._paid(invoice, _day(invoice) + timedelta(days=4 + invoice.pk % 9))
        half = self._of("fjordlys-smykker")[-1]
        self._paid(half, self.today, (half.gross / 2).quantize(Decimal(1)))

    def _paid(self, invoice: Invoice, on: date, amount: Decimal | None = None) -> None:
        """What is open, unless told; from the account that is known from then on."""
        row, day = settling.locked(invoice), min(on, self.today)
        amount = row.open_amount if amount is None else amount
        if not amount:
            return
        words: dict[str, Any] = {
            "payer": row.buyer["name"],
            "payer_iban": IBANS.get(row.client.slug, ""),
            "reference": row.number,
        }
        books: dict[str, Any] = {name: getattr(row, name) for name in ("books_rate", "books_on", "books_source")}
        sums: dict[str, Any] = {"amount": amount, "currency": row.currency, "paid_on": day}
        payment = paying.receive(row.client, {row: amount}, by=self.by, **sums, **words, **books)
        set_back_event(payment, RECEIVED, self._at(day, 11))

    def _read(self) -> None:
        """Katrin and Marte opened theirs soon, but for the newest."""
        for name, slug in (("Katrin Vogel", "hanse-moebelwerk"), ("Marte Haugen", "fjordlys-smykker")):
            for number, invoice in enumerate(self._of(slug)[:-1]):
                self._mark(invoice, self.place.members[name], downloads=number % 3 > 0)

    def _mark(self, invoice: Invoice, member: Member, *, downloads: bool) -> None:
        at = self._at(_day(invoice), 10 + invoice.pk % 7)
        if at < timezone.now():
            down = at + timedelta(minutes=4) if downloads else None
            words = {"read_at": at, "downloaded_at": down}
            InvoiceRead.objects.create(agency=self.place.agency, invoice=invoice, member=member, **words)

    def _drafts(self) -> None:
        """One of this month's work, one by hand."""
        first = max(self.today.replace(day=1), self.today - DAYS_OF_WORK)
        days: dict[str, Any] = {"service_from": first, "service_until": self.today}
        hanse, brandes = self.place.clients["hanse-moebelwerk"], self.place.clients["kanzlei-brandes"]
        words: dict[str, Any] = {"group": "member", "title": "Retainer", "with_retainer": True}
        try:
            invoicing.draft(hanse, first, self.today, by=self.by, **words)
        except invoicing.NothingToCharge:
            drafting.draft(hanse, by=self.by, title="Retainer", **days)
        part = Part("Workshop vor Ort", Decimal("1.5"), Decimal(980), unit="day")
        drafting.draft(brandes, [part], by=self.by, title="Workshop", discount=Decimal(10), **days)

    def _of(self, slug: str) -> list[Invoice]:
        return [invoice for invoice in self.issued if invoice.client_id == self.place.clients[slug].pk]

    def _at(self, day: date, hour: int) -> datetime:
        """By the agency's clock, but never ahead of it."""
        return min(datetime.combine(day, time(hour, 12), zone(self.place.agency.time_zone)), timezone.now())


def _day(invoice: Invoice) -> date:
    """Of its issue."""
    return invoice.issued_on or date.max


def _month_before(today: date, back: int) -> date:
    """The last day of the month that ended so many months before this one's predecessor did."""
    last = today.replace(day=1) - timedelta(days=1)
    for _number in range(back):
        last = last.replace(day=1) - timedelta(days=1)
    return last
