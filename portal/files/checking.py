"""What may be stored.

People's uploads are refused with a reason; what came by mail is kept, but what is dangerous in it is blocked.
The rule is an allow-list of extensions whose content must agree. Nothing that a browser or a computer would
run gets in; whatever gets in is still only ever served as a download (see `responses`).
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.files.archives import TooMuchToUnpack
from portal.files.content import Content, HasMacros
from portal.files.kinds import ACTIVE, ALLOWED, DANGEROUS, UNKNOWN_MEDIA_TYPE, WITH_MACROS, Kind
from portal.files.names import clean_name, extension_of
from portal.files.streams import Stream

_MEGABYTE = 1024 * 1024

# Why a file is refused. Codes that also block what came by mail stand in `BLOCKING`.
REASONS = {
    "too_large": _("“%(name)s” is larger than %(megabytes)s MB."),
    "empty": _("“%(name)s” is empty."),
    "virus": _("A virus was found in “%(name)s”."),
    "program": _("“%(name)s” is a program or a script. These cannot be uploaded."),
    "macros": _("“%(name)s” contains macros. Save it without them (DOCX, XLSX, PPTX) and try again."),
    "active": _("“%(name)s” is a web page or an SVG drawing. Send a PDF or a picture (PNG, JPEG) instead."),
    "unknown": _("“%(name)s”: files of this type cannot be uploaded. Send a PDF, a picture or an office file."),
    "mismatch": _("“%(name)s” is not what its name says. Save it again in the right format and try once more."),
    "two_faced": _("“%(name)s” hides a second file inside. Save it again and try once more."),
    "bomb": _("“%(name)s” becomes too large when it is opened."),
}
BLOCKING = frozenset(("virus", "program", "macros"))


class FileRefused(ValidationError):
    """The file may not be stored; the message says why, in the reader's language."""

    def __init__(self, code: str, name: str) -> None:
        limit = settings.UPLOAD_MAX_BYTES // _MEGABYTE
        super().__init__(REASONS[code], code=code, params={"name": name, "megabytes": limit})


@dataclass(frozen=True)
class Checked:
    """A file that may be stored, with the name and media type to store it under.

    `objection`: why an upload of it would have been refused (a key of `REASONS`); only mails bring such files.
    """

    name: str
    media_type: str
    objection: str = ""

    @property
    def is_blocked(self) -> bool:
        """Kept, but clients cannot download it."""
        return self.objection in BLOCKING


def check(name: str, file: Stream, *, size: int, lenient: bool = False) -> Checked:
    """Look at name and content of a seekable file of that size.

    Raises `FileRefused`, unless `lenient` (mails): then everything is kept, what is wrong as an unnamed type.
    """
    name = clean_name(name)
    content = Content(file)
    objection = _objection(name, content, size)
    file.seek(0)
    if objection and not lenient:
        raise FileRefused(objection, name)
    media_type = UNKNOWN_MEDIA_TYPE if objection else _kind_of(name).media_type
    return Checked(name, media_type, objection)


def _objection(name: str, content: Content, size: int) -> str:
    """The code of the first thing that speaks against the file, the gravest first; "" when nothing does."""
    extension = extension_of(name)
    if size > settings.UPLOAD_MAX_BYTES:
        return "too_large"
    if content.is_test_virus:
        return "virus"
    if extension in WITH_MACROS:
        return "macros"
    if extension in DANGEROUS or content.is_program:
        return "program"
    if not size:
        return "empty"
    if extension in ACTIVE:
        return "active"
    if extension not in ALLOWED and extension:
        return "unknown"
    return _contradiction(_kind_of(name), content)


def _contradiction(kind: Kind, content: Content) -> str:
    """What the content says against the kind that the name claims."""
    is_picture = kind.media_type.startswith("image/")
    try:
        if not content.matches(kind):
            return "active" if content.is_markup else "mismatch"
        if (is_picture or kind.family == "pdf") and content.has_second_face:
            return "two_faced"
    except HasMacros:
        return "macros"
    except TooMuchToUnpack:
        return "bomb"
    return ""


def _kind_of(name: str) -> Kind:
    """A name without extension is plain text or nothing."""
    return ALLOWED[extension_of(name) or "txt"]
