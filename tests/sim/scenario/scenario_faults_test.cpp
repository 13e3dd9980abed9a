// Each kind of fault, with the exact place and words: the lesson is broken in one place, and this is what is said.
// Long because it is one table: each breach of the format beside the exact fault that it must give.
#include <catch2/catch_all.hpp>

#include "sim/words/translate.hpp"
#include "tests/sim/scenario/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

struct Breach {
  std::string_view from, to;
  std::vector<std::string> faults;
};

const std::vector<Breach> key_faults = {
    {"title: Post",
     "titel: Post",
     {"1:1: error: found no \"title\", expected the key \"title\" in a lesson; add it",
      "2:1: error: found the unknown key \"titel\", expected a key of a lesson; did you mean \"title\"?"}},
    {"title: Post",
     "title: Post\ntitle: Mail",
     {"3:1: error: found the key \"title\" a second time, expected each key once; the first is on line 2; remove one "
      "of them"}},
    {"title: Post",
     "title:",
     {"2:1: error: found nothing after \"title:\", expected a value; write the value, or remove the key"}},
    {"title: Post\n", "", {"1:1: error: found no \"title\", expected the key \"title\" in a lesson; add it"}},
    {"title: Post",
     "title: {ca: Correu}",
     {"2:8: error: found no \"en\", expected the key \"en\" in a text's map of languages; add it"}},
    {"title: Post",
     "title: {en: Post, fr: Poste}",
     {"2:19: error: found the unknown key \"fr\", expected a key of a text's map of languages; write ca, es or it"}},
    {"title: Post", "title: {en: \"\"}", {"2:13: error: found an empty text, expected some words"}},
    {"title: Post",
     "? [a]\n: b\ntitle: Post",
     {"2:3: error: found a list as a key, expected a word; write KEY: VALUE"}},
    {"subject: Hello, ",
     "subjet: Hello, ",
     {"44:11: error: found no \"subject\", expected the key \"subject\" in a message to send; add it",
      "44:41: error: found the unknown key \"subjet\", expected a key of a message to send; did you mean "
      "\"subject\"?"}},
    {"says: EHLO}",
     "say: EHLO}",
     {"52:9: error: found no \"says\", expected the key \"says\" in the expectation that a host says something; add it",
      "52:22: error: found the unknown key \"say\", expected a key of the expectation that a host says something; did "
      "you mean \"says\"?"}},
    {"password: violet-7",
     "passwort: violet-7",
     {"11:7: error: found no \"password\", expected the password to log in with; add it; a wrong one is fine",
      "12:7: error: found the unknown key \"passwort\", expected a key of a mail account; did you mean \"password\"?"}},
    {"between: [desk",
     "betwen: [desk",
     {"38:5: error: found no \"between\", expected the key \"between\" in a link; add it",
      "38:6: error: found the unknown key \"betwen\", expected a key of a link; did you mean \"between\"?"}},
};

const std::vector<Breach> value_faults = {
    {"title: Post",
     "title: [a]",
     {"2:8: error: found a list, expected a text, or a map of languages (en, ca, es, it)"}},
    {"title: Post",
     "title: \"a\\ab\"",
     {"2:8: error: found \"a\\x07b\", expected text; remove line breaks and control characters"}},
    {"mailscope: 1",
     "mailscope: 2",
     {"1:12: error: found \"2\", expected 1, the version of this format; a newer program may read this file"}},
    {"level: beginner",
     "level: beginer",
     {"4:8: error: found \"beginer\", expected beginner, intermediate or advanced; did you mean \"beginner\"?"}},
    {"level: beginner", "level: {a: b}", {"4:8: error: found a map, expected beginner, intermediate or advanced"}},
    {"minutes: 5",
     "minutes: \"5\"",
     {"5:10: error: found \"5\" in quotes, expected a whole number from 1 to 600; remove the quotes"}},
    {"minutes: 5", "minutes: 5.5", {"5:10: error: found \"5.5\", expected a whole number from 1 to 600"}},
    {"minutes: 5", "minutes: -5", {"5:10: error: found \"-5\", expected a whole number from 1 to 600"}},
    {"minutes: 5", "minutes: 601", {"5:10: error: found \"601\", expected a whole number from 1 to 600"}},
    {"minutes: 5",
     "minutes: 5\nseed: 18446744073709551616",
     {"6:7: error: found \"18446744073709551616\", expected a whole number"}},
    {"minutes: 5", "minutes: 5\nseed: -1", {"6:7: error: found \"-1\", expected a whole number"}},
    {"start: 2026-03-02T09:00:00Z",
     "start: 2026-02-29T09:00:00Z",
     {"6:8: error: found \"2026-02-29T09:00:00Z\", expected an instant in UTC such as 2026-03-02T09:00:00Z"}},
    {"start: 2026-03-02T09:00:00Z",
     "start: 2026-03-02 09:00",
     {"6:8: error: found \"2026-03-02 09:00\", expected an instant in UTC such as 2026-03-02T09:00:00Z"}},
    {"latency: 20 ms",
     "latency: 20",
     {"41:54: error: found \"20\", expected a span of time such as 20 ms, 1.5 s or 2 min, more than zero and at most "
      "60 s"}},
    {"latency: 20 ms",
     "latency: 0 ms",
     {"41:54: error: found \"0 ms\", expected a span of time such as 20 ms, 1.5 s or 2 min, more than zero and at most "
      "60 s"}},
    {"latency: 20 ms",
     "latency: 61 s",
     {"41:54: error: found \"61 s\", expected a span of time such as 20 ms, 1.5 s or 2 min, more than zero and at most "
      "60 s"}},
    {"bandwidth: 1 Mbit/s",
     "bandwidth: 1 MBit/s",
     {"41:72: error: found \"1 MBit/s\", expected a bandwidth such as 64 kbit/s, 20 Mbit/s or 1 Gbit/s, from 100 bit/s "
      "to 100 Gbit/s"}},
    {"bandwidth: 1 Mbit/s",
     "bandwidth: 99 bit/s",
     {"41:72: error: found \"99 bit/s\", expected a bandwidth such as 64 kbit/s, 20 Mbit/s or 1 Gbit/s, from 100 bit/s "
      "to 100 Gbit/s"}},
    {"pause: 300 ms",
     "pause: 721 h",
     {"45:44: error: found \"721 h\", expected a span of time such as 20 ms, 1.5 s or 2 min, at most 720 h"}},
};

