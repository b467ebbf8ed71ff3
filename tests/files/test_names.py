"""Names of files: what people send, made harmless and still recognisable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.names import MAX_CHARACTERS, clean_name, extension_of


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ergebnisse Oktober.pdf", "Ergebnisse Oktober.pdf"),
        ("Протокол встречи.docx", "Протокол встречи.docx"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\anna\\plan.xlsx", "plan.xlsx"),
        ("crlf\r\nSet-Cookie: a=b.txt", "crlfSet-Cookie_ a=b.txt"),
        ("zero\x00.pdf", "zero.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ("half\ud800surrogate.txt", "halfsurrogate.txt"),
        ("CON.txt", "_CON.txt"),
        ("com1", "_com1"),
        ("console.txt", "console.txt"),
        ("trailing dot.", "trailing dot"),
        ("trailing space .txt ", "trailing space .txt"),
        (".htaccess", "htaccess"),
        ('a<b>"c|d?e*f.txt', "a_b__c_d_e_f.txt"),
        ("  two   blanks.txt", "two blanks.txt"),
        ("Mu\u0308ller.pdf", "Müller.pdf"),
        ("", "file"),
        ("...", "file"),
        ("/", "file"),
    ],
)
def test_a_name_is_cleaned(sent, kept):
    assert clean_name(sent) == kept


def test_a_long_name_is_cut_before_its_extension():
    name = clean_name("x" * 300 + ".pdf")

    assert len(name) == MAX_CHARACTERS
    assert name.endswith("x.pdf")


def test_a_name_without_real_extension_is_cut_at_the_end():
    assert clean_name("a." + "x" * 300) == "a." + "x" * 198


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.PDF", "pdf"), ("a.tar.gz", "gz"), ("a", ""), ("invoice.pdf.exe", "exe"), (".env", ""), ("a.b c", "b c")],
)
def test_the_last_extension_counts(name, extension):
    assert extension_of(name) == extension


@given(st.text(max_size=400))
def test_a_clean_name_fits_a_row_a_disk_and_a_header(sent):
    name = clean_name(sent)

    assert 0 < len(name) <= MAX_CHARACTERS
    assert not set(name) & set('/\\<>:"|?*\r\n\t\0')
    assert name == name.strip(" .") == clean_name(name)
    assert name.encode()
