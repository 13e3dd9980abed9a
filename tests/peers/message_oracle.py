"""Compares our reader of messages, and the ENVELOPE and BODYSTRUCTURE that IMAP makes of them, with Python's email package
over generated messages.

usage: message_oracle.py MESSAGE_DUMP [FIRST_SEED COUNT]. Prints the seed of every message on which they differ.
"""
import base64
import email
import email.header
import email.utils
import json
import re
import subprocess
import sys

# Where both are right, or Python is the one that loses something. A defect named here leaves the message out.
DEFECTS_NOT_COMPARED = {
    "NotAField": "Python ends the header at such a line; ours reads it as folded (RFC 7103 section 7.2)",
}


def loses_line_end(theirs, ours, defects):
    return "MultipartUnterminated" in defects and ours.endswith(b"\n") and theirs in (ours[:-1], ours[:-2])


# Values that are not compared, with the reason: (what, test on Python's value, ours and the message's defects).
KNOWN_DIFFERENCES = [
    ("name", lambda theirs, ours, defects: "(" in theirs, "Python adds a comment to the name; ours uses it only where there is no name"),
    ("body", lambda theirs, ours, defects: loses_line_end(theirs, ours, defects), "Python takes the last line end off the last part of a multipart that is never closed"),
    ("octets", lambda theirs, ours, defects: loses_line_end(theirs, ours, defects), "the same"),
    ("size", lambda theirs, ours, defects: "MultipartUnterminated" in defects and ours - theirs in (1, 2), "the same"),
    ("lines", lambda theirs, ours, defects: "MultipartUnterminated" in defects and ours - theirs == 1, "the same"),
    ("subject", lambda theirs, ours, defects: "\ufffd" in " ".join(ours + theirs), "octets of no named charset: Python shows none of them, ours reads windows-1252"),
    ("name", lambda theirs, ours, defects: "\ufffd" in ours or "\ufffd" in theirs, "octets of no named charset"),
]


def octets(text):
    return base64.b64decode(text)


def lenient(data):
    return data.decode("utf-8", "replace")


def surrogates(text):
    """What Python keeps of octets over 127, as octets again."""
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def repeats_boundary(part, above=()):
    """A boundary within itself (forbidden by RFC 2046 section 5.1.2): Python reads the outer one, ours the inner one."""
    boundary = octets(part["parameters"]["boundary"])
    return boundary in above or any(repeats_boundary(child, above + ((boundary,) if boundary else ())) for child in part["children"])


