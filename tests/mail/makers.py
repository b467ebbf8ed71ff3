"""Mails for tests."""

from email.message import EmailMessage


def letter(
    to="acme@in.localhost", text="Dear Bence, the terms are attached.\n", html="", files=(), **headers
) -> EmailMessage:
    """An ordinary mail to Nora, whom every client of north knows; headers by keyword, underscores become hyphens."""
    mail = EmailMessage()
    told = {
        "From": "Katrin Vogel <katrin@client.example>",
        "To": "Bence <nora@nora.example>",
        "Cc": to,
        "Subject": "Terms of delivery",
        "Date": "Thu, 19 Nov 2026 09:12:00 +0100",
        "Message-ID": "<terms-1@client.example>",
    }
    for name, value in (told | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value is not None:
            mail[name] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _slash, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail


def raw_letter(*args, **words) -> bytes:
    return letter(*args, **words).as_bytes()
