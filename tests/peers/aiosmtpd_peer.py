"""Our SMTP client engine against Python's aiosmtpd, a server that knows nothing of us.

usage: aiosmtpd_peer.py PATH/TO/engine_client

Prints 'N passed, N failed'; without aiosmtpd (Debian's python3-aiosmtpd) it says so and counts nothing.
"""
import email
import email.policy
import json
import subprocess
import sys

from aiosmtpd_server import Server, knows

PLAIN = "From: anna@alba.example\r\nSubject: Lunch\r\n\r\nAt one?\r\n.hidden dot\r\n..\r\n"


def send(program, server, text, **options):
    words = [f"{key}={value}" for key, value in options.items()]
    done = subprocess.run([program, "smtp", str(server.port), *words], input=text.encode(), capture_output=True,
                          timeout=60, check=True)
    return json.loads(done.stdout)


def need(condition, told):
    if not condition:
        raise AssertionError(told)


def content_arrives(program):
    with Server() as server:
        said = send(program, server, PLAIN, **{"from": "anna@alba.example"}, to="bruno@llevant.example")
        need(said["in_order"], said)
        need(said["recipients"][0]["code"] == 250, said)
        kept = server.keeper.kept[0]
        need(kept.content.decode() == PLAIN, kept.content)
        need(kept.mail_from == "anna@alba.example" and kept.rcpt_tos == ["bruno@llevant.example"], said)


def each_recipient_has_its_fate(program):
    with Server() as server:
        said = send(program, server, PLAIN, **{"from": "anna@alba.example"},
                    to="nobody@x.example,bruno@x.example,busy@x.example,carla@x.example")
        need([each["code"] for each in said["recipients"]] == [550, 250, 451, 250], said)
        need(server.keeper.kept[0].rcpt_tos == ["bruno@x.example", "carla@x.example"], said)
        nobody = send(program, server, PLAIN, **{"from": "anna@alba.example"}, to="nobody@x.example")
        need(nobody["recipients"][0]["enhanced"] == "5.1.1" and nobody["in_order"], nobody)
        refused = send(program, server, "Subject: REFUSE\r\n\r\nx\r\n", **{"from": "a@x.example"}, to="b@x.example")
        need(refused["recipients"][0]["code"] == 554, refused)


def utf8_travels_where_it_is_taken(program):
    text = "Subject: Això\r\n\r\nCafè\r\n"
    with Server() as server:
        said = send(program, server, text, **{"from": "núria@alba.example"}, to="josé@llevant.example")
        need(said["recipients"][0]["code"] == 250, said)
        need(server.keeper.kept[0].content.decode() == text, server.keeper.kept[0].content)
        need("SMTPUTF8" in server.keeper.kept[0].mail_options, server.keeper.kept[0].mail_options)
    with Server(enable_SMTPUTF8=False) as server:
        said = send(program, server, text, **{"from": "núria@alba.example"}, to="josé@llevant.example")
        need(said["recipients"][0]["ours"] and said["recipients"][0]["code"] == 550, said)
        need(not server.keeper.kept, "it was sent all the same")


def users_log_in(program):
    settings = {"authenticator": knows("anna", "violet-7"), "auth_required": True, "auth_require_tls": False}
    for mechanism in ("PLAIN", "LOGIN"):
        with Server(**settings) as server:
            common = {"from": "a@x.example", "user": "anna", "mechanism": mechanism}
            said = send(program, server, PLAIN, **common, to="b@x.example", password="violet-7")
            need(said["recipients"][0]["code"] == 250, said)
            wrong = send(program, server, PLAIN, **common, to="b@x.example", password="rose-1")
            need(wrong["recipients"][0]["code"] == 535, wrong)
            need(len(server.keeper.kept) == 1, said)


def a_large_message_is_announced(program):
    with Server(data_size_limit=2_000) as server:
        text = "Subject: Long\r\n\r\n" + "x" * 70 + "\r\n" * 2 + ("y" * 70 + "\r\n") * 50
        said = send(program, server, text, **{"from": "a@x.example"}, to="b@x.example")
        need(said["recipients"][0]["enhanced"] == "5.3.4" and said["recipients"][0]["ours"], said)


def a_mime_message_reads_the_same(program):
    original = email.message.EmailMessage(policy=email.policy.SMTP)
    original["From"], original["To"], original["Subject"] = "a@x.example", "b@x.example", "Façade"
    original.set_content("Héllo\n" * 500)
    original.add_attachment(bytes(range(256)) * 300, maintype="application", subtype="octet-stream", filename="a.bin")
    with Server() as server:
        said = send(program, server, original.as_bytes().decode(), **{"from": "a@x.example"}, to="b@x.example")
        need(said["recipients"][0]["code"] == 250, said)
        need(server.keeper.kept[0].content == original.as_bytes(), "the content differs")


def main(program):
    cases = [content_arrives, each_recipient_has_its_fate, utf8_travels_where_it_is_taken, users_log_in,
             a_large_message_is_announced, a_mime_message_reads_the_same]
    failed = 0
    for case in cases:
        try:
            case(program)
        except Exception as fault:  # pylint: disable=broad-except
            failed += 1
            print(f"{case.__name__}: {type(fault).__name__}: {fault}"[:2_000])
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
