"""All PDFs of a year in one file: written while it is sent, from the bytes as they are stored."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.core.files.storage import default_storage
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from invoices.listing import FIRST_YEAR, LAST_YEAR
from invoices.models import Invoice, InvoiceDocument, PaperKind
from portal.audit.log import log
from portal.tenancy.models import Client, Member

PIECE = 256 * 1024


@dataclass(frozen=True)
class Paper:
    """Where the bytes lie, and what they are called in the archive."""

    invoice: Invoice
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


@dataclass(frozen=True)
class Year:
    """What of a year is printed, and what is not yet."""

    year: int
    papers: list[Paper]
    missing: list[InvoiceDocument]


def archive_response(client: Client, found: Year) -> StreamingHttpResponse:
    """Rows were read before; while it is sent, only the storage is asked."""
    filters = {"client": client.slug, "year": str(found.year)}
    log("export.made", {"what": "invoices", "filters": filters, "rows": len(found.papers)})
    response = StreamingHttpResponse(pieces_of(found.papers, _note_of(found.missing)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="invoices-{client.slug}-{found.year}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


def papers_of(member: Member, client: Client, year: int) -> Year:
    """Of invoices and credit notes that the member sees. 404 for a year without any, or none at all."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404("no year")
    invoices = Invoice.objects.visible_to(member).of(client).issued().filter(issued_on__year=year)
    rows = InvoiceDocument.objects.filter(invoice__in=invoices, kind=PaperKind.PDF)
    found = Year(year, [], [])
    names: set[str] = set()
    for row in rows.select_related("file", "invoice__issuer").order_by("invoice__issued_on", "invoice_id"):
        if row.file is None:
            found.missing.append(row)
        elif not row.file.hindrance_for(member):
            name = _name(row, names)
            names.add(name)
            found.papers.append(Paper(row.invoice, name, row.file.key, row.made_at or row.ordered_at))
    if not (found.papers or found.missing):
        raise Http404("no invoices in this year")
    return found


def _note_of(missing: list[InvoiceDocument]) -> str:
    """What lies in the archive for those that are not in it."""
    if not missing:
        return ""
    numbers = "\n".join(str(row.invoice.number) for row in missing)
    return _("These invoices are not printed yet. Please take the archive again in a few minutes.") + f"\n\n{numbers}\n"


def _name(row: InvoiceDocument, taken: set[str]) -> str:
    """The number, with whom it is from when that is not the agency."""
    issuer = f"{row.invoice.issuer.name} " if row.invoice.issuer else ""
    plain = "".join(sign if sign.isalnum() or sign in "-_. " else "-" for sign in f"{issuer}{row.invoice.number}")
    plain = plain.strip(". ") or "invoice"
    return f"{plain}.pdf" if f"{plain}.pdf" not in taken else f"{plain} ({row.invoice_id}).pdf"


def pieces_of(papers: list[Paper], note: str = "") -> Iterator[bytes]:
    """The archive, a quarter of a megabyte at a time. note: a text that lies in it, if there is one."""
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
        if note:
            archive.writestr("missing.txt", note)
    yield pipe.take()
