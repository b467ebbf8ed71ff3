"""All PDFs of a year in one file: written while it is sent, from the bytes as they are stored."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone

from invoices.models import Invoice, InvoiceDocument, PaperKind
from portal.audit.log import log
from portal.tenancy.models import Client, Member

PIECE = 256 * 1024


@dataclass(frozen=True)
class Paper:
    """Where the bytes lie, and what they are called in the archive."""

    name: str
    key: str
    made_at: datetime


class Pipe(io.RawIOBase):
    """What is written can be taken out again; there is no way back, so zipfile writes lengths behind the contents."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        pieces, self._pieces = b"".join(self._pieces), []
        return pieces


def archive_response(member: Member, client: Client, year: int) -> StreamingHttpResponse:
    """404 for a year without any. Rows are read now; while it is sent, only the storage is asked."""
    papers = papers_of(member, client, year)
    if not papers:
        raise Http404("no invoices in this year")
    log("export.made", {"what": "invoices", "filters": {"client": client.slug, "year": str(year)}, "rows": len(papers)})
    response = StreamingHttpResponse(pieces_of(papers), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="invoices-{client.slug}-{year}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def papers_of(member: Member, client: Client, year: int) -> list[Paper]:
    """Of invoices and credit notes that the member sees; those whose PDF is not made yet are left out."""
    invoices = invoices_of(member, client, year)
    rows = InvoiceDocument.objects.filter(invoice__in=invoices, kind=PaperKind.PDF, file__isnull=False)
    found: list[Paper] = []
    names: set[str] = set()
    for row in rows.select_related("file", "invoice__issuer").order_by("invoice__issued_on", "invoice_id"):
        if not row.file.hindrance_for(member):
            name = _name(row, names)
            names.add(name)
            found.append(Paper(name, row.file.key, row.made_at or row.ordered_at))
    return found


def invoices_of(member: Member, client: Client, year: int):
    return Invoice.objects.visible_to(member).of(client).issued().filter(issued_on__year=year)


def _name(row: InvoiceDocument, taken: set[str]) -> str:
    """The number, with whom it is from when that is not the agency."""
    issuer = f"{row.invoice.issuer.name} " if row.invoice.issuer else ""
    plain = "".join(sign if sign.isalnum() or sign in "-_. " else "-" for sign in f"{issuer}{row.invoice.number}")
    plain = plain.strip(". ") or "invoice"
    return f"{plain}.pdf" if f"{plain}.pdf" not in taken else f"{plain} ({row.invoice_id}).pdf"


def pieces_of(papers: list[Paper]) -> Iterator[bytes]:
    """The archive, a quarter of a megabyte at a time."""
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for paper in papers:
            local = timezone.localtime(paper.made_at)
            entry = zipfile.ZipInfo(paper.name, local.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as into, default_storage.open(paper.key) as stored:
                while piece := stored.read(PIECE):
                    into.write(piece)
                    yield pipe.take()
            yield pipe.take()
    yield pipe.take()
