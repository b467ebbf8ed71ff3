"""The kinds of file that we know, by extension.

`ALLOWED` may be uploaded, when the content agrees. `ACTIVE` could run in a browser: never uploaded, kept from
mails as a download. `DANGEROUS` could run on a computer: never uploaded, kept from mails but blocked.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """How a file of this extension is served, and which test its content has to pass.

    `family` names a test of `content.py`; for "signature" the content must look like one of `signatures`
    (extensions as puremagic calls them).
    """

    media_type: str
    family: str
    signatures: frozenset[str] = frozenset()


def _signed(media_type: str, *extensions: str) -> Kind:
    return Kind(media_type, "signature", frozenset(f".{extension}" for extension in extensions))


_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_TEXT = Kind("text/plain", "text")
_JPEG = _signed("image/jpeg", "jpg", "jpeg", "jfif", "jpe")
_TIFF = _signed("image/tiff", "tif", "tiff")
_HEIF = _signed("image/heif", "heif", "heic")
_MP4 = ("mp4", "m4v", "m4a", "f4v", "f4a", "mov", "3gp")

ALLOWED: dict[str, Kind] = {
    "pdf": Kind("application/pdf", "pdf"),
    # Pictures
    "png": _signed("image/png", "png", "apng"),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": _signed("image/gif", "gif"),
    "webp": _signed("image/webp", "webp"),
    "bmp": _signed("image/bmp", "bmp", "dib"),
    "tif": _TIFF,
    "tiff": _TIFF,
    "heic": _HEIF,
    "heif": _HEIF,
    "avif": _signed("image/avif", "avif"),
    "psd": _signed("image/vnd.adobe.photoshop", "psd"),
    "ai": _signed("application/postscript", "ai", "pdf"),
    # Text
    "txt": _TEXT,
    "log": _TEXT,
    "ini": _TEXT,
    "md": Kind("text/markdown", "prose"),
    "csv": Kind("text/csv", "text"),
    "tsv": Kind("text/tab-separated-values", "text"),
    "json": Kind("application/json", "text"),
    "xml": Kind("application/xml", "xml"),
    "ics": Kind("text/calendar", "text"),
    "vcf": Kind("text/vcard", "text"),
    "eml": Kind("message/rfc822", "prose"),
    # Office
    "docx": Kind(f"{_OPEN_XML}.wordprocessingml.document", "docx"),
    "xlsx": Kind(f"{_OPEN_XML}.spreadsheetml.sheet", "xlsx"),
    "pptx": Kind(f"{_OPEN_XML}.presentationml.presentation", "pptx"),
    "odt": Kind(f"{_OPEN_DOCUMENT}.text", "opendocument"),
    "ods": Kind(f"{_OPEN_DOCUMENT}.spreadsheet", "opendocument"),
    "odp": Kind(f"{_OPEN_DOCUMENT}.presentation", "opendocument"),
    "doc": Kind("application/msword", "ole"),
    "xls": Kind("application/vnd.ms-excel", "ole"),
    "ppt": Kind("application/vnd.ms-powerpoint", "ole"),
    "msg": Kind("application/vnd.ms-outlook", "ole"),
    "rtf": _signed("application/rtf", "rtf"),
    # Archives: kept as they are, never unpacked
    "zip": Kind("application/zip", "zip"),
    "7z": _signed("application/x-7z-compressed", "7z"),
    "rar": _signed("application/vnd.rar", "rar"),
    "gz": _signed("application/gzip", "gz"),
    "tgz": _signed("application/gzip", "gz"),
    # Sound, film, fonts
    "mp3": _signed("audio/mpeg", "mp3", "mpga", "mp2"),
    "m4a": _signed("audio/mp4", *_MP4),
    "wav": _signed("audio/wav", "wav"),
    "ogg": _signed("audio/ogg", "ogg", "oga"),
    "mp4": _signed("video/mp4", *_MP4),
    "mov": _signed("video/quicktime", *_MP4),
    "webm": _signed("video/webm", "webm", "mkv", ""),
    "ttf": _signed("font/ttf", "ttf"),
    "otf": _signed("font/otf", "otf"),
    "woff": _signed("font/woff", "woff"),
    "woff2": _signed("font/woff2", "woff2"),
}

ACTIVE = frozenset("htm html xhtml xht shtml svg svgz mht mhtml swf xsl xslt".split())
WITH_MACROS = frozenset("docm dotm xlsm xltm xlsb xlam xla pptm potm ppam ppsm sldm".split())
DANGEROUS = WITH_MACROS | frozenset(
    """
    action apk app application appref-ms bash bat bin cab cgi chm class cmd com command cpl crx csh
    deb desktop dex dll dmg drv exe fon gadget hta img inf ins iqy iso jar jnlp js jse ksh
    library-ms lnk mjs msc msi msix msp mst ocx one osx out paf php phar phtml pif pkg pl ps1 psc1
    psd1 psm1 py pyc pyw rb reg rgs rpm run scf scr sct search-ms settingcontent-ms sh shb shs slk
    sys url vb vbe vbs vhd vhdx vxd wasm website wim ws wsc wsf wsh xbap xll xpi zsh
    """.split()
)

# What may be shown inside a page as it is; everything else is a download or a preview.
INLINE_MEDIA_TYPES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
UNKNOWN_MEDIA_TYPE = "application/octet-stream"
