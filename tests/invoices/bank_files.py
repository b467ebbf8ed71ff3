"""A month at a bank, made by a seed: 200 lines whose payers write numbers as payers do, and what each line is really for."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from xml.sax.saxutils import escape

from invoices.banking.matching import Open

SPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
OURS = "DE89370400440532013000"
CLIENTS = """Hanse Möbelwerk GmbH|Fjordlys Smykker AS|Autohaus Petersen KG|Kanzlei Brandes & Partner mbB|Hotel Strandläufer
Solheim Fiskeri AS|Tischlerei Behn|Körös Élelmiszer Kft.|Bäckerei Jürgensen e.K.|Stadtwerke Glückstadt AöR|Nordsee Yachten GmbH & Co. KG
Gärtnerei Löwenzahn|Praxis Dr. Weiß|Optik Krüger OHG|Reederei Albers|Weinhaus Ahrweiler|Steuerbüro Çelik|Verlag Morgenröte
Kulturverein Ægir|Elektro Szabó Bt.|Spedition Østergaard|Zahnlabor Möller|Fahrschule Ehlers|Musikschule Tonleiter|Brauerei Friesenbräu
Maler Grün GmbH|Apotheke am Markt|Schreibwaren Süß|Sanitär Högl|Fahrrad Pedalritter|Immobilien Deichgraf|Cafe Möwe""".replace(
    "\n", "|"
).split("|")


@dataclass(frozen=True)
class Written:
    """A line of the statement and the numbers of the invoices that it is for; none for other people's money."""

    name: str
    iban: str
    amount: Decimal
    text: str
    kind: str
    truth: frozenset[str] = frozenset()


def open_invoices(rng: random.Random, count: int = 190) -> list[Open]:
    """Numbers in one series; some amounts are those of many, as a retainer's are."""
    retainers = [Decimal("6840.00"), Decimal("1190.00"), Decimal("595.00")]
    found = []
    for number in range(count):
        who = rng.randrange(len(CLIENTS))
        amount = rng.choice(retainers) if rng.random() < 0.3 else Decimal(rng.randrange(5_000, 900_000)) / 100
        known = frozenset({iban_of(who)}) if who % 3 else frozenset()
        found.append(
            Open(f"2026-{number + 251:04}", f"2026-{number + 251:04}", amount, "EUR", who, (CLIENTS[who],), known)
        )
    return found


def iban_of(who: int) -> str:
    return f"DE{who + 10:02}20050550{who:010}"


