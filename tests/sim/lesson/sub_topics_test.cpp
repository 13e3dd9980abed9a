#include "sim/lesson/sub_topics.hpp"

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
