"""SMTP by hand: what a well-behaved library would never send."""

import socket

CRLF = b"\r\n"


class Wire:
    """One connection to the mail door, line by line."""

    def __init__(self, run, timeout=60):
        smtp = run.demo["smtp"]
        self.socket = socket.create_connection((smtp["host"], smtp["port"]), timeout=timeout)
        self._buffer = b""
        self.greeting = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def answer(self):
        """The code of the next answer, however many lines it has; 0 when the other side hung up."""
        while True:
            line = self._line()
            if line is None:
                return 0
            if line[3:4] != b"-":
                return int(line[:3])

    def say(self, line):
        self.send(line.encode() + CRLF)
        return self.answer()

    def begin(self, to, sender="a@sender.example"):
        """Up to the point where the mail itself is expected."""
        codes = [self.say("EHLO sender.example"), self.say(f"MAIL FROM:<{sender}>"), self.say(f"RCPT TO:<{to}>")]
        assert codes == [250, 250, 250], codes
        assert self.say("DATA") == 354

    def put(self, to, raw):
        """Send a mail as it is: only the dots that the protocol asks for are added. Returns the code."""
        self.begin(to)
        self.send(stuffed(raw) + b"." + CRLF)
        return self.answer()

    def _line(self):
        while b"\n" not in self._buffer:
            try:
                data = self.socket.recv(65536)
            except (ConnectionError, TimeoutError):
                return None
            if not data:
                return None
            self._buffer += data
        line, _newline, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")


def stuffed(raw):
    """Dots at the start of lines are doubled; the mail ends with a line's end."""
    raw = raw if raw.endswith(CRLF) else raw + CRLF
    dotted = raw.replace(b"\r\n.", b"\r\n..")
    return b"." + dotted if dotted.startswith(b".") else dotted


def letter(subject, text="Dear all, please see the terms."):
    """An ordinary small mail, ready for the wire."""
    lines = [
        "From: Katrin <k@sender.example>",
        "To: agency@agency.example",
        f"Subject: {subject}",
        f"Message-ID: <{subject.replace(' ', '-')}@sender.example>",
        "Date: Thu, 19 Nov 2026 09:12:00 +0100",
        "",
        text,
        "",
    ]
    return "\r\n".join(lines).encode()
