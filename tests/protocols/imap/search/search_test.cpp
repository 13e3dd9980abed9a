// SEARCH: what it finds in messages of all kinds, and how it answers (RFC 9051 §6.4.4, RFC 4731, 5182, 5032, 9394).
#include <catch2/catch_all.hpp>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::after_select;
using test::Session;
using test::start;

namespace {

struct Selected : Session {
  explicit Selected(mailstore::Account& account) : Session(account) {
    say("x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n");
  }
  /// The numbers that SEARCH finds, or the whole answer where it is no OK.
  std::string search(const std::string& keys) {
    const std::string said = say("a SEARCH " + keys + "\r\n");
    const std::size_t end = said.find("\r\na OK SEARCH completed\r\n");
    const std::size_t begin = said.find("* SEARCH");
    return end == std::string::npos ? said : said.substr(begin + 8, end - begin - 8);
  }
};

}  // namespace

TEST_CASE("IMAP: SEARCH looks into decoded text, whatever its encoding and charset (RFC 9051 §6.4.4)") {
  mailstore::Account account("bruno");
  const auto add = [&account](const std::string& octets) { account.inbox().append(start, octets); };
  add("Subject: =?ISO-8859-1?Q?Caf=E9_amb?= =?UTF-8?B?IGxsZXQ=?=\r\nContent-Type: text/plain; "
      "charset=koi8-r\r\n\r\n\xf0\xd2\xc9\xd7\xc5\xd4\r\n");
  add("Subject: a\r\n\tfolded one\r\nContent-Transfer-Encoding: base64\r\n\r\nSGVsbG8gV09STEQ=\r\n");
  add("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\npreamble\r\n--b\r\nContent-Type: "
      "text/html; "
      "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\nX-Part: inner\r\n\r\n<b>pa=C3=AFs</b> "
      "so=\r\nft\r\n"
      "--b\r\nContent-Type: image/png\r\n\r\nsecret\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
      "forwarded\r\n\r\n"
      "deep inside\r\n--b--\r\n");
  Selected session(account);
  CHECK(session.search("SUBJECT \"Caf\xc3\xa9 amb llet\"") == " 1");
  CHECK(session.search("CHARSET ISO-8859-1 SUBJECT {4+}\r\ncaf\xe9") == " 1");
  CHECK(session.search("CHARSET UTF-8 BODY {12+}\r\n\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82") == " 1");
  CHECK(session.search("CHARSET KOI8-R TEXT {3+}\r\n\xd2\xc9\xd7") == " 1");
  CHECK(session.search("SUBJECT \"A FOLDED\"") == " 2");
  CHECK(session.search("HEADER subject \"a folded one\"") == " 2");
  CHECK(session.search("BODY \"hello world\"") == " 2");
  CHECK(session.search("BODY SGVs") == "");
  CHECK(session.search("BODY \"pa\xc3\xafs\"") == " 3");
  CHECK(session.search("BODY soft") == " 3");
  CHECK(session.search("BODY secret") == "");       // no text
  CHECK(session.search("TEXT inner") == " 3");      // MIME headers belong to TEXT
  CHECK(session.search("BODY inner") == "");        // and not to BODY
  CHECK(session.search("BODY forwarded") == " 3");  // the header of a message inside is body
  CHECK(session.search("SUBJECT forwarded") == "");
  CHECK(session.search("TEXT \"deep inside\"") == " 3");
  CHECK(session.search("HEADER Content-Type \"\"") == " 1 3");
  CHECK(session.search("HEADER Content \"\"") == "");
  CHECK(session.search("HEADER \"\" x") == "");
  CHECK(session.search("TEXT \"\"") == " 1 2 3");
  CHECK(session.search("CHARSET x-klingon TEXT a") ==
        "a NO [BADCHARSET (US-ASCII UTF-8)] that charset is not known\r\n");
}

