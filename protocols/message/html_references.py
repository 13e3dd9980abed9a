#!/usr/bin/env python3
"""Writes html_references.inc from Python's own copy of HTML's named character references (html.entities): name, and
what it means in UTF-8. Names that need no ";" are there without it too. Run it in this folder."""

from html.entities import html5


def octets(text):
    """In octal, which ends after three digits whatever follows."""
    return "".join(chr(b) if 0x20 < b < 0x7F and chr(b) not in '"\\' else f"\\{b:03o}" for b in text.encode())


entries = [f'{{"{name}", "{octets(text)}"}},' for name, text in sorted(html5.items())]
with open("html_references.inc", "w") as out:
    out.write("// HTML's named character references, by html_references.py.\n")
    line = ""
    for entry in entries:
        if line and len(line) + 1 + len(entry) > 118:
            out.write(line + "\n")
            line = ""
        line += (" " if line else "") + entry
    out.write(line + "\n")
