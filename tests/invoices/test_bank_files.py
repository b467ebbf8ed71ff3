"""Bank files: both formats read alike, broken ones refused, references found, nothing certain that is wrong."""

import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoices.banking.lines import MOST_BYTES, StatementTrouble
from invoices.banking.matching import Certainty, Open, suggest
from invoices.banking.reading import read
from invoices.banking.references import Found, Numbers
from tests.invoices import bank_files

ENOUGH = 0.90


@pytest.fixture(scope="module")
def month():
    return bank_files.month()


@pytest.mark.parametrize("made", [bank_files.camt, bank_files.mt940])
def test_at_least_nine_of_ten_broken_references_are_right_at_rank_one(month, made):
    invoices, written = month
    _form, lines = read(made(written))
    assert len(lines) == 200
    suggestions = suggest(lines, invoices)
    incoming = [(line, found) for line, found in zip(written, suggestions, strict=True) if line.amount > 0]
    right = [_first(found) == line.truth for line, found in incoming]
    broken = [_first(found) == line.truth for line, found in incoming if line.kind != "exact"]
    assert len(broken) > 140
    assert min(sum(found) / len(found) for found in (right, broken)) >= ENOUGH
    assert not any(found for line, found in zip(written, suggestions, strict=True) if line.amount < 0)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_called_certain_is_right(seed):
    invoices, written = bank_files.month(seed)
    suggestions = suggest(read(bank_files.camt(written))[1], invoices)
    certain = [
        (line, found)
        for line, found in zip(written, suggestions, strict=True)
        if found and found[0].certainty is Certainty.CERTAIN
    ]
    assert len(certain) > 100
    assert [line.text for line, found in certain if _first(found) != line.truth] == []


def _first(found):
    return frozenset(found[0].keys) if found else frozenset()


def test_both_formats_say_the_same(month):
    _invoices, written = month
    (_camt, one), (_mt940, other) = read(bank_files.camt(written)), read(bank_files.mt940(written))
    assert [(line.booked_on, line.amount, line.currency, line.name, line.iban, line.text) for line in one] == [
        (line.booked_on, line.amount, line.currency, line.name, line.iban, line.text) for line in other
    ]
    assert [line.key for line in one] == [line.key for line in other]


def test_a_day_in_two_files_counts_once_and_two_equal_payments_count_twice(month):
    _invoices, written = month
    line = replace(written[0], text="Danke")
    first = read(bank_files.camt([line]).replace(b"<AcctSvcrRef>B000000</AcctSvcrRef>", b""))[1]
    twice = bank_files.camt([line] * 6)[:]
    for number in range(6):
        twice = twice.replace(b"<AcctSvcrRef>B%06d</AcctSvcrRef>" % number, b"")
    keys = [row.key for row in read(twice)[1]]
    assert len(set(keys)) == 6
    assert first[0].key == keys[0]


def test_a_batch_becomes_its_transactions():
    part = '<TxDtls><Amt Ccy="EUR">{}</Amt><RltdPties><Dbtr><Nm>{}</Nm></Dbtr></RltdPties></TxDtls>'
    entry = (
        '<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-02</Dt></BookgDt>'
        f"<AcctSvcrRef>X</AcctSvcrRef><NtryDtls>{part.format('10.00', 'Acme')}{part.format('20.00', 'Bolt')}</NtryDtls></Ntry>"
    )
    pending = entry.replace("BOOK<", "PDNG<")
    lines = read(_document(entry + pending))[1]
    assert [(line.name, line.amount, line.reference) for line in lines] == [
        ("Acme", Decimal("10.00"), "X/1"),
        ("Bolt", Decimal("20.00"), "X/2"),
    ]
    assert lines[0].booked_on == date(2026, 11, 2)


def _document(entries: str, head: str = "") -> bytes:
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
    return f'{head}<Document xmlns="{space}"><BkToCstmrStmt><Stmt>{entries}</Stmt></BkToCstmrStmt></Document>'.encode()


