// What a device knows of the POP3 messages that it has collected: no trouble of a server makes them come again.
#include "sim/hosts/device/collected_mail.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

namespace {
constexpr Instant now{};
}

TEST_CASE("collected mail: a server that loses its unique-ids for a while brings nothing again") {
  CollectedMail mail;
  CHECK(mail.take("u1", "one", now));
  mail.begin_session();  // without ids
  CHECK_FALSE(mail.take("", "one", now));
  CHECK(mail.take("", "two", now));
  mail.seen_all();
  mail.begin_session();  // and again
  CHECK_FALSE(mail.take("", "one", now));
  CHECK_FALSE(mail.take("", "two", now));
  mail.seen_all();
  mail.begin_session();  // with ids
  mail.listed({"u1", "u2"});
  CHECK_FALSE(mail.take("u2", "two", now));
  CHECK(mail.ids() == std::set<std::string>{"u1", "u2"});
}

TEST_CASE("collected mail: two messages may be alike to the last octet") {
  CollectedMail mail;
  mail.begin_session();
  CHECK(mail.take("", "same", now));
  CHECK(mail.take("", "same", now));
  mail.begin_session();
  CHECK_FALSE(mail.take("", "same", now));
  CHECK_FALSE(mail.take("", "same", now));
  CHECK(mail.take("", "same", now));
}

TEST_CASE("collected mail: an id is forgotten when it was missing often enough in a row, and not before") {
  CollectedMail mail;
  (void)mail.take("u1", "one", now);
  for (unsigned round = 0; round < 2; ++round) {
    for (unsigned times = 1; times < CollectedMail::absences_max; ++times) mail.listed({});
    CHECK(mail.ids().contains("u1"));
    mail.listed({"u1"});
  }
  for (unsigned times = 0; times < CollectedMail::absences_max; ++times) mail.listed({});
  CHECK(mail.ids().empty());
}

TEST_CASE("collected mail: what was taken away there is forgotten where the server gives no ids") {
  CollectedMail mail;
  mail.begin_session();
  CHECK(mail.take("", "one", now));
  mail.begin_session();
  mail.seen_all();
  mail.begin_session();
  CHECK(mail.take("", "one", now));
}