TEST_CASE("IMAP: FROM, TO, CC and BCC search the addresses of the envelope (RFC 9051 §6.4.4)") {
  mailstore::Account account("bruno");
  const auto add = [&account](const std::string& from) { account.inbox().append(start, "From: " + from + "\r\n\r\n"); };
  add("anna@alba.example");
  add("anna (a comment)@ (another) alba.example");
  add("(a comment) <anna@alba.example>");
  add("=?UTF-8?Q?N=C3=BAria?= <anna@alba.example>");
  add("\"Puig, Anna\"\r\n <anna@alba.example>");
  add("Friends: anna@alba.example, bruno@llevant.example;");
  Selected session(account);
  CHECK(session.search("FROM anna@alba.example") == " 1 2 3 4 5 6");
  CHECK(session.search("FROM {6+}\r\nN\xc3\xbaria") == " 4");
  CHECK(session.search("FROM \"Puig, Anna <anna@alba.example>\"") == " 5");
  CHECK(session.search("FROM \"(another\"") == "");
  CHECK(session.search("HEADER FROM \"(another\"") == " 2");
  CHECK(session.search("FROM friends:") == " 6");
  CHECK(session.search("NOT FROM bruno") == " 1 2 3 4 5");
}

TEST_CASE("IMAP: SEARCH BODY and TEXT read what is no text/* and yet is text, and what nobody can decode") {
  mailstore::Account account("bruno");
  account.inbox().append(start,
                         "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nfailed\r\n--b\r\n"
                         "Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; zq@x.example\r\n"
                         "--b--\r\n");
  account.inbox().append(start, "Content-Type: message/partial; id=a; number=1; total=2\r\n\r\nfindme\r\n");
  account.inbox().append(start, "Content-Type: text/plain\r\nContent-Transfer-Encoding: x-unknown\r\n\r\nfindme\r\n");
  account.inbox().append(start, "Content-Type: image/png\r\n\r\nfindme\r\n");
  account.inbox().append(start,
                         "Content-Type: text/plain\r\n\r\nPr\xfc"
                         "fung\r\n");
  Selected session(account);
  for (const std::string key : {"BODY", "TEXT", "FUZZY BODY"}) {
    CHECK(session.search(key + " zq@x.example") == " 1");
    CHECK(session.search(key + " findme") == " 2 3");
    CHECK(session.search(key + " {8+}\r\nPr\xc3\xbc"
                               "fung") == " 5");
  }
}

TEST_CASE("IMAP: SEARCH by what a message says of its date, disregarding time and zone (RFC 9051 §6.4.4)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, "Date: Sun, 01 Mar 2026 23:30:00 -0500\r\n\r\n");  // the second of March in UTC
  account.inbox().append(start, "Date: Mon, 02 Mar 2026 00:30:00 +0500\r\n\r\n");
  account.inbox().append(start, "Subject: no date\r\n\r\n");
  Selected session(account);
  CHECK(session.search("SENTON 1-Mar-2026") == " 1");
  CHECK(session.search("SENTSINCE 2-Mar-2026") == " 2");
  CHECK(session.search("SENTBEFORE 2-Mar-2026") == " 1");
  CHECK(session.search("NOT SENTSINCE 1-Jan-2000") == " 3");
}

