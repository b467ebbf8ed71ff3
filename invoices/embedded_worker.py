"""Reads a PDF from standard input and writes the XML of the invoice in it to standard output; nothing when there is none.

Runs as a process of its own, without Django, because the PDF is anybody's: memory and time are limited before the first
byte is read.
"""

import io
import resource
import sys

MEMORY_BYTES = 1024**3
CPU_SECONDS = 12
MOST_BYTES = 5 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    import facturx

    _name, xml = facturx.get_xml_from_pdf(io.BytesIO(sys.stdin.buffer.read()), check_xsd=False, check_schematron=False)
    if xml and len(xml) <= MOST_BYTES:
        sys.stdout.buffer.write(xml)


if __name__ == "__main__":
    main()