/// Line 18 of the small lesson is Anna's server's resolver; line 44 is what she sends.
const std::vector<Breach> smtp_faults = {
    {"resolver: dns\n",
     "resolver: dns\n    extensions: [PIPELINING, PIPLINING]\n",
     {"19:30: error: found \"PIPLINING\", expected PIPELINING, SIZE, 8BITMIME, ENHANCEDSTATUSCODES, CHUNKING, "
      "BINARYMIME, "
      "SMTPUTF8, DSN, REQUIRETLS, DELIVERBY, FUTURERELEASE, MT-PRIORITY, LIMITS, ETRN or BURL; did you mean "
      "\"PIPELINING\"?"}},
    {"resolver: dns\n",
     "resolver: dns\n    extensions: [DSN, DSN]\n",
     {"19:23: error: found the extension DSN a second time, expected each extension once; remove it"}},
    {"resolver: dns\n",
     "resolver: dns\n    extensions: PIPELINING\n",
     {"19:17: error: found \"PIPELINING\", expected a list of extensions, such as [PIPELINING, SIZE]"}},
    {"resolver: dns\n",
     "resolver: dns\n    extensions: {with: [DSN]}\n",
     {"19:17: error: found no \"without\", expected the key \"without\" in all extensions but some; add it",
      "19:18: error: found the unknown key \"with\", expected a key of all extensions but some; write "
      "without"}},
    {"resolver: dns\n",
     "resolver: dns\n    extensions: {without: [8BITMIME]}\n",
     {"19:17: error: found SMTPUTF8 without 8BITMIME, expected both or neither"}},
    {"resolver: dns\n",
     "resolver: dns\n    extensions: [BINARYMIME]\n",
     {"19:17: error: found BINARYMIME without CHUNKING, expected both or neither"}},
    {"resolver: dns\n",
     "resolver: dns\n    vrfy: user\n",
     {"19:11: error: found \"user\", expected nobody, users or anybody; did you mean \"users\"?"}},
    {"resolver: dns\n",
     "resolver: dns\n    expn: yes\n",
     {"19:11: error: found \"yes\", expected nobody, users or anybody"}},
    {"resolver: dns\n",
     "resolver: dns\n    bare-line-ends: refused\n",
     {"19:21: error: found \"refused\", expected refuse, pass-on or accept; did you mean \"refuse\"?"}},
    {"text: Good morning",
     "text: Good morning, notify: [sucess]",
     {"44:86: error: found \"sucess\", expected success, failure or delay; did you mean \"success\"?"}},
    {"text: Good morning",
     "text: Good morning, notify: []",
     {"44:85: error: found an empty list, expected never, or a list such as [success, failure, delay]"}},
    {"text: Good morning",
     "text: Good morning, return: all",
     {"44:85: error: found \"all\", expected full or headers"}},
    {"text: Good morning",
     "text: Good morning, envelope-id: café",
     {"44:90: error: found \"café\", expected printable US-ASCII"}},
    {"text: Good morning",
     "text: Good morning, priority: 10",
     {"44:87: error: found \"10\", expected a whole number from -9 to 9"}},
    {"text: Good morning",
     "text: Good morning, deliver-by: {within: 0 s, late: never}",
     {"44:98: error: found \"0 s\", expected a span of time such as 20 ms, 1.5 s or 2 min, more than zero and at most "
      "720 h",
      "44:109: error: found \"never\", expected tell or return"}},
    {"text: Good morning",
     "text: Good morning, hold-for: 1 h, hold-until: 2026-03-02T12:00:00Z",
     {"44:11: error: found both \"hold-for\" and \"hold-until\", expected one of them"}},
    {"text: Good morning",
     "text: Good morning, receipt: maybe",
     {"44:86: error: found \"maybe\", expected true or false"}},
    {"text: Good morning",
     "text: Good morning, require-tls: maybe",
     {"44:90: error: found \"maybe\", expected true or false"}},
};

