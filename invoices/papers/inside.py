"""What a printed invoice carries inside: the same invoice as data (EN 16931), handed out as it was put in, never made anew."""

import facturx


def data_in(pdf: bytes) -> bytes | None:
    """Byte for byte; None when nothing is inside. For papers made here: what others made is read in a process of its own."""
    name, xml = facturx.get_xml_from_pdf(pdf, check_xsd=False, check_schematron=False)
    return xml if name else None
