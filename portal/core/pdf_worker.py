"""Reads HTML from standard input and writes it as PDF to standard output.

Runs as a process of its own, without Django, because the text in it is anybody's: memory and time are limited before
the first byte is read, and nothing is fetched, from no server and no disk, but the style sheet that is named.

usage: pdf_worker.py style.css #brand [pdf/a-3a]
"""

import resource
import sys
from pathlib import Path

MEMORY_BYTES = 1024**3
CPU_SECONDS = 30


def main(style: str, brand: str, variant: str = "") -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher

    class Refusal(URLFetcher):
        """Fonts, imports, attachments, pictures: a document of ours needs none but the logo that it carries itself."""

        def fetch(self, url, headers=None):
            if url.startswith("data:image/png;base64,"):
                return super().fetch(url, headers)
            raise PermissionError("nothing is fetched")

    nothing = Refusal()
    look = CSS(string=f":root {{ --brand: {brand} }}{Path(style).read_text()}", url_fetcher=nothing)
    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=nothing)
    sys.stdout.buffer.write(document.write_pdf(stylesheets=[look], pdf_variant=variant or None))


if __name__ == "__main__":
    main(*sys.argv[1:])