const std::vector<Breach> host_faults = {
    {"  desk:\n",
     "  my desk:\n",
     {"8:3: error: found \"my desk\", expected a name of letters, digits and hyphens, with dots between its parts",
      "38:16: error: found \"desk\", expected the name of a host; write dns, mail.alba.example, mx.llevant.example, my "
      "desk or pocket",
      "43:10: error: found \"desk\", expected the name of a laptop or phone; write my desk or pocket",
      "52:16: error: found \"desk\", expected the name of a host; write dns, mail.alba.example, mx.llevant.example, my "
      "desk or pocket"}},
    {"  dns:\n",
     "  Desk:\n",
     {"18:15: error: found \"dns\", expected the name of a DNS server; write Desk",
      "19:3: error: found \"Desk\", expected a name of its own; \"desk\" differs only in upper and lower case",
      "39:35: error: found \"dns\", expected the name of a host; write Desk, desk, mail.alba.example, "
      "mx.llevant.example or pocket"}},
    {"  dns:\n",
     "  desk:\n",
     {"18:15: error: found \"dns\", expected the name of a DNS server",
      "19:3: error: found the key \"desk\" a second time, expected each key once; the first is on line 8; remove one "
      "of them",
      "39:35: error: found \"dns\", expected the name of a host; write desk, mail.alba.example, mx.llevant.example or "
      "pocket"}},
    {"kind: laptop",
     "kind: laptpo",
     {"9:11: error: found \"laptpo\", expected laptop, phone, mail-server or dns-server; did you mean \"laptop\"?"}},
    {"kind: laptop",
     "knid: laptop",
     {"9:5: error: found the unknown key \"knid\", expected a key of a laptop or phone; did you mean \"kind\"?",
      "9:5: error: found no \"kind\", expected the key \"kind\" in a laptop or phone; add it"}},
    {"kind: laptop",
     "kind: laptop\n    place: [0, 64]",
     {"10:16: error: found \"64\", expected a whole number from 0 to 63"}},
    {"kind: laptop",
     "kind: laptop\n    place: 3",
     {"10:12: error: found \"3\", expected a column and a row such as [0, 1]"}},
    {"kind: laptop",
     "kind: laptop\n    zones: {}",
     {"10:5: error: found the unknown key \"zones\", expected a key of a laptop or phone; write label, address, place, "
      "accounts, resolver, dns-cache or edns"}},
    {"address: anna@alba.example",
     "address: anna@@alba.example",
     {"11:16: error: found \"anna@@alba.example\", expected a mail address such as anna@alba.example"}},
    {"      outgoing: {server: mail.alba.example}\n",
     "",
     {"11:7: error: found neither \"outgoing\" nor \"incoming\", expected at least one of them; add one",
      "43:11: error: found an action of desk, whose account has no outgoing server, expected a device that can send; "
      "give it an outgoing server, or name another device"}},
    {"{server: mail.alba.example}",
     "{server: mail.alba.exmaple}",
     {"13:26: error: found \"mail.alba.exmaple\", expected the name of a mail server; did you mean "
      "\"mail.alba.example\"?"}},
    {"{server: mail.alba.example}",
     "{server: dns}",
     {"13:26: error: found \"dns\", which is a host of another kind, expected the name of a mail server; write "
      "mail.alba.example or mx.llevant.example"}},
    {"{server: mail.alba.example}",
     "{server: mail.alba.example, authenticate: \"false\"}",
     {"13:59: error: found \"false\" in quotes, expected true or false; remove the quotes"}},
    {"      password: ginger-4\n",
     "",
     {"34:7: error: found no \"password\", expected the password to log in with; add it; a wrong one is fine"}},
    {"resolver: dns",
     "resolver: mx.llevant.example",
     {"18:15: error: found \"mx.llevant.example\", which is a host of another kind, expected the name of a DNS server; "
      "write dns"}},
    {"domains: [llevant.example]",
     "domains: [Alba.example]",
     {"28:15: error: found the domain \"Alba.example\" a second time, expected one server for each domain; "
      "mail.alba.example delivers it already"}},
    {"domains: [llevant.example]",
     "domains: llevant.example",
     {"28:14: error: found \"llevant.example\", expected a list of domains, such as [alba.example]"}},
    {"users: {bruno: ginger-4}",
     "users: {bruno: ginger-4, bruno: x, \"a b\": y, c: }",
     {"29:30: error: found the key \"bruno\" a second time, expected each key once; the first is on line 29; remove "
      "one of them",
      "29:40: error: found \"a b\", expected a user's name: the part of an address before the @",
      "29:50: error: found nothing, expected one line of text"}},
    {"address: 198.51.100.25",
     "address: 198.51.100.1/24",
     {"27:14: error: found \"198.51.100.1/24\", expected an IPv4 address such as 192.0.2.25"}},
    {"kind: dns-server",
     "kind: dns-server\n    address: 198.51.100.25",
     {"28:14: error: found the address 198.51.100.25 a second time, expected an address of its own; dns has it "
      "already"}},
    {"587: closed",
     "588: closed",
     {"30:40: error: found \"closed\" for port 588, which is no well-known one, expected its service too; write "
      "{service: relay, policy: closed} or another service"}},
    {"587: closed", "0: imap", {"30:35: error: found \"0\", expected a whole number from 1 to 65535"}},
    {"587: closed", "65536: imap", {"30:35: error: found \"65536\", expected a whole number from 1 to 65535"}},
    {"587: closed",
     "26: realy",
     {"30:39: error: found \"realy\", expected relay, submission, submissions, pop3, pop3s, imap, imaps, dns, "
      "closed or filtered; did you mean \"relay\"?"}},
    {"587: closed",
     "143: pop3",
     {"30:35: error: found the key \"143\" a second time, expected each key once; the first is on line 30; remove one "
      "of them"}},
    {"587: closed",
     "0143: pop3",
     {"30:35: error: found the port 143 a second time, expected each port once; remove one of the two ports"}},
    {"587: closed",
     "26: {service: relay, policy: shut}",
     {"30:64: error: found \"shut\", expected open, closed or filtered"}},
    {"587: closed",
     "53: closed",
     {"30:39: error: found \"closed\", expected a door of a mail server; DNS is served by a host of kind dns-server"}},
    {"kind: dns-server",
     "kind: dns-server\n    ports: {25: relay}",
     {"21:17: error: found \"relay\", expected dns: a DNS server has no other door"}},
    {"type: A, value: 198.51.100.25",
     "type: A, value: 198.51.100.256",
     {"24:38: error: found \"198.51.100.256\", expected an IPv4 address such as 192.0.2.25"}},
    {"type: A, value: 198.51.100.25",
     "type: AAAA, value: 198.51.100.25",
     {"24:41: error: found \"198.51.100.25\", expected an IPv6 address such as 2001:db8::25"}},
    {"type: A, value: 198.51.100.25",
     "type: SPF, value: v",
     {"24:28: error: found \"SPF\", expected MX, A, AAAA, CNAME, TXT, SRV, PTR or SOA"}},
    {"{name: mx, type: A",
     "{name: m x, type: A",
     {"24:18: error: found \"m x\", expected a name of letters, digits and hyphens, with dots between its parts"}},
    {"{name: mx, type: A",
     "{name: mx.alba.example., type: A",
     {"24:18: error: found \"mx.alba.example.\", expected a name within the zone llevant.example; put the record into "
      "the zone that it belongs to"}},
    {"{name: mx, type: A",
     "{name: mx, preference: 1, type: A",
     {"24:34: error: found \"preference\" in a record that is no MX, expected it with MX only; remove it"}},
    {"{name: mx, type: A",
     "{name: mx, type: CNAME, value: a.example}\n        - {name: MX, type: A",
     {"25:11: error: found a CNAME record of mx.llevant.example beside another record, expected an alias that stands "
      "alone; no name server loads such a zone: remove one of them"}},
    {"{name: mx, type: A",
     "{name: x, type: CNAME, value: a.example}\n        - {name: x, type: CNAME, value: b.example}\n        - {name: mx, "
     "type: A",
     {"25:11: error: found a second CNAME record of x.llevant.example, expected an alias that stands alone; no name "
      "server loads such a zone: remove one of them"}},
    {"{name: mx, type: A",
     "{name: \"@\", type: CNAME, value: a.example}\n        - {name: mx, type: A",
     {"24:11: error: found a CNAME record of the zone itself, expected a name within the zone; the zone itself has "
      "records of its own, and an alias has none beside it: give it an A or MX record"}},
    {"type: MX, preference: 10,",
     "type: MX,",
     {"23:11: error: found a record of type MX without \"preference\", expected its order among others; add "
      "preference: 10; lower ones are tried first"}},
    {"type: MX, preference: 10,",
     "type: MX, preference: 65536,",
     {"23:45: error: found \"65536\", expected a whole number from 0 to 65535"}},
    {"{protocol: imap,",
     "{protocol: imap4,",
     {"36:28: error: found \"imap4\", expected pop3 or imap; did you mean \"imap\"?"}},
    {"{protocol: imap,",
     "{protocol: imap, leave-on-server: true,",
     {"36:51: error: found \"leave-on-server\" with IMAP, expected it with POP3 only; remove it: with IMAP mail always "
      "stays on the server"}},
    {"{protocol: imap,",
     "{protocol: pop3, leave-on-server: {days: 0},",
     {"36:58: error: found \"0\", expected a whole number from 1 to 30"}},
    {"{protocol: imap,",
     "{protocol: pop3, compress: true,",
     {"36:44: error: found \"compress\" with POP3, expected it with IMAP only; remove it: POP3 has no compression"}},
    {"outgoing: {server: mail.alba.example}",
     "outgoing: {server: mail.alba.example, by-reference: true}",
     {"13:17: error: found \"by-reference\" of an account that cannot do it, expected mail that comes by IMAP from a "
      "server that is named, and a login to send; remove it, or give the account such a server"}},
    {"{protocol: imap,",
     "{protocol: pop3, notes: true,",
     {"36:41: error: found \"notes\" with POP3, expected it with IMAP only; remove it: with POP3 notes stay on the "
      "device"}},
    {"users: {bruno: ginger-4}",
     "users: {bruno: ginger-4}\n    mechanisms: [PLAIN, PLIAN, PLAIN]",
     {"30:25: error: found \"PLIAN\", expected SCRAM-SHA-256-PLUS, SCRAM-SHA-1-PLUS, SCRAM-SHA-256, SCRAM-SHA-1, "
      "CRAM-MD5, PLAIN or LOGIN; did you mean \"PLAIN\"?",
      "30:32: error: found the mechanism PLAIN a second time, expected each mechanism once; remove it"}},
    {"users: {bruno: ginger-4}",
     "users: {bruno: ginger-4}\n    mechanisms: []",
     {"30:17: error: found an empty list, expected at least one mechanism; without this key it is PLAIN and LOGIN"}},
};