TEST_CASE("IMAP: SEARCH by age, save date, object id (RFC 5032 §2, RFC 8514 §4.3, RFC 8474 §5.4)") {
  mailstore::Account account("bruno");
  const mailstore::NewMessage old{account.content("Message-ID: <1@x>\r\n\r\n"), {}, start - std::chrono::hours(48)};
  account.inbox().append(start, {&old, 1});
  account.inbox().append(start, "In-Reply-To: <1@x>\r\n\r\n");
  Selected session(account);
  CHECK(session.search("OLDER 172800") == " 1");
  CHECK(session.search("OLDER 172801") == "");
  CHECK(session.search("YOUNGER 172800") == " 1 2");
  CHECK(session.search("YOUNGER 172799") == " 2");
  CHECK(session.search("OLDER 0") == "a BAD invalid arguments\r\n");
  CHECK(session.search("SAVEDON 2-Mar-2026 BEFORE 2-Mar-2026") == " 1");
  CHECK(session.search("SAVEDSINCE 3-Mar-2026") == "");
  CHECK(session.search("SAVEDBEFORE 3-Mar-2026 SAVEDATESUPPORTED") == " 1 2");
  const auto& messages = account.inbox().messages();
  CHECK(session.search("EMAILID " + messages[1].content->email().text('M')) == " 2");
  CHECK(session.search("THREADID " + messages[0].content->thread().text('T')) == " 1 2");
  CHECK(session.search("EMAILID Mnone") == "");
}

TEST_CASE("IMAP: ESEARCH returns what is asked for, and no more (RFC 4731 §3.1, §3.2)") {
  CHECK(after_select(
            "a SEARCH RETURN (MIN COUNT) ALL\r\nb SEARCH RETURN () UNSEEN\r\nc UID SEARCH RETURN (MAX ALL) 1:2\r\n"
            "d SEARCH RETURN (MIN MAX ALL COUNT) ANSWERED\r\n") ==
        "* ESEARCH (TAG \"a\") MIN 1 COUNT 3\r\na OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"b\") ALL 1,3\r\nb OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"c\") UID MAX 2 ALL 1:2\r\nc OK UID SEARCH completed\r\n"
        "* ESEARCH (TAG \"d\") COUNT 0\r\nd OK SEARCH completed\r\n");
  const std::string modseq = after_select(
      "z SEARCH MODSEQ 9\r\na SEARCH RETURN (MIN) MODSEQ 1\r\nb SEARCH RETURN (MIN COUNT) MODSEQ 1\r\n"
      "c SEARCH RETURN (MIN MAX) NOT 3 MODSEQ \"/flags/\\\\seen\" shared 1\r\nd SEARCH RETURN () MODSEQ 9\r\n");
  CHECK(modseq.substr(modseq.find("* ESEARCH")) ==
        "* ESEARCH (TAG \"a\") MIN 1 MODSEQ 2\r\na OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"b\") MIN 1 COUNT 3 MODSEQ 4\r\nb OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"c\") MIN 1 MAX 2 MODSEQ 3\r\nc OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"d\")\r\nd OK SEARCH completed\r\n");
  for (const std::string_view wrong :
       {"RETURN ALL", "RETURN (ALL", "RETURN (X) ALL", "RETURN (ALL)ALL", "RETURN (PARTIAL 1) ALL",
        "RETURN (ALL PARTIAL 1:2) ALL", "RETURN (PARTIAL 0:1) ALL", "RETURN (PARTIAL 1:-2) ALL",
        "RETURN (PARTIAL -1:2) ALL", "RETURN (PARTIAL 1:2 PARTIAL 1:2) ALL", "MODSEQ \"/x\" all 1",
        "MODSEQ \"/flags/x\" some 1", "MODSEQ \"/flags/x\" 1"})
    CHECK(after_select("a SEARCH " + std::string(wrong) + "\r\n") == "a BAD invalid arguments\r\n");
}

