"""Real files of every kind, made on the spot."""

import io
import zipfile

import docx
import openpyxl
import pptx
from PIL import Image
from weasyprint import HTML


def picture(kind="PNG", size=(40, 20), colour="red", mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def pdf(html="<h1>Results</h1>") -> bytes:
    return HTML(string=html).write_pdf()


def document(*blocks) -> bytes:
    """A DOCX: ("Heading", level) makes a heading, a text a paragraph."""
    made = docx.Document()
    for block in blocks or ("Text",):
        made.add_heading(*block) if isinstance(block, tuple) else made.add_paragraph(block)
    return _saved(made)


def sheet(*rows) -> bytes:
    made = openpyxl.Workbook()
    made.active.title = "Plan"
    for row in rows or (("a", 1),):
        made.active.append(row)
    return _saved(made)


def slides(*titles) -> bytes:
    made = pptx.Presentation()
    for title in titles or ("Start",):
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = f"About {title}\nSecond line"
    return _saved(made)


def archive(entries: dict[str, bytes], **options) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return out.getvalue()


def office_with(entries: dict[str, bytes], main="word/document.xml") -> bytes:
    """An office file by its table of contents, with further parts."""
    return archive({"[Content_Types].xml": b"<Types/>", main: b"<d/>", **entries})


def open_document(media_type: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", media_type)
        made.writestr("content.xml", "<c/>")
    return out.getvalue()


def _saved(made) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()