const std::vector<Breach> dns_faults = {
    {"resolver: dns", "resolver: dns\n    tls-version: SSL", {"19:18: error: found \"SSL\", expected 1.3, 1.2 or 1.1"}},
    {"resolver: dns",
     "resolver: [dns, dns]",
     {"18:21: error: found the DNS server dns a second time, expected each server once; remove it"}},
    {"resolver: dns",
     "resolver: []",
     {"18:15: error: found an empty list, expected at least one DNS server; without this key no look-up succeeds"}},
    {"resolver: dns",
     "dns-cache: true",
     {"18:16: error: found \"dns-cache\" without \"resolver\", expected both, or neither; who asks nobody has nothing "
      "to remember"}},
    {"kind: dns-server",
     "kind: dns-server\n    forward: dns",
     {"21:14: error: found \"dns\", expected another DNS server; it cannot ask itself"}},
    {"kind: dns-server",
     "kind: dns-server\n    faults: [{fault: slow, name: a b, type: SPF, times: 0}]",
     {"21:22: error: found \"slow\", expected servfail, refused, silent or truncated",
      "21:34: error: found \"a b\", expected a name of letters, digits and hyphens, with dots between its parts",
      "21:45: error: found \"SPF\", expected MX, A, AAAA, CNAME, TXT, SRV, PTR or SOA",
      "21:57: error: found \"0\", expected a whole number from 1 to 1000"}},
    {"kind: dns-server",
     "kind: dns-server\n    faults: silent",
     {"21:13: error: found \"silent\", expected a list of faults, such as [{fault: servfail}]"}},
    {"kind: dns-server",
     "kind: dns-server\n    tcp: shut",
     {"21:10: error: found \"shut\", expected open, closed or filtered"}},
    {"  dns:\n    kind: dns-server\n    zones:\n",
     "  dns:\n    kind: dns-server\n    x-zones:\n",
     {"20:5: error: found a DNS server without \"zones\" and \"forward\", expected at least one of them; give it names "
      "to know, or a server to ask",
      "21:5: error: found the unknown key \"x-zones\", expected a key of a DNS server; did you mean \"zones\"?"}},
    {"{name: mx, type: A, value: 198.51.100.25}",
     "{name: mx, type: SRV, value: ., weight: -1}",
     {"24:11: error: found a record of type SRV without \"priority\", expected its order among others; add priority: "
      "10; lower ones are tried first",
      "24:11: error: found a record of type SRV without \"port\", expected the port of the service; add port: 993 or "
      "another one",
      "24:51: error: found \"-1\", expected a whole number from 0 to 65535"}},
    {"{name: mx, type: A, value: 198.51.100.25}",
     "{name: mx, type: A, value: 198.51.100.25, port: 25, minimum: 1}",
     {"24:59: error: found \"port\" in a record that is no SRV, expected it with SRV only; remove it",
      "24:72: error: found \"minimum\" in a record that is no SOA, expected it with SOA only; remove it"}},
    {"{name: mx, type: A, value: 198.51.100.25}",
     "{name: mx, type: SOA, value: dns.llevant.example}",
     {"24:18: error: found a SOA record of a name within the zone, expected the name \"@\"; it tells of the zone as a "
      "whole"}},
    {"{name: mx, type: A, value: 198.51.100.25}",
     "{name: \"@\", type: SOA, value: a.example}\n        - {name: \"@\", type: SOA, value: a.example}",
     {"25:11: error: found a second SOA record, expected one for each zone; remove one of them"}},
    {"{server: mail.alba.example}",
     "{port: 25}",
     {"13:24: error: found a port without a server, expected both, or neither; without a server the program finds both "
      "by SRV records"}},
    {"{server: mail.alba.example}",
     "{}",
     {"11:7: error: found an account without a server, on a device without a resolver, expected a server, or a "
      "resolver by which it can be found; add resolver: and a DNS server's name"}},
    {"check-mail: true",
     "look-up: {name: a.example, type: MX}",
     {"45:28: error: found a look-up of pocket, which has no resolver, expected a device with a resolver; add "
      "resolver: and a DNS server's name"}},
    {"check-mail: true",
     "look-up: {name: a.example}",
     {"45:28: error: found a look-up of pocket, which has no resolver, expected a device with a resolver; add "
      "resolver: and a DNS server's name",
      "45:28: error: found no \"type\", expected the key \"type\" in a name to look up; add it"}},
};