class Comparison:
    def __init__(self, seed, defects):
        self.seed, self.defects, self.differences = seed, defects, 0

    def equal(self, what, theirs, ours):
        if theirs == ours:
            return
        for kind, applies, _reason in KNOWN_DIFFERENCES:
            if kind == what and applies(theirs, ours, self.defects):
                return
        self.differences += 1
        print(f"seed {self.seed}: {what}: Python {theirs!r}, ours {ours!r}")

    def header(self, theirs, ours):
        fields = [(surrogates(name), surrogates(str_of(value))) for name, value in theirs._headers]
        mine = [(octets(name), octets(value).lstrip(b" \t").rstrip(b"\r\n")) for name, value in ours["header"]]
        self.equal("header", fields, mine)

    def values(self, theirs, ours):
        for name, list_ in ours.get("addresses", {}).items():
            raw = re.sub(r"\r?\n", "", str_of(dict_first(theirs, name)))
            # Python takes the second domain of a route for an address (RFC 5322 section 4.4 says what it is).
            parsed = [(n, a) for n, a in email.utils.getaddresses([raw]) if a and not a.startswith("@")]
            mine = [(octets(n), octets(a)) for n, a in list_]
            self.equal("addresses", [lenient(surrogates(a)) for _, a in parsed], [lenient(a) for _, a in mine])
            for (their_name, _), (our_name, _) in zip(parsed, mine):
                self.equal("name", lenient(surrogates(their_name)), lenient(our_name))
        if "date" in ours:
            parsed = email.utils.parsedate_tz(str_of(dict_first(theirs, "Date")))
            self.equal("date", parsed and email.utils.mktime_tz(parsed), ours["date"])
        if "subject" in ours:
            raw = re.sub(r"\r?\n", "", str_of(dict_first(theirs, "Subject")))
            decoded = str(email.header.make_header(email.header.decode_header(raw)))
            self.equal("subject", lenient(surrogates(decoded)).split(), lenient(octets(ours["subject"])).split())

    def part(self, theirs, ours):
        self.equal("type", theirs.get_content_type().encode(), octets(ours["type"]))
        self.header(theirs, ours)
        self.values(theirs, ours)
        for name in ("charset", "name", "boundary"):
            value = theirs.get_param(name)
            value = email.utils.collapse_rfc2231_value(value) if value is not None else ""
            if name == "charset" and "Content-Type" not in theirs and theirs.get_content_maintype() == "text":
                value = "us-ascii"  # the default of RFC 2045 section 5.2, which ours names
            self.equal("parameter " + name, comment_off(value), lenient(octets(ours["parameters"][name])))
        if "filename" in ours:
            self.equal("filename", theirs.get_filename() or "", lenient(octets(ours["filename"])))
        children = theirs.get_payload() if theirs.is_multipart() else []
        if not children and ours["type"] and octets(ours["type"]).startswith(b"multipart/"):
            self.equal("children", 1, len(ours["children"]))  # a multipart without parts: ours has its body as one
            return
        self.equal("children", len(children), len(ours["children"]))
        for their_child, our_child in zip(children, ours["children"]):
            self.part(their_child, our_child)
        if not children:
            self.equal("body", surrogates(theirs._payload), octets(ours["body"]))  # get_payload() would decode it
            self.equal("octets", theirs.get_payload(decode=True), octets(ours["octets"]))


    def envelope(self, theirs, ours):
        """RFC 3501 section 7.4.2; `ours` is what s_expression() made of it."""
        self.equal("envelope size", 10, len(ours))
        for at, name in ((0, "Date"), (1, "Subject"), (8, "In-Reply-To"), (9, "Message-ID")):
            self.equal("envelope " + name, text_field(theirs, name), ours[at])
        author = envelope_addresses(theirs, "From")
        self.equal("envelope From", author, shown_addresses(ours[2]))
        for at, name, otherwise in ((3, "Sender", author), (4, "Reply-To", author), (5, "To", []), (6, "Cc", []), (7, "Bcc", [])):
            expected = envelope_addresses(theirs, name) if text_field(theirs, name) else otherwise
            self.equal("envelope " + name, expected, shown_addresses(ours[at]))

    def structure(self, theirs, ours):
        """RFC 3501 section 7.4.2: a multipart is its children, its subtype and four extensions."""
        children = theirs.get_payload() if theirs.is_multipart() else []
        main, sub = theirs.get_content_type().upper().encode().split(b"/", 1)
        if main == b"MULTIPART":
            mine = [value for value in ours if isinstance(value, list)][: len(ours) - 5]
            self.equal("multipart subtype", sub, ours[-5])
            self.equal("multipart disposition", disposition(theirs), ours[-3] and ours[-3][0])
            self.equal("multipart children", max(len(children), 1), len(ours) - 5)
            for their_child, our_child in zip(children, mine):
                self.structure(their_child, our_child)
            return
        message, text = (main, sub) == (b"MESSAGE", b"RFC822"), main == b"TEXT"
        self.equal("structure type", [main, sub], ours[:2])
        self.equal("structure id", text_field(theirs, "Content-ID") or None, ours[3])
        self.equal("structure description", text_field(theirs, "Content-Description") or None, ours[4])
        self.equal("structure encoding", comment_off(str_of(theirs.get("Content-Transfer-Encoding", "7bit"))).strip().upper().encode(), ours[5])
        extensions = 10 if message else 8 if text else 7
        self.equal("structure length", extensions + 4, len(ours))
        self.equal("structure disposition", disposition(theirs), ours[extensions + 1] and ours[extensions + 1][0])
        if message:
            self.envelope(children[0], ours[7])
            self.structure(children[0], ours[8])
        elif not children:
            body = surrogates(theirs._payload)
            self.equal("size", len(body), ours[6])
            if text:
                self.equal("lines", body.count(b"\n"), ours[7])


