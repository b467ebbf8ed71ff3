"""A provider's request with its body read by ourselves: Django's limits for forms (2 MB a form) are not made for mails of 25 MB."""

from email.message import Message
from urllib.parse import unquote_to_bytes

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

MOST_BYTES = 64 * 1024 * 1024
"""A mail of 25 MB as base64, as text and attachments apart, or with every quote escaped."""
MOST_PARTS = 1000
MOST_PART_HEADER = 16 * 1024


class TooLarge(Exception):
    """More than MOST_BYTES."""


class Posted(HttpRequest):
    """What anymail's views ask of a request. fields: the form's fields as bytes, exactly as they came."""

    body: bytes = b""  # type: ignore[assignment]

    def __init__(self, request: HttpRequest):
        super().__init__()
        self.method, self.META, self.GET = request.method, request.META, request.GET
        self.path, self.path_info = request.path, request.path_info
        self.content_type, self.content_params = request.content_type, request.content_params
        self.body = _read(request)
        self.POST, self.FILES = QueryDict(mutable=True), MultiValueDict()  # type: ignore[assignment]
        self.fields: dict[str, bytes] = {}
        if self.content_type == "multipart/form-data":
            self._take_parts()
        elif self.content_type == "application/x-www-form-urlencoded":
            for pair in self.body.split(b"&")[:MOST_PARTS]:
                name, _equals, value = pair.partition(b"=")
                self._take_field(_text(_unquoted(name)), _unquoted(value))

    def _get_scheme(self) -> str:
        """As the server says; Mandrill signs the whole address."""
        return self.META.get("wsgi.url_scheme", "http")

    def _take_parts(self) -> None:
        boundary = b"--" + (self.content_params or {}).get("boundary", "").encode("latin-1", "replace")
        for part in (b"\r\n" + self.body).split(b"\r\n" + boundary, MOST_PARTS)[1:]:
            head, blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
            if not blank or len(head) > MOST_PART_HEADER:
                continue  # what stands behind the last boundary
            header = _header(head)
            name, filename = _word(header, "name"), _word(header, "filename")
            if filename:
                kind = header.get_content_type()
                self.FILES.appendlist(name, SimpleUploadedFile(filename, content, kind))
            else:
                self._take_field(name, content)

    def _take_field(self, name: str, value: bytes) -> None:
        self.fields[name] = value
        self.POST.appendlist(name, _text(value))


def _read(request: HttpRequest) -> bytes:
    """As long as it says it is: the server reads no further."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise TooLarge
    return request.read()


def _header(head: bytes) -> Message:
    header = Message()
    for line in head.replace(b"\r\n ", b" ").split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        header[_text(name).strip()] = _text(value).strip()
    return header


def _word(header: Message, name: str) -> str:
    found = header.get_param(name, "", "content-disposition")
    return found if isinstance(found, str) else found[2]  # RFC 2231: charset, language, value


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _unquoted(value: bytes) -> bytes:
    return unquote_to_bytes(value.replace(b"+", b" "))