const std::vector<Breach> lesson_faults = {
    {"[desk, mail.alba.example]",
     "[desk, desk]",
     {"38:15: error: found a link from desk to itself, expected two hosts"}},
    {"[desk, mail.alba.example]",
     "[desk]",
     {"38:15: error: found a list, expected two hosts such as [anna-laptop, mail.alba.example]"}},
    {"[desk, mail.alba.example]",
     "[desk, mail.alba.example, dns]",
     {"38:15: error: found a list, expected two hosts such as [anna-laptop, mail.alba.example]"}},
    {"[pocket, mx.llevant.example]",
     "[mail.alba.example, desk]",
     {"41:15: error: found a second link between mail.alba.example and desk, expected one link between two hosts; "
      "remove one of the two links"}},
    {"who: desk",
     "who: dns",
     {"43:10: error: found \"dns\", which is a host of another kind, expected the name of a laptop or phone; write "
      "desk or pocket"}},
    {"who: desk",
     "who: pocket",
     {"44:11: error: found an action of pocket, whose account has no outgoing server, expected a device that can "
      "send; give it an outgoing server, or name another device"}},
    {"to: [bruno@llevant.example]",
     "to: bruno@llevant.example",
     {"44:16: error: found \"bruno@llevant.example\", expected a list of addresses, such as [bruno@llevant.example]"}},
    {"to: [bruno@llevant.example]",
     "to: []",
     {"44:16: error: found no recipient, expected at least one recipient; write [bruno@llevant.example]"}},
    {"to: [bruno@llevant.example]",
     "to: [bruno]",
     {"44:17: error: found \"bruno\", expected a mail address such as anna@alba.example"}},
    {"subject: Hello",
     "subject: \"Hello\\r\\nBcc: all\"",
     {"44:50: error: found \"Hello\\x0d\\nBcc: all\", expected one line of text; remove line breaks and control "
      "characters"}},
    {"check-mail: true", "check-mail: yes", {"45:31: error: found \"yes\", expected true or false"}},
    {"check-mail: true",
     "check-mail: false",
     {"45:31: error: found check-mail: false, expected check-mail: true; remove the action instead"}},
    {"check-mail: true, ",
     "",
     {"45:5: error: found an action that does nothing, expected one deed, such as send, check-mail, read or delete; "
      "add one"}},
    {"check-mail: true",
     "check-mail: true, read: Hello",
     {"45:5: error: found an action that does 2 things, expected one deed, such as send, check-mail, read or delete; "
      "make an action of each"}},
    {"check-mail: true",
     "check-mail: true, at: 1 s",
     {"45:5: error: found both \"at\" and \"pause\", expected one of them; \"at\" counts from the start, \"pause\" "
      "from the end of the action before"}},
    {"read: Hello",
     "move: {subject: Hello}",
     {"46:25: error: found no \"to\", expected the key \"to\" in a message to move; add it"}},
    {"read: Hello",
     "move: {subject: Hello, to: \"a//b\"}",
     {"46:46: error: found \"a//b\", expected the name of a mailbox; slashes divide its levels, and it has no "
      "wildcards"}},
    {"read: Hello",
     "delete: {subject: Hello, from: INBOX}",
     {"46:44: error: found the unknown key \"from\", expected a key of a message of a mailbox; write in"}},
    {"read: Hello",
     "reply: {subject: Hello, text: Yes}",
     {"46:26: error: found an action of pocket, whose account has no outgoing server, expected a device that can send; "
      "give it an outgoing server, or name another device"}},
    {"read: Hello", "search: \"\"", {"46:27: error: found an empty text, expected one line of text"}},
    {"read: Hello",
     "go-offline: false",
     {"46:31: error: found go-offline: false, expected go-offline: true; remove the action instead"}},
    {"read: Hello",
     "account: bruna@llevant.example, read: Hello",
     {"46:28: error: found \"bruna@llevant.example\", expected the address of an account of pocket; did you mean "
      "\"bruno@llevant.example\"?"}},
    {"protocol: imap, server: mx.llevant.example}",
     "protocol: imap, server: mx.llevant.example, check: often}",
     {"36:69: error: found \"often\", expected a span of time such as 20 ms, 1.5 s or 2 min, more than zero and at "
      "most 720 h"}},
    {"protocol: imap, server: mx.llevant.example}",
     "protocol: pop3, server: mx.llevant.example, check: idle}",
     {"36:69: error: found \"idle\" with POP3, expected manual, or how often: 5 min; only an IMAP server tells of new "
      "mail"}},
    {"      incoming: {protocol: imap, server: mx.llevant.example}",
     "      incoming: {protocol: imap, server: mx.llevant.example}\n    accounts: [{address: bruno@llevant.example, "
     "password: x, incoming: {protocol: imap, server: mx.llevant.example}}]",
     {"37:15: error: found both \"account\" and \"accounts\", expected one of them; put all accounts into the list",
      "37:16: error: found the account bruno@llevant.example a second time, expected each address once; remove one of "
      "the two"}},
    {"      incoming: {protocol: imap, server: mx.llevant.example}",
     "      receipts: always\n      incoming: {protocol: imap, server: mx.llevant.example}",
     {"36:17: error: found receipts of an account that has no outgoing server, expected an account that can send; add "
      "outgoing: or remove receipts:"}},
    {"      outgoing: {server: mail.alba.example}\n",
     "      outgoing: {server: mail.alba.example}\n      receipts: sometimes\n",
     {"14:17: error: found \"sometimes\", expected never or always"}},
    {"{who: pocket, check-mail: true",
     "{who: desk, check-mail: true",
     {"45:29: error: found an action of desk, whose account has no incoming server, expected a device that can collect "
      "mail; give it an incoming server, or name another device"}},
    {"{who: pocket, read: Hello",
     "{who: desk, read: Hello",
     {"46:23: error: found an action of desk, whose account has no incoming server, expected a device that "
      "can collect mail; give it an incoming server, or name another device"}},
    {"when: {action: 2}", "when: {action: 4}", {"55:20: error: found \"4\", expected a whole number from 1 to 3"}},
    {"when: {action: 2}", "when: {action: 0}", {"55:20: error: found \"0\", expected a whole number from 1 to 3"}},
    {"when: {action: 2}",
     "when: start",
     {"55:11: error: found \"start\" in a later step, expected a moment after the step before; write {action: 1} or "
      "{host: …, says: …}"}},
    {"when: {action: 2}",
     "when: later",
     {"55:11: error: found \"later\", expected start, {action: 1} or {host: …, says: …}"}},
    {"when: {action: 2}",
     "when: [start]",
     {"55:11: error: found a list, expected start, {action: 1} or {host: …, says: …}"}},
    {"when: {action: 2}",
     "when: {host: dsk, says: x}",
     {"55:18: error: found \"dsk\", expected the name of a host; did you mean \"desk\"?"}},
    {"when: {action: 2}",
     "when: {action: 2, says: x}",
     {"55:23: error: found the unknown key \"says\", expected a key of the moment when an action begins; remove it"}},
    {"{queue: mail.alba.example",
     "{queue: desk",
     {"53:17: error: found \"desk\", which is a host of another kind, expected the name of a mail server; write "
      "mail.alba.example or mx.llevant.example"}},
    {"{queue: mail.alba.example",
     "{qeue: mail.alba.example",
     {"53:9: error: found no \"queue\", expected the key \"queue\" in the expectation that a queue holds messages; add "
      "it",
      "53:10: error: found the unknown key \"qeue\", expected a key of the expectation that a queue holds messages; "
      "did you mean \"queue\"?"}},
    {"of: mx.llevant.example, holds: 1",
     "of: mx.llevant.example",
     {"58:9: error: found neither \"holds\" nor \"seen\", expected one of them; \"holds\" counts all messages, "
      "\"seen\" "
      "those with \\Seen"}},
    {"of: mx.llevant.example, holds: 1",
     "of: mx.llevant.example, holds: 1, seen: 1",
     {"58:9: error: found both \"holds\" and \"seen\", expected one of them; \"holds\" counts all messages, \"seen\" "
      "those with \\Seen"}},
    {"of: mx.llevant.example, holds: 1",
     "of: dns, holds: 1",
     {"58:36: error: found \"dns\", which is a host of another kind, expected the name of a host with mailboxes; write "
      "desk, mail.alba.example, mx.llevant.example or pocket"}},
    {"bruno/INBOX",
     "brno/INBOX",
     {"58:19: error: found \"brno/INBOX\", expected USER/MAILBOX with a user of mx.llevant.example; did you mean "
      "\"bruno\"?"}},
    {"bruno/INBOX",
     "INBOX",
     {"58:19: error: found \"INBOX\", expected USER/MAILBOX with a user of mx.llevant.example; write bruno"}},
};

