"""Small documents made in code, so that the repository holds no binary files."""

import io
import re
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image, ImageDraw

Rows = list[list[str | int | float]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
GROUNDS = ("#c8a77b", "#9a7449", "#5d7f8c", "#44546a", "#7a1f2b", "#4f6b52")
ESCAPED = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})


def pdf(name: str, title: str, lines: list[str]) -> SimpleUploadedFile:
    """One page A4, Helvetica, Western European letters."""
    shown = [
        f"BT /F1 {18 if n == 0 else 11} Tf 64 {770 - n * 24} Td ({line.translate(ESCAPED)}) Tj ET"
        for n, line in enumerate([title, "", *lines])
    ]
    stream = zlib.compress("\n".join(shown).encode("cp1252", "replace"))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    return SimpleUploadedFile(name, _assembled(objects), "application/pdf")


def _assembled(objects: list[bytes]) -> bytes:
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def xlsx(name: str, rows: Rows) -> SimpleUploadedFile:
    """One sheet; the first row is its head."""
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue(), XLSX)


def png(name: str, words: str, ground: str = "#c8a77b") -> SimpleUploadedFile:
    """A plain picture with a frame and a line of words."""
    image = Image.new("RGB", (960, 600), ground)
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 920, 560), outline="white", width=6)
    draw.text((80, 500), words, fill="white", font_size=36)
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def written(name: str, content: str) -> SimpleUploadedFile:
    """A file as it stands in the texts: lines are separated by ";", the cells of a table by ","."""
    lines = [line.strip() for line in content.split(";")]
    stem, _dot, ending = name.rpartition(".")
    if ending == "png":
        return png(name, content, GROUNDS[zlib.crc32(name.encode()) % len(GROUNDS)])
    if ending == "xlsx":
        return xlsx(name, [[_cell(cell.strip()) for cell in line.split(",")] for line in lines])
    return pdf(name, stem, lines)


def _cell(text: str) -> str | float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else text