TEST_CASE("IMAP: PARTIAL returns a part of what is found, from either end (RFC 9394 §3.1, §3.3)") {
  CHECK(after_select("a UID SEARCH RETURN (PARTIAL 2:9) ALL\r\nb SEARCH RETURN (PARTIAL -1:-2 COUNT) ALL\r\n"
                     "c SEARCH RETURN (PARTIAL 2:1) ALL\r\nd SEARCH RETURN (PARTIAL 4:5) ALL\r\n"
                     "e UID FETCH 1:* FLAGS (PARTIAL -1:-1)\r\nf UID FETCH 1:* UID (PARTIAL 1:2)\r\n") ==
        "* ESEARCH (TAG \"a\") UID PARTIAL (2:9 2:3)\r\na OK UID SEARCH completed\r\n"
        "* ESEARCH (TAG \"b\") COUNT 3 PARTIAL (-1:-2 2:3)\r\nb OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"c\") PARTIAL (2:1 1:2)\r\nc OK SEARCH completed\r\n"
        "* ESEARCH (TAG \"d\") PARTIAL (4:5 NIL)\r\nd OK SEARCH completed\r\n"
        "* 3 FETCH (UID 3 FLAGS (\\Deleted \\Flagged \\Recent))\r\ne OK UID FETCH completed\r\n"
        "* 1 FETCH (UID 1)\r\n* 2 FETCH (UID 2)\r\nf OK UID FETCH completed\r\n");
}

TEST_CASE("IMAP: \"$\" is what the last SEARCH with SAVE has found (RFC 5182 §2)") {
  CHECK(after_select("a SEARCH RETURN (SAVE) UNSEEN\r\nb FETCH $ UID\r\nc SEARCH $ DELETED\r\nd UID SEARCH UID $\r\n"
                     "e STORE $ +FLAGS.SILENT (\\Deleted)\r\nf UID EXPUNGE $\r\ng FETCH $ UID\r\nh SEARCH $\r\n") ==
        "a OK SEARCH completed\r\n* 1 FETCH (UID 1)\r\n* 3 FETCH (UID 3)\r\nb OK FETCH completed\r\n"
        "* SEARCH 3\r\nc OK SEARCH completed\r\n* SEARCH 1 3\r\nd OK UID SEARCH completed\r\n"
        "e OK STORE completed\r\n* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n* 1 RECENT\r\nf OK UID EXPUNGE completed\r\n"
        "g OK FETCH completed\r\n* SEARCH\r\nh OK SEARCH completed\r\n");
  // MIN, MAX and PARTIAL alone keep what they return; ALL or COUNT keep everything (§2.4, RFC 9394 §3.2).
  const auto kept = [](const std::string& options) {
    const std::string said = after_select("a SEARCH RETURN (" + options + ") ALL\r\nb SEARCH $\r\n");
    return said.substr(said.find("* SEARCH"));
  };
  const std::string end = "\r\nb OK SEARCH completed\r\n";
  CHECK(kept("SAVE MIN") == "* SEARCH 1" + end);
  CHECK(kept("SAVE MAX") == "* SEARCH 3" + end);
  CHECK(kept("SAVE MIN MAX") == "* SEARCH 1 3" + end);
  CHECK(kept("SAVE MIN COUNT") == "* SEARCH 1 2 3" + end);
  CHECK(kept("SAVE PARTIAL 2:2") == "* SEARCH 2" + end);
  CHECK(kept("SAVE PARTIAL 2:2 MAX") == "* SEARCH 2 3" + end);
  CHECK(kept("SAVE PARTIAL 2:2 COUNT") == "* SEARCH 1 2 3" + end);
  CHECK(kept("ALL") == "* SEARCH" + end);
  // BAD changes nothing, NO empties it (§2.1); another SELECT empties it.
  const auto then = [](const std::string& command) {
    const std::string said = after_select("a SEARCH RETURN (SAVE) ALL\r\nb " + command + "\r\nc UID FETCH $ UID\r\n");
    return said.substr(said.rfind("\r\nb ") + 2);
  };
  CHECK(then("SEARCH RETURN (SAVE) X").ends_with("* 3 FETCH (UID 3)\r\nc OK UID FETCH completed\r\n"));
  CHECK(then("SEARCH RETURN (SAVE) CHARSET x ALL").ends_with("known\r\nc OK UID FETCH completed\r\n"));
  CHECK(then("SELECT INBOX").ends_with("SELECT completed\r\nc OK UID FETCH completed\r\n"));
}

