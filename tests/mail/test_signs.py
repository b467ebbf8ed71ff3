"""Who is speaking: a person or a program, one or several."""

import pytest

from portal.mail.signs import signs_of
from tests.mail.makers import raw_letter

PERSON = "katrin@client.example"


def test_a_persons_mail():
    signs = signs_of(raw_letter(), PERSON)

    assert (signs.is_automatic, signs.is_single) == (False, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"Precedence": "bulk"},
        {"Precedence": "Auto_Reply"},
        {"X_Autoreply": "yes"},
        {"List_Id": "<news.client.example>"},
        {"From": "MAILER-DAEMON@client.example"},
        {"From": "No Reply <no-reply@client.example>"},
        {"Subject": "Automatic reply: Protocol"},
        {"Subject": "Abwesenheitsnotiz: Protokoll"},
        {"Subject": "=?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?="},
        {"Subject": "Fravær: ute av kontoret"},
        {"Subject": "Automatikus válasz: Protocol"},
        {"Subject": "Undelivered Mail Returned to Sender"},
    ],
)
def test_a_programs_mail(headers):
    assert signs_of(raw_letter(**headers), PERSON).is_automatic


@pytest.mark.parametrize("sender", ["", "<>", " "])
def test_an_empty_envelope_is_a_programs(sender):
    assert signs_of(raw_letter(), sender).is_automatic


def test_a_report_is_a_programs():
    raw = b"From: k@client.example\r\nContent-Type: multipart/report; boundary=x\r\n\r\n--x--\r\n"

    assert signs_of(raw, PERSON).is_automatic


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Subject": "Re: Automatic reply: Protocol"},
        {"Subject": "We are out: of office chairs"},
        {"X_Auto_Response_Suppress": "OOF"},
        {"From": "Norea Plyer <norea@client.example>"},
    ],
)
def test_a_person_who_looks_like_one(headers):
    assert not signs_of(raw_letter(**headers), PERSON).is_automatic


@pytest.mark.parametrize(
    "lines",
    [
        b"From: k@client.example\r\nFrom: other@client.example\r\n",
        b"From: k@client.example, other@client.example\r\n",
        b"Subject: Nobody\r\n",
        b"From: undisclosed:;\r\n",
    ],
)
def test_several_senders_or_none_are_nobody(lines):
    assert not signs_of(lines + b"\r\nText\r\n", PERSON).is_single