const std::vector<Breach> yaml_faults = {
    {"kind: phone",
     "\tkind: phone",
     {"32:10: error: found a colon where none may stand, expected YAML; check indentation, quotes and "
      "brackets here and in the lines above"}},
    {"kind: phone",
     "kind: [phone",
     {"33:12: error: found a [ without its ], expected YAML; check indentation, "
      "quotes and brackets here and in the lines above"}},
    {"kind: phone",
     "kind: &a phone",
     {"32:11: error: found an anchor or alias (& or *), expected plain values; write the value out where it is needed; "
      "put text that starts with & or * in quotes"}},
    {"kind: phone",
     "kind: *a",
     {"32:11: error: found an anchor or alias (& or *), expected YAML; check "
      "indentation, quotes and brackets here and in the lines above"}},
    {"kind: phone",
     "<<: {kind: phone}",
     {"32:5: error: found the unknown key \"<<\", expected a key of a laptop or phone; write kind, label, address, "
      "place, accounts, resolver, dns-cache or edns",
      "32:5: error: found no \"kind\", expected the key \"kind\" in a laptop or phone; add it"}},
    {"kind: phone",
     "kind: !!str phone",
     {"32:11: error: found a tag (!), expected plain values; remove it; put text that starts with ! in quotes"}},
    {"title: Post",
     "title: \xff",
     {"2:8: error: found octets that are not UTF-8, expected UTF-8 text; save the file as UTF-8"}},
    {"title: Post",
     "title: Po\x1b"
     "st",
     {"2:10: error: found a control character, expected text; remove this character"}},
    {"title: Post",
     "title: \"\\ud800\"",
     {"2:15: error: found an escape that is no character, expected YAML; check indentation, quotes and "
      "brackets here and in the lines above"}},
    {"steps:",
     "---\nsteps:",
     {"47:1: error: found a second document, expected one document; remove \"---\", or indent this line like its "
      "neighbours"}},
    {"mailscope: 1",
     "- mailscope: 1",
     {"2:1: error: found a second document, expected one document; remove \"---\", or indent this line like its "
      "neighbours"}},
};

