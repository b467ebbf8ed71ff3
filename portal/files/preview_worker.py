"""Reads one file from standard input and writes its preview as JSON to standard output.

Runs as a process of its own, without Django and without anything of ours, because the file may be hostile: memory,
time, output and open files are limited before the first byte is read, and the reader is killed when it takes too
long (see `previews`). Answers: {"kind", ...} or {"kind": "none", "reason"}.

usage: preview_worker.py pdf|pdf_words|image|text|table|xlsx|pptx|docx
"""

import base64
import codecs
import csv
import io
import itertools
import json
import resource
import sys
import zipfile

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 10
OUTPUT_BYTES = 24 * 1024 * 1024
OPEN_FILES = 64

MAX_SIDE = 1600
MAX_PIXELS = 50_000_000
MAX_PAGES = 5
MAX_WORD_PAGES = 300
MAX_TEXT = 100_000
MAX_SHEETS, MAX_ROWS, MAX_COLUMNS, MAX_CELL = 5, 200, 40, 300
MAX_SECTIONS, MAX_LINES, MAX_LINE = 200, 2000, 2000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ENTRIES = 10_000


class NoPreview(Exception):
    """There is nothing to show; the text is the reason's code."""


def read_image(file):
    """A picture, made anew: upright, small, without anything that was not a pixel."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2  # Pillow raises at twice this number
    picture = Image.open(file, formats=["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
    if picture.width * picture.height > MAX_PIXELS:
        raise NoPreview("too_large")
    picture.draft("RGB", (MAX_SIDE, MAX_SIDE))
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    return {"kind": "image", "pages": [_encoded(ImageOps.exif_transpose(picture))]}


def read_pdf(file):
    """The first pages as pictures. Scripts, forms and links of the PDF are left behind."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        raise NoPreview("encrypted" if "password" in str(error).lower() else "broken") from error
    if not len(document):
        raise NoPreview("empty")
    pages = [_rendered(document[number]) for number in range(min(len(document), MAX_PAGES))]
    return {"kind": "pages", "pages": pages, "page_count": len(document), "is_cut": len(document) > MAX_PAGES}


