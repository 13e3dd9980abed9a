"""Compares our reader of messages with Python's email package over generated messages.

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
    ("subject", lambda theirs, ours, defects: "\ufffd" in ours or "\ufffd" in theirs, "octets of no named charset: each shows them its own way"),
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
        comparison.part(email.message_from_bytes(octets(ours["content"])), ours["root"])
        compared += 1
        different += comparison.differences > 0
    print(f"{compared} messages compared, {left_out} left out, {different} different; seeds from {first}")
    if run.wait() != 0 or different or compared < int(count) // 2:
        sys.exit(1)


if __name__ == "__main__":
    main()