ENTRY = '<Ntry><Amt Ccy="EUR">{}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>{}</Dt></BookgDt></Ntry>'
LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {two} '{f'&{one};' * 99}'>" for one, two in ["ab", "bc", "cd", "de"])
    + "]>"
)


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "format"),
        (b"Sehr geehrte Damen und Herren", "format"),
        (b"<html><body>502</body></html>", "format"),
        (_document(ENTRY.format("1.00", "2026-11-02"))[:-20], "format"),
        (_document(ENTRY.format("a lot", "2026-11-02")), "format"),
        (_document(ENTRY.format("NaN", "2026-11-02")), "format"),
        (_document(ENTRY.format("1.00", "yesterday")), "format"),
        (_document("<Ntry><Sts>BOOK</Sts></Ntry>"), "format"),
        (_document(""), "empty"),
        (_document(ENTRY.format("1.00", "2026-11-02"), LAUGHS.replace("x [", "Document [")), "format"),
        (
            _document(
                ENTRY.format("&e;", "2026-11-02"), '<!DOCTYPE Document [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
            ),
            "format",
        ),
        (b":20:X\r\n:25:DE\r\n:60F:C261113EUR1,00\r\n:61:garbage\r\n-", "format"),
        (b"<" + b" " * MOST_BYTES, "size"),
        (_document(ENTRY.format("1.00", "2026-11-02") * 5001), "lines"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_reason(content, code):
    with pytest.raises(StatementTrouble) as trouble:
        read(content)
    assert trouble.value.code == code


@pytest.mark.parametrize("filler", ["?", ":86:", "?20SVWZ+", "1,", "\r\n", "+"])
def test_a_hostile_file_takes_no_long_time(filler):
    began = time.process_time()
    content = f":20:X\r\n:25:DE\r\n:60F:C261113EUR1,00\r\n:61:2611131113CR1,00NTRFX\r\n:86:{filler * (300_000 // len(filler))}"
    with suppress(StatementTrouble):
        read(content.encode())
    assert time.process_time() - began < 3


def test_how_a_number_was_found():
    numbers = Numbers([("a", "2026-0418"), ("b", "2026-0419"), ("c", "GS-2026-0002")])
    assert numbers.found_in("Rechnung 2026-0418")["a"] is Found.EXACT
    assert numbers.found_in("RG 2026 - 04 18 Danke")["a"] is Found.EXACT
    assert numbers.found_in("RG2O26-O418")["a"] is Found.EXACT
    assert numbers.found_in("RG 2026-418 OKT")["a"] is Found.NO_ZEROS
    assert numbers.found_in("INV 0418")["a"] is Found.SEQUENCE
    assert numbers.found_in("2026-0481")["a"] is Found.TYPO
    assert numbers.found_in("Kd 418")["a"] is Found.SHORT
    assert "a" not in numbers.found_in("7.500 km")


def _open(key: str, amount: str, **words) -> Open:
    words = {"client": key, "names": ("Acme GmbH",), "currency": "EUR", "number": key} | words
    return Open(key=key, amount=Decimal(amount), **words)


def _line(amount: str, text: str, **words):
    line = bank_files.Written(words.pop("name", "ACME GMBH"), "", Decimal(amount), text, "")
    return replace(read(bank_files.camt([line]))[1][0], **words)


def test_too_little_and_too_much_are_never_certain():
    (less,), (more,) = suggest(
        [_line("97.00", "2026-0418"), _line("120.00", "2026-0418")], [_open("2026-0418", "100.00")]
    )
    assert (less.left, less.certainty) == (Decimal("3.00"), Certainty.PROBABLE)
    assert (more.left, more.certainty) == (Decimal("-20.00"), Certainty.PROBABLE)


def test_another_currency_is_never_certain():
    (found,) = suggest([_line("100.00", "2026-0418", currency="NOK")], [_open("2026-0418", "100.00")])[0]
    assert found.certainty is Certainty.PROBABLE
    assert [str(reason) for reason in found.reasons] == ["number", "name", "another currency"]


def test_two_that_fit_as_well_are_both_only_probable():
    twins = [_open("2026-0418", "100.00"), _open("A-2026-0418", "100.00", client="other")]
    assert {one.certainty for one in suggest([_line("100.00", "2026-0418")], twins)[0]} == {Certainty.PROBABLE}