def read_pdf_words(file):
    """The text of a PDF, page after page, for the search."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        raise NoPreview("encrypted" if "password" in str(error).lower() else "broken") from error
    text = ""
    for number in range(min(len(document), MAX_WORD_PAGES)):
        text += _printable(document[number].get_textpage().get_text_bounded()) + "\n"
        if len(text) > MAX_TEXT:
            break
    return {"kind": "text", "text": text[:MAX_TEXT], "is_cut": len(text) > MAX_TEXT or len(document) > MAX_WORD_PAGES}


def _rendered(page):
    width, height = page.get_size()
    scale = min(MAX_SIDE / max(width, height, 1), 3)
    return _encoded(page.render(scale=scale, may_draw_forms=False).to_pil())


def _encoded(picture):
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    picture = picture.convert("RGBA" if has_alpha else "RGB")
    picture.info.clear()
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=2, exif=b"", xmp=b"")
    data = base64.b64encode(out.getvalue()).decode()
    return {"width": picture.width, "height": picture.height, "data": data}


def read_text(file):
    """The beginning of a text, whatever its characters."""
    text, is_cut = _beginning(file, MAX_TEXT * 4)
    return {"kind": "text", "text": text[:MAX_TEXT], "is_cut": is_cut or len(text) > MAX_TEXT}


def _beginning(file, length):
    """So many bytes as text, and whether there were more. A character cut at the end is left out."""
    raw = file.read(length)
    is_cut = bool(file.read(1))
    encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(raw, final=not is_cut)
    except UnicodeDecodeError:
        text = raw.decode("windows-1252", "replace")
    return _printable(text), is_cut


def _printable(text):
    return "".join(c for c in text.replace("\r\n", "\n") if c in "\n\t" or ord(c) >= 32)


def read_table(file):
    """The beginning of a CSV or TSV file."""
    csv.field_size_limit(100_000)
    text, is_longer = _beginning(file, MAX_TEXT * 10)
    try:
        dialect = csv.Sniffer().sniff(text[:8192], delimiters=",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows, is_cut = _cut(csv.reader(io.StringIO(text), dialect))
    return {"kind": "table", "sheets": [{"name": "", "rows": rows}], "is_cut": is_cut or is_longer}


def read_xlsx(file):
    """The values of the first sheets; of a formula the value that was saved last."""
    from openpyxl import load_workbook

    _check_size(file)
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheets, is_cut = [], len(book.worksheets) > MAX_SHEETS
    for sheet in book.worksheets[:MAX_SHEETS]:
        sheet.reset_dimensions()
        rows, cut = _cut(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS + 1, values_only=True))
        sheets.append({"name": sheet.title[:100], "rows": rows})
        is_cut = is_cut or cut
    return {"kind": "table", "sheets": sheets, "is_cut": is_cut}


def _cut(source):
    """Rows of texts within the limits, as wide as the widest; and whether anything was left out."""
    rows = [[_cell(value) for value in row] for row in itertools.islice(source, MAX_ROWS + 1)]
    is_cut = any(map(any, rows[MAX_ROWS:])) or any(any(row[MAX_COLUMNS:]) for row in rows)
    rows = [row[:MAX_COLUMNS] for row in rows[:MAX_ROWS]]
    while rows and not any(rows[-1]):
        rows.pop()
    width = max((i + 1 for row in rows for i, value in enumerate(row) if value), default=0)
    return [(row + [""] * width)[:width] for row in rows], is_cut


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return _printable(str(value))[:MAX_CELL]


def read_pptx(file):
    """The slides of a presentation: title and text."""
    from pptx import Presentation

    _check_size(file)
    slides = Presentation(file).slides
    sections = []
    for slide in itertools.islice(slides, MAX_SECTIONS):
        title = slide.shapes.title
        lines = [line for shape in slide.shapes if shape != title for line in _shape_lines(shape)]
        sections.append(_section(title.text if title is not None else "", 1, lines))
    return {"kind": "slides", "sections": sections, "is_cut": len(slides) > MAX_SECTIONS}


def _shape_lines(shape):
    if shape.has_text_frame:
        yield from shape.text_frame.text.splitlines()
    elif getattr(shape, "has_table", False):
        for row in shape.table.rows:
            yield " | ".join(cell.text for cell in row.cells)


def read_docx(file):
    """The headings of a document with the text under each."""
    from docx import Document
    from docx.table import Table

    _check_size(file)
    sections: list[dict] = []
    heading, level, lines = "", 1, []
    for count, block in enumerate(Document(file).iter_inner_content()):
        if len(sections) >= MAX_SECTIONS or count >= MAX_LINES:
            break
        if isinstance(block, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in block.rows]
            continue
        depth = _heading_level(block)
        if depth:
            sections.append(_section(heading, level, lines))
            heading, level, lines = block.text, depth, []
        else:
            lines.append(block.text)
    else:
        count = 0
    sections.append(_section(heading, level, lines))
    sections = [section for section in sections if section["title"] or section["lines"]]
    return {"kind": "outline", "sections": sections, "is_cut": bool(count)}


def _heading_level(paragraph):
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    if name == "Title":
        return 1
    _, _, digits = name.partition("Heading ")
    return int(digits) if digits.isdecimal() else 0


def _section(title, level, lines):
    shown = [_printable(line).strip()[:MAX_LINE] for line in lines[:MAX_LINES]]
    return {"title": _printable(title).strip()[:300], "level": level, "lines": [line for line in shown if line]}


def _check_size(file):
    """Before anything is unpacked: how much it says it is, and how many."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise NoPreview("broken") from error
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise NoPreview("too_large")
    file.seek(0)


READERS = {
    "image": read_image,
    "pdf": read_pdf,
    "pdf_words": read_pdf_words,
    "text": read_text,
    "table": read_table,
    "xlsx": read_xlsx,
    "pptx": read_pptx,
    "docx": read_docx,
}


def limit_resources():
    """Bounds that this process cannot lift again."""
    for what, bound in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (bound, bound))


def main():
    """Never fails loudly: whatever a reader stumbles over is a file without preview."""
    limit_resources()
    try:
        with open(sys.stdin.fileno(), "rb", buffering=0) as file:
            answer = READERS[sys.argv[1]](file)
    except NoPreview as reason:
        answer = {"kind": "none", "reason": str(reason)}
    except MemoryError:
        answer = {"kind": "none", "reason": "too_large"}
    except Exception as error:  # readers of six formats raise what they like
        is_bomb = type(error).__name__ == "DecompressionBombError"
        answer = {"kind": "none", "reason": "too_large" if is_bomb else "broken"}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
