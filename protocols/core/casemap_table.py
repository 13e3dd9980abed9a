#!/usr/bin/env python3
"""Writes casemap_table.inc from Python's own copy of the Unicode data: what casemap() makes of each character
(RFC 5051 §2). Run it in this folder; the first line of the output says which version of Unicode it is."""

import textwrap
import unicodedata


def decomposed(code):
    parts = [part for part in unicodedata.decomposition(chr(code)).split() if not part.startswith("<")]
    return [one for part in parts for one in decomposed(int(part, 16))] or [code]


def titlecase(code):
    """The simple mapping: one character, or none."""
    title = chr(code).title()
    return ord(title) if len(title) == 1 else code


numbers = []
for code in range(0x80, 0x110000):
    if 0xD800 <= code < 0xE000 or 0xAC00 <= code < 0xD7A4:  # surrogates; Hangul syllables, which are computed
        continue
    mapped = decomposed(titlecase(code))
    if mapped != [code]:
        numbers += [code, len(mapped), *mapped]

with open("casemap_table.inc", "w") as out:
    out.write(f"// Unicode {unicodedata.unidata_version}, by casemap_table.py: character, how many it becomes, which.\n")
    out.write("\n".join(textwrap.wrap(", ".join(map(str, numbers)), 118)) + "\n")