const std::vector<Breach> warnings = {
    {"  - {between: [desk, mail.alba.example]}\n",
     "",
     {"13:26: warning: found no link between desk and mail.alba.example, expected one, since it sends mail there; "
      "without it the packets are lost"}},
    {"  - {between: [mail.alba.example, dns]}\n",
     "",
     {"18:15: warning: found no link between mail.alba.example and dns, expected one, since it looks names up there; "
      "without it the packets are lost"}},
    {"  - {between: [mail.alba.example, mx.llevant.example]}\n",
     "",
     {"43:17: warning: found no link between mail.alba.example and mx.llevant.example, expected one, since it relays "
      "mail for llevant.example there; without it the packets are lost"}},
    {"  - {between: [pocket, mx.llevant.example], latency: 20 ms, bandwidth: 1 Mbit/s}\n",
     "",
     {"36:42: warning: found no link between pocket and mx.llevant.example, expected one, since it collects mail "
      "there; without it the packets are lost"}},
    {"address: 198.51.100.25",
     "address: 198.51.100.26",
     {"25:3: warning: found the address 198.51.100.26 of mx.llevant.example, expected 198.51.100.25, as its A record "
      "says; who looks the name up will not reach it"}},
};

const auto all_tables = {&key_faults, &value_faults,  &smtp_faults, &host_faults,
                         &dns_faults, &lesson_faults, &yaml_faults, &warnings};

/// The language of tr() while this lives; English afterwards, as everywhere in these tests.
struct Speaking {
  explicit Speaking(Language language) { set_language(language); }
  ~Speaking() { set_language(Language::English); }
  Speaking(const Speaking&) = delete;
  Speaking& operator=(const Speaking&) = delete;
};

std::vector<Fault> faults_in(Language language, const std::string& yaml) {
  const Speaking speaking(language);
  return read_scenario(yaml).faults;
}

