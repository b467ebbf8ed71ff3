"""A logo as we show it: made anew from what was uploaded, so that nothing but the picture remains."""

import hashlib
import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LARGEST = 512
MAX_PIXELS = 24_000_000
MAX_BYTES = 5 * 1024 * 1024


class NotALogo(ValueError):
    """The upload is no picture that we take."""


@dataclass(frozen=True)
class Logo:
    """A PNG of at most 512 pixels."""

    content: bytes
    content_type: str = "image/png"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def make(upload) -> Logo:
    """Re-encode an uploaded picture. Raises NotALogo for anything else, and for pictures that are too large to open."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise NotALogo
                picture = ImageOps.exif_transpose(image).convert("RGBA")
    except NotALogo:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise NotALogo from error
    picture.thumbnail((LARGEST, LARGEST))
    clean = Image.new("RGBA", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "PNG", optimize=True)
    return Logo(out.getvalue())
