#include "sim/words/sub_topics.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

namespace {

using Found = std::vector<SubTopic>;

}  // namespace

TEST_CASE("A reply's enhanced code is a topic of its own (RFC 2034 §4)") {
  CHECK(sub_topics("smtp/reply/RCPT/550", "550 5.1.1 No such user") == Found{{"5.1.1", "smtp/enhanced/5.1.1"}});
  CHECK(sub_topics("smtp/reply/content/250", "250-2.0.0 One\n250 2.0.0 Two") ==
        Found{{"2.0.0", "smtp/enhanced/2.0.0"}});
  CHECK(sub_topics("smtp/reply/RCPT/550", "550 No such user").empty());
  CHECK(sub_topics("smtp/reply/RCPT/550", "550 5.9.99 Nobody knows").empty());
  CHECK(sub_topics("smtp/reply/RCPT/550", "550").empty());
  CHECK(sub_topics("smtp/command/MAIL", "MAIL 5.1.1").empty());
}

TEST_CASE("Each extension that EHLO's answer offers is a topic of its own (RFC 5321 §4.1.1.1)") {
  CHECK(sub_topics("smtp/reply/EHLO/250", "250-SIZE greets you\n250-PIPELINING\n250-size 1000\n250-XNEW\n250 AUTH A") ==
        Found{{"PIPELINING", "smtp/extension/PIPELINING"},
              {"size", "smtp/extension/SIZE"},
              {"AUTH", "smtp/extension/AUTH"}});
  CHECK(sub_topics("smtp/reply/HELO/250", "250-a.example\n250 PIPELINING").empty());
}

TEST_CASE("Each header field of a message's content is a topic of its own, once (RFC 5322 §2.2)") {
  const Found expected{{"received", "header/Received"}, {"Subject", "header/Subject"}};
  CHECK(sub_topics("smtp/content",
                   "received: a\r\nReceived: b\r\n To: folded\r\nX-New: d\r\nSubject : e\r\n\r\nTo: f") == expected);
  CHECK(sub_topics("smtp/chunk", "received: a\nSubject: b\n\nTo: c\n") == expected);
  CHECK(sub_topics("smtp/content", "").empty());
}

TEST_CASE("The code of an IMAP response is a topic of its own, and what it lists (RFC 3501 §7.1, RFC 5530)") {
  CHECK(sub_topics("imap/reply/SELECT/OK", "a1 OK [READ-WRITE] SELECT completed") ==
        Found{{"READ-WRITE", "imap/code/READ-WRITE"}});
  CHECK(sub_topics("imap/reply/LOGIN/NO", "a1 NO no [READ-WRITE] here").empty());
  CHECK(sub_topics("imap/untagged/OK", "* OK [UIDNEXT 7] next") == Found{{"UIDNEXT", "imap/code/UIDNEXT"}});
  CHECK(
      sub_topics("imap/untagged/OK", "* OK [PERMANENTFLAGS (\\Seen \\*)] may") ==
      Found{{"PERMANENTFLAGS", "imap/code/PERMANENTFLAGS"}, {"\\Seen", "imap/flag/\\Seen"}, {"\\*", "imap/flag/\\*"}});
  CHECK(sub_topics("imap/untagged/greeting", "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN XNEW] hello") ==
        Found{{"CAPABILITY", "imap/code/CAPABILITY"},
              {"IMAP4rev1", "imap/capability/IMAP4REV1"},
              {"AUTH=PLAIN", "imap/capability/AUTH"}});
  CHECK(sub_topics("imap/untagged/BYE", "* BYE").empty());
  CHECK(sub_topics("imap/untagged/OK", "* OK [").empty());
}

TEST_CASE("Capabilities, flags, data items and attributes in lines of IMAP are topics of their own") {
  CHECK(sub_topics("imap/untagged/CAPABILITY", "* CAPABILITY THREAD=REFERENCES STATUS=SIZE") ==
        Found{{"THREAD=REFERENCES", "imap/capability/THREAD"}, {"STATUS=SIZE", "imap/capability/STATUS=SIZE"}});
  CHECK(sub_topics("imap/untagged/FETCH",
                   "* 3 FETCH (UID 3 FLAGS (\\seen $junk) INTERNALDATE \"ENVELOPE\" BODY[HEADER] {20}\nMODSEQ") ==
        Found{{"UID", "imap/item/UID"},
              {"FLAGS", "imap/item/FLAGS"},
              {"INTERNALDATE", "imap/item/INTERNALDATE"},
              {"BODY", "imap/item/BODY"},
              {"\\seen", "imap/flag/\\Seen"},
              {"$junk", "imap/flag/$Junk"}});
  CHECK(sub_topics("imap/command/UID FETCH", "a1 UID FETCH 1:* (body.peek[TEXT]<0.9> RFC822.SIZE)") ==
        Found{{"body.peek", "imap/item/BODY"}, {"RFC822.SIZE", "imap/item/RFC822.SIZE"}});
  CHECK(sub_topics("imap/command/STORE", "a1 STORE 1 +FLAGS (\\Deleted)") ==
        Found{{"\\Deleted", "imap/flag/\\Deleted"}});
  CHECK(sub_topics("imap/command/UID STORE", "a1 UID STORE 1 annotation (/comment (value.priv NIL))") ==
        Found{{"annotation", "imap/item/ANNOTATION"}});
  CHECK(sub_topics("imap/untagged/FETCH", "* 1 FETCH (ANNOTATION (/comment))") ==
        Found{{"ANNOTATION", "imap/item/ANNOTATION"}});
  CHECK(sub_topics("imap/untagged/STATUS", "* STATUS \"(UNSEEN\" (MESSAGES 3)") ==
        Found{{"MESSAGES", "imap/status/MESSAGES"}});
  CHECK(sub_topics("imap/untagged/LIST", "* LIST (\\HasNoChildren \\Sent) \"/\" \\Trash") ==
        Found{{"\\HasNoChildren", "imap/attribute/\\HasNoChildren"}, {"\\Sent", "imap/attribute/\\Sent"}});
  CHECK(sub_topics("imap/command/STATUS", "a1 STATUS").empty());
  CHECK(sub_topics("imap/untagged/FETCH", "* 3 FETCH (\"").empty());
}

TEST_CASE("A POP3 reply's code, and what CAPA lists, are topics of their own (RFC 2449 §5, §8)") {
  CHECK(sub_topics("pop3/reply/PASS/-ERR", "-ERR [IN-USE] wait") == Found{{"IN-USE", "pop3/code/IN-USE"}});
  CHECK(sub_topics("pop3/reply/PASS/-ERR", "-ERR [sys/temp] wait") == Found{{"sys/temp", "pop3/code/SYS/TEMP"}});
  CHECK(sub_topics("pop3/reply/PASS/-ERR", "-ERR no [IN-USE]").empty());
  CHECK(sub_topics("pop3/reply/PASS/-ERR", "-ERR [").empty());
  CHECK(sub_topics("pop3/reply/CAPA/+OK", "+OK list\nTOP\nEXPIRE 30\nX-NEW\n.") ==
        Found{{"TOP", "pop3/capability/TOP"}, {"EXPIRE", "pop3/capability/EXPIRE"}});
}