def bank_name(name: str, rng: random.Random) -> str:
    """As banks print it: capitals, no umlauts, cut off."""
    plain = name.translate(
        str.maketrans({"ö": "oe", "ü": "ue", "ä": "ae", "ß": "ss", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Æ": "Ae"})
    )
    return rng.choice([name, plain, plain.upper(), plain.upper()[:27], name[:20]])


def _typo(number: str, rng: random.Random) -> str:
    place = rng.randrange(5, 8)
    wrong = [
        number[:place] + rng.choice("0123456789") + number[place + 1 :],
        number[:place] + number[place + 1 :],
        number + rng.choice("0123456789"),
    ]
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return rng.choice([*wrong, swapped])


SPELLINGS: dict[str, Callable[[str, random.Random], str]] = {
    "exact": lambda number, rng: rng.choice(
        [f"Rechnung {number}", number, f"RG-NR. {number} VOM 02.11.2026", f"Inv {number} thank you"]
    ),
    "signs": lambda number, rng: rng.choice(["{} {}", "{}/{}", "{}.{}", "RG{}{}", "RE {} - {}"]).format(
        *number.split("-")
    ),
    "zeros": lambda number, rng: f"RG {number[:5]}{int(number[5:])} OKT",
    "broken": lambda number, rng: rng.choice(
        [
            f"Rechnungsnummer {number[:7]} {number[7:]}",
            f"{number[:3]} {number[3:]} Danke",
            f"KdNr 10047 Re {number[:6]} {number[6:]}",
        ]
    ),
    "letters": lambda number, rng: f"RE {number.replace('0', 'O')}",
    "yearless": lambda number, rng: rng.choice(
        [f"RG {number[5:]}", f"INV {int(number[5:])}", f"Nr. {number[5:]} Kd 12"]
    ),
    "typo": lambda number, rng: f"Rechnung {_typo(number, rng)}",
    "nothing": lambda number, rng: rng.choice(["Danke", "Ihre Rechnung", "Zahlung November", "siehe Avis"]),
}
SHARES = (
    ("exact", 38),
    ("signs", 32),
    ("zeros", 28),
    ("broken", 24),
    ("letters", 10),
    ("yearless", 20),
    ("typo", 20),
    ("nothing", 6),
)


def month(seed: int = 7) -> tuple[list[Open], list[Written]]:
    """178 payments of one invoice (every tenth a little too small), 8 of two, 6 of nobody's, 8 that go out: 200 lines."""
    rng = random.Random(seed)
    invoices = open_invoices(rng)
    waiting = rng.sample(invoices, len(invoices))
    lines = [_payment(waiting.pop(), kind, rng) for kind, count in SHARES for _ in range(count)]
    lines += _pairs(waiting, 8, rng)
    lines += [
        Written("M. Unbekannt", "DE02100100100006820101", Decimal(rng.randrange(100, 9000)) / 100, "Danke 12", "nobody")
        for _ in range(6)
    ]
    lines += [
        Written(
            "Hausverwaltung Kai", iban_of(80), -Decimal(rng.randrange(10_000, 90_000)) / 100, "Miete 2026-0260", "out"
        )
        for _ in range(8)
    ]
    rng.shuffle(lines)
    return invoices, lines


def _payment(invoice: Open, kind: str, rng: random.Random) -> Written:
    less = rng.random() < 0.1 and kind in ("exact", "signs")
    amount = (invoice.amount * Decimal("0.98")).quantize(Decimal("0.01")) if less else invoice.amount
    name, iban = bank_name(str(invoice.names[0]), rng), iban_of(int(str(invoice.client)))
    if rng.random() < 0.15 and kind != "nothing":
        name, iban = rng.choice(["Dr. Petra Ehlers", "FACTORING NORD AG", "K. U. Svensson"]), "DE02120300000000202051"
    return Written(name, iban, amount, SPELLINGS[kind](invoice.number, rng), kind, frozenset({invoice.number}))


def _pairs(waiting: list[Open], count: int, rng: random.Random) -> list[Written]:
    found = []
    for one in list(waiting):
        other = next((row for row in waiting if row.client == one.client and row is not one), None)
        if other is None or one not in waiting or len(found) == count:
            continue
        waiting.remove(one), waiting.remove(other)
        text = f"INV {one.number[5:]} AND {other.number[5:]}"
        name, iban = bank_name(str(one.names[0]), rng), iban_of(int(str(one.client)))
        found.append(
            Written(name, iban, one.amount + other.amount, text, "pair", frozenset({one.number, other.number}))
        )
    while len(found) < count:
        found.append(_payment(waiting.pop(), "exact", rng))
    return found


def camt(lines: list[Written], day: date = date(2026, 11, 19)) -> bytes:
    """The lines as CAMT.053, version 8."""
    entries = "".join(_entry(line, number, day) for number, line in enumerate(lines))
    head = f"<Id>1</Id><Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>"
    body = f"<BkToCstmrStmt><Stmt>{head}{entries}</Stmt></BkToCstmrStmt>"
    document = f'<Document xmlns="{SPACE}">{body}</Document>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()


def _entry(line: Written, number: int, day: date) -> str:
    side, sign = ("Dbtr", "CRDT") if line.amount > 0 else ("Cdtr", "DBIT")
    amount = f'<Amt Ccy="EUR">{abs(line.amount):.2f}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    who = f"<{side}><Pty><Nm>{escape(line.name)}</Nm></Pty></{side}>"
    account = f"<{side}Acct><Id><IBAN>{line.iban}</IBAN></Id></{side}Acct>" if line.iban else ""
    said = f"<RmtInf><Ustrd>{escape(line.text)}</Ustrd></RmtInf>"
    refs = "<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
    details = f"<TxDtls>{refs}{amount}<RltdPties>{who}{account}</RltdPties>{said}</TxDtls>"
    day -= timedelta(days=number % 5)
    booked = f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>B{number:06}</AcctSvcrRef>"
    return f"<Ntry>{amount}{booked}<NtryDtls>{details}</NtryDtls></Ntry>"


def mt940(lines: list[Written], day: date = date(2026, 11, 19)) -> bytes:
    """The same as MT940, as German banks write it: details in fields of 27 letters, in the middle of words too."""
    rows = "\r\n".join(_row(line, number, day) for number, line in enumerate(lines))
    head = f":20:STARTUMS\r\n:25:{OURS}\r\n:28C:00001/001\r\n:60F:C261113EUR1000,00\r\n"
    return (head + rows + "\r\n:62F:C261119EUR1000,00\r\n-\r\n").encode()


def _row(line: Written, number: int, day: date) -> str:
    booked = day - timedelta(days=number % 5)
    mark = "C" if line.amount > 0 else "D"
    amount = f"{abs(line.amount):.2f}".replace(".", ",")
    text = f"SVWZ+{line.text}"
    fields = "".join(f"?{20 + place // 27}{text[place : place + 27]}" for place in range(0, len(text), 27))
    name = f"?32{line.name[:27]}" + (f"?33{line.name[27:54]}" if len(line.name) > 27 else "")
    details = f":86:166?00GUTSCHRIFT{fields}?30HASPDEHH?31{line.iban}{name}"
    folded = "\r\n".join(details[place : place + 65] for place in range(0, len(details), 65))
    return f":61:{booked:%y%m%d}{booked:%m%d}{mark}R{amount}NTRFNONREF//B{number:06}\r\n{folded}"