/// What stands in the file itself, or is the same word in both languages.
bool same_in(Language language, const std::string& words) {
  const bool quoted = words.size() >= 2 && words.starts_with('"') && words.ends_with('"');
  return words.empty() || quoted || words == "YAML" || words.ends_with(": true") || words.ends_with(": false") ||
         (language == Language::Catalan && words == "text");
}

}  // namespace

TEST_CASE("every fault says line, column, what was found, what was expected, and what to do") {
  for (const auto* table : all_tables)
    for (const Breach& breach : *table) {
      INFO(breach.from << " -> " << breach.to);
      const std::string yaml = with(breach.from, breach.to);
      CHECK(faults_of(yaml) == breach.faults);
      const bool is_error = breach.faults.front().find(": error: ") != std::string::npos;
      CHECK(read_scenario(yaml).scenario.has_value() != is_error);
    }
}

TEST_CASE("no fault leaves English words in another language, and all stand at the same places") {
  for (const auto* table : all_tables)
    for (const Breach& breach : *table)
      for (const Language language : {Language::Catalan, Language::Spanish, Language::Italian}) {
        const std::string yaml = with(breach.from, breach.to);
        const std::vector<Fault> english = faults_in(Language::English, yaml), told = faults_in(language, yaml);
        REQUIRE(told.size() == english.size());
        for (std::size_t i{}; i < told.size(); ++i) {
          INFO(code(language) << ": " << breach.from << " -> " << breach.to);
          CHECK((told[i].line == english[i].line && told[i].column == english[i].column));
          if (!same_in(language, english[i].found)) CHECK(told[i].found != english[i].found);
          if (!same_in(language, english[i].expected)) CHECK(told[i].expected != english[i].expected);
          if (!same_in(language, english[i].advice)) CHECK(told[i].advice != english[i].advice);
        }
      }
}

TEST_CASE("a fault is told in the reader's language, and what the file says stays as it is") {
  const auto told = [](Language language, std::string_view from, std::string_view to) {
    const Speaking speaking(language);
    return faults_of(with(from, to)).back();
  };
  CHECK(
      told(Language::Catalan, "title: Post", "titel: Post") ==
      "2:1: error: s'ha trobat: la clau desconeguda \"titel\"; s'esperava: una clau que pugui tenir una lliçó; volies "
      "dir \"title\"?");
  CHECK(told(Language::Spanish, "{server: mail.alba.example}", "{server: dns}") ==
        "13:26: error: se ha encontrado: \"dns\", que es un equipo de otro tipo; se esperaba: el nombre de un servidor "
        "de correo; escribe mail.alba.example o mx.llevant.example");
  CHECK(told(Language::Italian, "kind: phone", "kind: [phone") ==
        "33:12: errore: trovato: una [ senza la sua ]; atteso: YAML; controlla rientri, virgolette e parentesi qui e "
        "nelle righe sopra");
  CHECK(told(Language::Italian, "  - {between: [mail.alba.example, dns]}\n", "") ==
        "18:15: avviso: trovato: nessun collegamento tra mail.alba.example e dns; atteso: un collegamento, dato che vi "
        "cerca i nomi; senza di esso i pacchetti vanno persi");
}

TEST_CASE("all faults of a file are told, in file order") {
  const std::string yaml = with("minutes: 5\n", "minutes: 5\nlevel: expert\nminuets: 5\n");
  std::string twice = yaml;
  twice.replace(twice.find("who: desk"), 9, "who: dsk");
  const std::vector<std::string> faults = faults_of(twice);
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].starts_with("6:1: error: found the key \"level\" a second time"));
  CHECK(faults[1].starts_with("7:1: error: found the unknown key \"minuets\""));
  CHECK(faults[2].starts_with("45:10: error: found \"dsk\""));
}

TEST_CASE("columns count characters, not octets") {
  const std::vector<std::string> faults = faults_of(with("title: Post", "title: {en: Correu è qui, es: [è], xx: 1}"));
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].starts_with("2:31: error: found a list"));
  CHECK(faults[1].starts_with("2:36: error: found the unknown key \"xx\""));
}

TEST_CASE("a fault is drawn with its line and a caret, and nothing in it reaches the terminal's control") {
  const std::string yaml = "títol: [\n";
  CHECK(describe({Fault::Severity::Error, 1, 4, "x", "y", "z", {}}, "lesson.yaml", yaml) ==
        "lesson.yaml:1:4: error: found x, expected y; z\n  títol: [\n     ^\n");
  CHECK(describe({Fault::Severity::Warning, 0, 0, "x", "y", "", {}}, "lesson.yaml", yaml) ==
        "lesson.yaml: warning: found x, expected y\n");
  CHECK(describe({Fault::Severity::Error, 1, 3, "x", "y", "", {}}, "f", "\ta\x1b[2J\xff") ==
        "f:1:3: error: found x, expected y\n   a?[2J?\n    ^\n");
  const std::string long_line = std::string(500, 'a') + "b" + std::string(500, 'c');
  const std::vector<std::string> lines =
      lines_of(describe({Fault::Severity::Error, 1, 501, "x", "y", "", {}}, "f", long_line));
  REQUIRE(lines.size() == 3);
  CHECK(lines[1] == "  " + std::string(60, 'a') + "b" + std::string(60, 'c'));
  CHECK(lines[2].find('^') == lines[1].find('b'));
  CHECK(describe({Fault::Severity::Error, 9, 9, "x", "y", "", {}}, "f", "one line") ==
        "f:9:9: error: found x, expected y\n  \n  ^\n");
}