def s_expression(data):
    """The value that IMAP wrote: lists, bytes, numbers, None for NIL."""

    def value(at):
        if data[at : at + 1] == b"(":
            items, at = [], at + 1
            while data[at : at + 1] != b")":
                item, at = value(at + (data[at : at + 1] == b" "))
                items.append(item)
            return items, at + 1
        quoted = re.compile(rb'"((?:[^"\\\r\n\x80-\xff]|\\["\\])*)"').match(data, at)
        if quoted:
            return re.sub(rb"\\(.)", rb"\1", quoted[1]), quoted.end()
        literal = re.compile(rb"\{(\d+)\}\r\n").match(data, at)
        if literal:
            end = literal.end() + int(literal[1])
            return data[literal.end() : end], end
        atom = re.compile(rb"NIL|\d+").match(data, at)
        return (None if atom[0] == b"NIL" else int(atom[0])), atom.end()

    result, end = value(0)
    assert end == len(data), data
    return result


def text_field(message, name):
    raw = next((value for key, value in message._headers if key.lower() == name.lower()), None)
    return None if raw is None else surrogates(re.sub(r"\r?\n", "", str_of(raw)).strip(" \t"))


def envelope_addresses(message, name):
    raw = text_field(message, name)
    parsed = email.utils.getaddresses([raw.decode("utf-8", "surrogateescape")]) if raw else []
    return [lenient(surrogates(a.replace('"', ""))) for _, a in parsed if a and not a.startswith("@")]


def shown_addresses(list_):
    """Without the marks of groups, whose host is NIL."""
    return [lenient(mailbox + (b"@" + host if host else b"")) for _, _, mailbox, host in list_ or [] if host is not None]


def disposition(part):
    value = part.get_content_disposition()
    return value.upper().encode() if value else None


def str_of(value):
    """A raw value; Python hides octets over 127 in a Header object."""
    if isinstance(value, email.header.Header):
        return "".join(chunk.encode("ascii", "surrogateescape").decode("utf-8", "surrogateescape") if isinstance(chunk, str) else chunk
                       for chunk, _ in value._chunks)
    return value


def dict_first(message, name):
    return next(value for key, value in message._headers if key.lower() == name.lower())


def comment_off(value):
    """Python leaves the comment of 'charset=us-ascii (comment)' where it is (RFC 2045 section 5.1 says it is none of it)."""
    return re.sub(r"\s*\(.*\)$", "", value)


def main():
    dump, first, count = sys.argv[1], *(sys.argv[2:] or ("1", "3000"))
    run = subprocess.Popen([dump, first, count], stdout=subprocess.PIPE)
    compared = left_out = different = 0
    for line in run.stdout:
        ours = json.loads(line)
        if DEFECTS_NOT_COMPARED.keys() & set(ours["defects"]) or repeats_boundary(ours["root"]):
            left_out += 1
            continue
        comparison = Comparison(ours["seed"], ours["defects"])
        theirs = email.message_from_bytes(octets(ours["content"]))
        comparison.part(theirs, ours["root"])
        comparison.envelope(theirs, s_expression(octets(ours["envelope"])))
        comparison.structure(theirs, s_expression(octets(ours["bodystructure"])))
        compared += 1
        different += comparison.differences > 0
    print(f"{compared} messages compared, {left_out} left out, {different} different; seeds from {first}")
    if run.wait() != 0 or different or compared < int(count) // 2:
        sys.exit(1)


if __name__ == "__main__":
    main()
