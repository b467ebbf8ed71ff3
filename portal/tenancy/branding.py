"""The agency's colour, clamped so that every hue keeps its contrast."""

import colorsys
import re

HEX = re.compile(r"^#[0-9a-f]{6}\Z")
PRODUCT_BRAND = "#0b6e75"


def clamp(colour: str) -> str:
    """A hex colour on which white text reads well (contrast at least 5:1), of the same hue.

    Mails and PDFs need plain hex, so the clamp of the style sheet is repeated here. Raises ValueError for no colour.
    """
    colour = colour.strip().lower()
    if not HEX.match(colour):
        raise ValueError("not a colour")
    while _contrast_with_white(colour) < 5:
        colour = _darker(colour)
    return colour


def css_of(colour: str) -> str:
    """The served sheet brand.css."""
    return f"@layer tokens {{ :root {{ --brand: {colour if HEX.match(colour) else PRODUCT_BRAND}; }} }}\n"


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _contrast_with_white(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def _darker(colour: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    channels = colorsys.hls_to_rgb(hue, max(0.0, lightness - 0.02), saturation)
    return "#" + "".join(f"{round(c * 255):02x}" for c in channels)