TEST_CASE("IMAP: ESEARCH looks through several mailboxes, each answered for itself (RFC 7377 §2)") {
  mailstore::Account account("bruno");
  test::fill(account);
  for (const char* name : {"A", "A/B", "A/B/C", "Sent"}) account.create(name).mailbox->append(start, test::message_two);
  account.find("Sent")->append(start, test::message_one);
  account.subscribe("Sent");
  Session session(account);
  session.say("x LOGIN bruno ginger-4\r\n");
  const auto found = [&session](const std::string& command) { return session.say("a ESEARCH " + command + "\r\n"); };
  const auto in = [](const std::string& name, const std::string& validity, const std::string& data) {
    return "* ESEARCH (TAG \"a\" MAILBOX " + name + " UIDVALIDITY " + validity + ") UID " + data + "\r\n";
  };
  const std::string ok = "a OK ESEARCH completed\r\n", invalid = "a BAD invalid arguments\r\n";
  CHECK(found("IN (personal) FROM anna") == in("A", "2", "ALL 1") + in("A/B", "3", "ALL 1") +
                                                in("A/B/C", "4", "ALL 1") + in("INBOX", "1", "ALL 2") +
                                                in("Sent", "5", "ALL 1") + ok);
  CHECK(found("IN (subtree A) RETURN (COUNT) ALL") ==
        in("A", "2", "COUNT 1") + in("A/B", "3", "COUNT 1") + in("A/B/C", "4", "COUNT 1") + ok);
  CHECK(found("IN (subtree-one A mailboxes A) ALL") == in("A", "2", "ALL 1") + in("A/B", "3", "ALL 1") + ok);
  CHECK(found("IN (inboxes) RETURN (MIN MAX) UNSEEN") == in("INBOX", "1", "MIN 1 MAX 3") + ok);
  CHECK(found("IN (subscribed) 2:9") == in("Sent", "5", "ALL 2") + ok);
  CHECK(found("IN (mailboxes (Sent Nowhere)) CHARSET ISO-8859-1 FROM {5+}\r\nN\xfaria") ==
        in("Sent", "5", "ALL 2") + ok);
  CHECK(found("IN (mailboxes Sent) RETURN (COUNT PARTIAL 1:1) MODSEQ 1") ==
        in("Sent", "5", "COUNT 2 PARTIAL (1:1 1) MODSEQ 3") + ok);
  CHECK(found("IN (mailboxes Sent) SUBJECT nothing") == ok);
  CHECK(found("IN (mailboxes Sent) CHARSET x ALL").starts_with("a NO [BADCHARSET"));
  CHECK(found("ALL") == invalid);  // no mailbox is selected
  CHECK(found("IN (selected) ALL") == invalid);
  CHECK(found("IN (selected-delayed) ALL") == invalid);
  session.say("y SELECT Sent\r\n");
  CHECK(found("UID 2") == in("Sent", "5", "ALL 2") + ok);
  CHECK(found("IN (selected inboxes) 1") == in("Sent", "5", "ALL 1") + in("INBOX", "1", "ALL 1") + ok);
  CHECK(found("RETURN (SAVE) FROM anna") == ok);
  CHECK(found("IN (selected) RETURN (COUNT) $") == in("Sent", "5", "COUNT 1") + ok);
  CHECK(session.say("b FETCH $ UID\r\n") == "* 1 FETCH (UID 1)\r\nb OK FETCH completed\r\n");
  for (const std::string_view wrong :
       {"IN (selected inboxes) RETURN (SAVE) ALL", "IN () ALL", "IN personal ALL", "IN (subtree) ALL"})
    CHECK(found(std::string(wrong)) == invalid);
  Session fresh(account);
  fresh.say("x LOGIN bruno ginger-4\r\n");
  for (const std::string_view wrong : {"IN (inboxes) $", "IN (mailboxes ()) ALL", "IN (personal) X", "IN (personal)"})
    CHECK(fresh.say("a ESEARCH " + std::string(wrong) + "\r\n") == invalid);
}
