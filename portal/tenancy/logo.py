"""The agency's logo where no browser fetches it: inside documents."""

from base64 import b64encode

from django.core.files.storage import default_storage

from portal.tenancy.models import Agency


def embedded(agency: Agency) -> str:
    """The picture as a data: address, "" without one; it is always a PNG of our own making, at most 512 pixels wide."""
    if not agency.logo_key:
        return ""
    try:
        with default_storage.open(agency.logo_key) as file:
            return f"data:image/png;base64,{b64encode(file.read()).decode()}"
    except OSError:
        return ""  # a document without its logo is better than none
