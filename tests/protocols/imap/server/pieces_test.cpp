// Long commands in pieces: others' commands come in between, and the answers are the same.
#include <catch2/catch_all.hpp>
#include <functional>
#include <string>

#include "tests/protocols/imap/server/session.hpp"

using namespace mailscope;
using test::Session;
using test::start;

namespace {

const std::string login = "x LOGIN bruno ginger-4\r\ny SELECT INBOX\r\n";

void fill(mailstore::Account& account, std::size_t messages) {
  for (std::size_t i = 0; i < messages; ++i)
    account.inbox().append(start, "Subject: " + std::to_string(i * 7 % 100) + "\r\n\r\n" + std::string(400, 'x') + "\r\n");
  account.create("Target");
}

/// What the server says to `input`, and how often it stopped before all was done.
struct Said {
  std::string text;
  std::size_t stops{};
};

imap::ServerConfig in_pieces(bool pieces) {
  imap::ServerConfig config{"mx.llevant.example"};
  config.in_pieces = pieces;
  return config;
}

struct Talk {
  explicit Talk(mailstore::Account& the_account, bool pieces = true) : account(the_account), server(in_pieces(pieces)) {}

  /// `between` runs at each stop.
  Said say(const std::string& input, const std::function<void()>& between = {}) {
    const std::size_t before = record.sent.size();
    std::size_t stops = 0;
    server.receive(start, input);
    test::drain<imap::Server>(server, start, record, test::imap_host(account));
    for (; server.has_work(); ++stops) {
      REQUIRE(stops < 100'000);
      if (between) between();
      test::drain<imap::Server>(server, start, record, test::imap_host(account));
    }
    return {record.sent.substr(before), stops};
  }

  mailstore::Account& account;
  imap::Server server;
  test::Record<imap::Server> record;
};

}  // namespace

TEST_CASE("IMAP: a long command is done in pieces, and answered as at once") {
  const std::string commands =
      "a SEARCH BODY xyz\r\nb UID SEARCH RETURN (ALL COUNT) NOT SUBJECT 1\r\nc SORT (REVERSE SUBJECT ARRIVAL) UTF-8 ALL\r\n"
      "d THREAD ORDEREDSUBJECT UTF-8 ALL\r\ne STORE 1:900 +FLAGS.SILENT (\\Deleted)\r\nf COPY 1:* Target\r\n"
      "g UID MOVE 901:1000 Target\r\nh ESEARCH IN (personal) RETURN (COUNT) SUBJECT 1\r\ni EXPUNGE\r\nj CREATE Later\r\n"
      "k SEARCH UID 1:4000\r\n";
  std::string texts[2];
  for (const bool pieces : {false, true}) {
    mailstore::Account account("bruno");
    fill(account, 3'000);
    Talk talk(account, pieces);
    const Said said = talk.say(login + commands);
    texts[pieces ? 1 : 0] = said.text;
    CHECK((said.stops > 40) == pieces);
    CHECK(account.find("Target")->messages().size() == 3'100);
    CHECK(account.inbox().messages().size() == 2'000);
  }
  CHECK(texts[0] == texts[1]);
  CHECK(texts[1].find("\r\nf OK [COPYUID ") != std::string::npos);
}

TEST_CASE("IMAP: what others expunge between the pieces of a command is missing, and nothing breaks (RFC 2180 §4)") {
  mailstore::Account account("bruno");
  fill(account, 2'000);
  Talk talk(account);
  (void)talk.say(login);
  const auto expunge_one = [&account] {
    if (account.inbox().messages().empty()) return;
    const mailstore::Uid last = account.inbox().messages().back().uid;
    account.inbox().remove(last);
  };
  CHECK(talk.say("a SEARCH SUBJECT 1\r\n", expunge_one).text.find("a OK") != std::string::npos);
  CHECK(talk.say("b SORT (SUBJECT) UTF-8 ALL\r\n", expunge_one).text.find("b OK") != std::string::npos);
  CHECK(talk.say("c UID COPY 1:* Target\r\n", expunge_one).text.find("c OK [COPYUID") != std::string::npos);
  CHECK(talk.say("d UID STORE 1:* +FLAGS (\\Seen)\r\n", expunge_one).text.find("d OK") != std::string::npos);
  CHECK(talk.say("e NOOP\r\nf SEARCH ALL\r\n").text.find("f OK") != std::string::npos);
}

TEST_CASE("IMAP: a COPY that another session leaves no room for takes back what it has copied (RFC 9051 §6.4.7)") {
  mailstore::Account account("bruno");
  fill(account, 1'000);
  Talk talk(account);
  (void)talk.say(login);
  std::size_t stops = 0;
  const auto fill_quota = [&] {
    mailstore::Quota quota;
    quota.messages = account.usage().messages;
    if (++stops == 2) account.set_quota(quota);
  };
  const Said said = talk.say("a COPY 1:* Target\r\n", fill_quota);
  CHECK(said.text.find("a NO [OVERQUOTA]") != std::string::npos);
  CHECK(account.find("Target")->messages().empty());
  CHECK(account.inbox().messages().size() == 1'000);
}
