#include "protocols/pop3/client.hpp"

#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/pop3/reply.hpp"
#include "protocols/pop3/server.hpp"
#include "tests/protocols/drive.hpp"
#include "tests/protocols/one_user.hpp"

using namespace mailscope;
using namespace mailscope::pop3;
using test::Record;
using test::start;

static_assert(Engine<Client>);

namespace {

const std::string first = "Subject: one\r\n\r\n.dot\r\n";
const std::string second = "Subject: two\r\n\r\ntext\r\n";

struct Outcome {
  std::vector<MessageRetrieved> messages;
  std::vector<MessagePreviewed> previews;
  std::set<std::string> listed;
  bool has_all_ids{};
  std::vector<LoginRetried> retried;
  std::string error{"no SessionDone"};
  bool try_later{};
  std::string script;
  std::vector<std::string> steps;
};

Outcome outcome_of(const Record<Client>& record) {
  Outcome outcome;
  for (const auto& event : record.events)
    if (const auto* message = std::get_if<MessageRetrieved>(&event))
      outcome.messages.push_back(*message);
    else if (const auto* preview = std::get_if<MessagePreviewed>(&event))
      outcome.previews.push_back(*preview);
    else if (const auto* listed = std::get_if<MaildropListed>(&event))
      outcome.listed = listed->unique_ids, outcome.has_all_ids = listed->has_all_ids;
    else if (const auto* retried = std::get_if<LoginRetried>(&event))
      outcome.retried.push_back(*retried);
    else if (const auto* done = std::get_if<SessionDone>(&event)) {
      outcome.error = done->error;
      outcome.try_later = done->try_later;
    }
  outcome.steps = test::told(record.steps);
  CHECK(record.closed);
  return outcome;
}

/// One session against our server, octets carried whole or one at a time.
Outcome collect(mailstore::Account& account, const ClientConfig& config, std::size_t chunk = 0,
                bool plaintext_login = true) {
  Client client(config);
  Server server({"mx.llevant.example", plaintext_login});
  const auto talk = test::converse<Client, Server>(client, server, chunk, test::one_user(account, "bruno", "ginger-4"));
  Outcome outcome = outcome_of(talk.client);
  outcome.script = talk.script();
  CHECK(talk.server.closed);
  return outcome;
}

/// The same on two accounts, whole and byte by byte.
Outcome collect_twice(const ClientConfig& config, const std::vector<std::string>& contents, std::size_t left) {
  Outcome outcomes[2];
  for (const std::size_t chunk : {0U, 1U}) {
    mailstore::Account account("bruno");
    for (const auto& content : contents) account.inbox().append(start, content);
    outcomes[chunk] = collect(account, config, chunk);
    CHECK(account.inbox().messages().size() == left);
  }
  CHECK(outcomes[0].steps == outcomes[1].steps);
  return outcomes[0];
}

/// What the client does when a server says exactly this, whether asked or not, and then closes.
Outcome hear(std::string_view server_says, std::size_t chunk = 0,
             ClientConfig config = {"bruno", "ginger-4", false, {}}) {
  Client client(std::move(config));
  Record<Client> record;
  test::feed<Client>(client, server_says, chunk, start, record);
  client.receive_eof(start);
  test::drain<Client>(client, start, record);
  return outcome_of(record);
}

}  // namespace

TEST_CASE("POP3 client: collects, deletes and quits, and the maildrop is empty (RFC 1939 §4 to §6)") {
  const auto outcome = collect_twice({"bruno", "ginger-4", false, {}}, {first, second}, 0);
  CHECK(outcome.error.empty());
  REQUIRE(outcome.messages.size() == 2);
  CHECK(outcome.messages[0].content == first);
  CHECK(outcome.messages[1].content == second);
  CHECK(outcome.messages[1].unique_id == "1.2");
  CHECK(outcome.script ==
        "S: +OK mx.llevant.example POP3 server ready\n"
        "C: CAPA\n"
        "S: +OK capability list follows\nTOP\nUIDL\nRESP-CODES\nAUTH-RESP-CODE\nPIPELINING\nUTF8\nLANG\nUSER\nSASL "
        "PLAIN LOGIN\n"
        "EXPIRE NEVER\nIMPLEMENTATION Mailscope\n.\n"
        "C: USER bruno\nS: +OK send PASS\n"
        "C: PASS ginger-4\nS: +OK maildrop locked and ready, 2 messages (44 octets)\n"
        "C: STAT\nS: +OK 2 44\n"
        "C: UIDL\nC: LIST\n"
        "S: +OK 2 messages (44 octets)\n1 1.1\n2 1.2\n.\n"
        "S: +OK 2 messages (44 octets)\n1 22\n2 22\n.\n"
        "C: RETR 1\nC: RETR 2\n"
        "S: +OK 22 octets\nSubject: one\n\n..dot\n.\n"
        "C: DELE 1\n"
        "S: +OK 22 octets\nSubject: two\n\ntext\n.\n"
        "C: DELE 2\n"
        "S: +OK message 1 deleted\nS: +OK message 2 deleted\n"
        "C: QUIT\nS: +OK mx.llevant.example POP3 server signing off, 0 left\n");
}

TEST_CASE("POP3 client: an empty maildrop is left at once") {
  const auto outcome = collect_twice({"bruno", "ginger-4", false, {}}, {}, 0);
  CHECK(outcome.error.empty());
  CHECK(outcome.script.ends_with(
      "C: STAT\nS: +OK 0 0\nC: QUIT\nS: +OK mx.llevant.example POP3 server signing off, 0 left\n"));
}

TEST_CASE("POP3 client: what is left on the server is collected once (RFC 1939 §7, UIDL)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, first);
  ClientConfig config{"bruno", "ginger-4", true, {}};
  const auto one = collect(account, config);
  REQUIRE(one.messages.size() == 1);
  CHECK(one.script.find("DELE") == std::string::npos);
  CHECK(account.inbox().messages().size() == 1);

  config.known.insert(one.messages[0].unique_id);
  account.inbox().append(start, second);
  const auto two = collect(account, config);
  REQUIRE(two.messages.size() == 1);
  CHECK(two.messages[0].content == second);
  CHECK(account.inbox().messages().size() == 2);

  config.known.insert(two.messages[0].unique_id);
  config.leave_on_server = false;  // known already: only deleted now
  const auto three = collect(account, config);
  CHECK(three.messages.empty());
  CHECK(account.inbox().messages().empty());
}

TEST_CASE("POP3 client: a wrong password ends with QUIT and the server's line") {
  const auto outcome = collect_twice({"bruno", "wrong", false, {}}, {first}, 1);
  CHECK(outcome.error == "-ERR [AUTH] invalid user name or password");
  CHECK(outcome.messages.empty());
  CHECK(outcome.script.find("C: QUIT\nS: +OK") != std::string::npos);
}

TEST_CASE("POP3 client: a locked maildrop ends with the server's line (RFC 1939 §4)") {
  mailstore::Account account("bruno");
  REQUIRE(account.lock_maildrop());
  CHECK(collect(account, {"bruno", "ginger-4", false, {}}).error == "-ERR [IN-USE] another session holds the maildrop");
}

TEST_CASE("POP3 client: where USER is not offered no password is sent (RFC 2449 §6.2)") {
  mailstore::Account account("bruno");
  const auto outcome = collect(account, {"bruno", "ginger-4", false, {}}, 0, false);
  CHECK(outcome.error == "the server offers no login that this program would use");
  CHECK(outcome.script.find("ginger") == std::string::npos);
}

TEST_CASE("POP3 client: no line break can be smuggled through user name or password, and none too long is sent") {
  for (const std::string& password : {std::string("x\r\nDELE 1"), std::string("a\nb"), std::string("nul\0", 4),
                                      std::string(), std::string(command_octets_max - 6, 'x')}) {
    mailstore::Account account("bruno");
    CHECK(collect(account, {"bruno", password, false, {}}).error ==
          "user name or password cannot be sent in a POP3 command");
  }
  mailstore::Account account("bruno");
  CHECK(collect(account, {"bruno", std::string(command_octets_max - 7, 'x'), false, {}}).error ==
        "-ERR [AUTH] invalid user name or password");
}

TEST_CASE("POP3 client: servers without CAPA and UIDL serve too (RFC 1939 §7)") {
  const std::string_view says =
      "+OK\r\n-ERR what?\r\n+OK\r\n+OK\r\n+OK 1 22\r\n-ERR no\r\n+OK\r\n1 22\r\n.\r\n+OK\r\nSubject: "
      "one\r\n\r\n..dot\r\n.\r\n"
      "+OK\r\n+OK bye\r\n";
  const auto outcome = hear(says);
  CHECK(outcome.steps == hear(says, 1).steps);
  CHECK(outcome.error.empty());
  REQUIRE(outcome.messages.size() == 1);
  CHECK(outcome.messages[0].unique_id.empty());
  CHECK(outcome.messages[0].content == first);
}

TEST_CASE("POP3 client: capabilities have no case (RFC 2449 §3)") {
  const auto outcome = hear("+OK\r\n+OK\r\nuser\r\npipelining\r\n.\r\n+OK\r\n+OK\r\n+OK 0 0\r\n+OK bye\r\n");
  CHECK(outcome.error.empty());
}

TEST_CASE("POP3 client: a listing without unique-ids, or with too few, is told as such (RFC 1939 §7)") {
  const std::string to_uidl = "+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 2 2\r\n";
  const std::string list = "+OK\r\n1 1\r\n2 1\r\n.\r\n";
  CHECK(hear(to_uidl + "+OK\r\n1 a\r\n2 b\r\n.\r\n" + list).has_all_ids);
  for (const std::string uidl : {"-ERR [SYS/TEMP] x\r\n", "+OK\r\n.\r\n", "+OK\r\n1 a\r\n.\r\n"})
    CHECK_FALSE(hear(to_uidl + uidl + list).has_all_ids);
}

TEST_CASE("POP3 client: after a refused APOP the password is told only over TLS that is verified (RFC 1939 §7)") {
  const std::string greeting = "+OK <1@a>\r\n-ERR\r\n";
  const auto refused = hear(greeting + "-ERR no\r\n+OK bye\r\n");
  CHECK(refused.steps == hear(greeting + "-ERR no\r\n+OK bye\r\n", 1).steps);
  CHECK(refused.error == "-ERR no");
  CHECK(refused.retried.empty());
  Client client({"bruno", "ginger-4", false, {}});
  client.secured(start, {});
  Record<Client> record;
  test::feed<Client>(client, greeting + "-ERR no\r\n+OK\r\n+OK\r\n+OK 0 0\r\n+OK bye\r\n", 0, start, record);
  const auto secured = outcome_of(record);
  CHECK(secured.error.empty());
  REQUIRE(secured.retried.size() == 1);
  CHECK(secured.retried[0].next == "USER");
  CHECK(hear(greeting + "-ERR [IN-USE] x\r\n+OK bye\r\n").try_later);
}

TEST_CASE("POP3 client: with LF alone nothing is a line, unless the client is liberal") {
  const std::string_view says =
      "+OK\n-ERR\n+OK\n+OK\n+OK 1 5\n+OK\n1 a\n.\n+OK\n1 5\n.\n+OK\nA: b\n\n..x\n.\n+OK\n+OK bye\n";
  ClientConfig config{"bruno", "ginger-4", false, {}};
  CHECK(hear(says, 0, config).error == "the server closed the connection");
  config.bare_lines = BareLineFeed::EndsLine;
  const auto outcome = hear(says, 0, config);
  CHECK(outcome.steps == hear(says, 1, config).steps);
  CHECK(outcome.error.empty());
  REQUIRE(outcome.messages.size() == 1);
  CHECK(outcome.messages[0].content == "A: b\r\n\r\n.x\r\n");
}

TEST_CASE("POP3 client: USER alone where that is wished") {
  ClientConfig config{"bruno", "ginger-4", false, {}};
  config.user_only = true;
  const auto outcome =
      hear("+OK <1@a>\r\n+OK\r\nSASL PLAIN CRAM-MD5\r\n.\r\n+OK\r\n+OK\r\n+OK 0 0\r\n+OK\r\n", 0, config);
  CHECK(outcome.error.empty());
}

TEST_CASE("POP3 client: a server that begins with TLS, or waits for it, is told in words") {
  CHECK(hear(std::string_view("\x15\x03\x03\x00\x02\x02\x46", 7)).error.starts_with("the server answers with TLS"));
}

TEST_CASE("POP3 client: a refused RETR is reported, and the next message is still collected") {
  const auto outcome = hear(
      "+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 2 44\r\n-ERR\r\n+OK\r\n1 22\r\n2 22\r\n.\r\n-ERR disk\r\n"
      "+OK\r\nSubject: two\r\n\r\n.\r\n+OK\r\n+OK bye\r\n");
  CHECK(outcome.error == "-ERR disk");
  REQUIRE(outcome.messages.size() == 1);
}

TEST_CASE("POP3 client: a greeting of -ERR, garbage, a long line and a lost connection end the session") {
  CHECK(hear("-ERR busy\r\n").error == "-ERR busy");
  CHECK(hear("220 smtp.example ESMTP\r\n").error == "not a POP3 reply: 220 smtp.example ESMTP");
  CHECK(hear("+OKAY\r\n").error == "not a POP3 reply: +OKAY");
  CHECK(hear("").error == "the server closed the connection");
  CHECK(hear("+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 1 22\r\n-ERR\r\n+OK\r\n1 22\r\n.\r\n+OK\r\nSubject: o").error ==
        "the server closed the connection");
  for (const std::size_t size : {reply_octets_max, reply_octets_max + 1}) {
    const std::string line = "+OK " + std::string(size - 6, 'x') + "\r\n";
    CHECK(hear(line).error.starts_with("not a POP3 reply") == (size > reply_octets_max));
  }
}

TEST_CASE("POP3 client: a message above the limit is not asked for, and not taken unasked") {
  const std::string start_of = "+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 1 22\r\n-ERR\r\n";
  const std::string limit = std::to_string(Client::body_octets_max + 1);
  const auto skipped = hear(start_of + "+OK\r\n1 " + limit + "\r\n.\r\n+OK bye\r\n");
  CHECK(skipped.error == "message 1 is too large to collect");
  CHECK(skipped.messages.empty());
  const auto flooded =
      hear(start_of + "+OK\r\n1 22\r\n.\r\n+OK\r\n" + std::string(Client::body_octets_max, 'x') + "\r\n.\r\n");
  CHECK(flooded.error == "the answer to RETR is too large");
  CHECK(flooded.messages.empty());
}

TEST_CASE("POP3 client: a silent server is given up after two minutes") {
  Client client({"bruno", "ginger-4", false, {}});
  Record<Client> record;
  CHECK_FALSE(client.deadline());
  test::drain<Client>(client, start, record);
  CHECK(client.deadline() == start + Client::silence_max);
  test::feed<Client>(client, "+OK\r\n", 0, start + std::chrono::minutes(1), record);
  CHECK(client.deadline() == start + std::chrono::minutes(1) + Client::silence_max);
  client.deadline_passed(start + Client::silence_max);
  test::drain<Client>(client, start + Client::silence_max, record);
  CHECK_FALSE(record.closed);
  client.deadline_passed(*client.deadline());
  test::drain<Client>(client, start + std::chrono::minutes(3), record);
  CHECK(outcome_of(record).error == "the server did not answer CAPA in time");
  CHECK_FALSE(client.deadline());
}

TEST_CASE("POP3 client: whatever a server says, the session ends, and any split of it gives the same") {
  const auto seed = GENERATE(take(80, random(0U, 0xffffffffU)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  std::string says =
      "+OK\r\n+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n+OK 2 44\r\n+OK\r\n1 a\r\n2 b\r\n.\r\n+OK\r\n1 22\r\n2 22\r\n.\r\n"
      "+OK\r\nSubject: one\r\n\r\n..dot\r\n.\r\n+OK\r\n+OK\r\nSubject: two\r\n\r\ntext\r\n.\r\n+OK\r\n+OK bye\r\n";
  for (auto mutations = random() % 5; mutations > 0; --mutations)
    says[random() % says.size()] =
        random() % 2 != 0 ? static_cast<char>(random() % 256) : "+-OKER. \r\n"[random() % 10];
  const auto whole = hear(says);
  const auto split = hear(says, 1 + random() % 7);
  CHECK(whole.steps == split.steps);
  CHECK(whole.error == split.error);
  CHECK(whole.messages.size() == split.messages.size());
}

TEST_CASE("POP3 client: pipelines RETR within a window, of commands and of octets (RFC 2449 §6.6)") {
  const auto most_outstanding = [](std::size_t messages, std::size_t octets) {
    mailstore::Account account("bruno");
    for (std::size_t count = 0; count < messages; ++count) account.inbox().append(start, std::string(octets, 'x'));
    const auto outcome = collect(account, {"bruno", "ginger-4", false, {}});
    CHECK(outcome.error.empty());
    CHECK(outcome.messages.size() == messages);
    CHECK(account.inbox().messages().empty());
    std::size_t outstanding = 0, most = 0;
    for (const std::string& step : outcome.steps) {
      step.starts_with(">") ? ++outstanding : --outstanding;
      most = std::max(most, outstanding + 1);  // the greeting was no answer
    }
    return most;
  };
  CHECK(most_outstanding(40, 100) == Client::window_max);
  CHECK(most_outstanding(5, Client::window_octets_max / 2) <= 4);
}

TEST_CASE("POP3 client: one command at a time where the server does not pipeline (RFC 2449 §6.6)") {
  const std::string_view says =
      "+OK\r\n+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n+OK 2 2\r\n+OK\r\n1 a\r\n2 b\r\n.\r\n+OK\r\n1 1\r\n2 1\r\n.\r\n";
  const auto outcome = hear(says);
  CHECK(outcome.steps == hear(says, 1).steps);
  REQUIRE(outcome.steps.size() > 2);
  CHECK(outcome.steps.back().ends_with("RETR 1"));
  CHECK(outcome.listed == std::set<std::string>{"a", "b"});
}

TEST_CASE("POP3 client: an error with one message does not end the session") {
  const std::string_view says =
      "+OK\r\n+OK\r\nUSER\r\nPIPELINING\r\n.\r\n+OK\r\n+OK\r\n+OK 3 3\r\n+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n"
      "+OK\r\n1 1\r\n2 1\r\n3 1\r\n.\r\n+OK\r\none\r\n.\r\n-ERR [SYS/PERM] broken\r\n+OK\r\nthree\r\n.\r\n"
      "+OK\r\n-ERR cannot\r\n+OK\r\n";
  const auto outcome = hear(says);
  CHECK(outcome.steps == hear(says, 1).steps);
  CHECK(outcome.error == "-ERR [SYS/PERM] broken");
  CHECK_FALSE(outcome.try_later);
  REQUIRE(outcome.messages.size() == 2);
  CHECK(outcome.messages[1].unique_id == "c");
}

TEST_CASE("POP3 client: what has been left for long enough is deleted, what is known is not fetched again") {
  mailstore::Account account("bruno");
  account.inbox().append(start, first);
  account.inbox().append(start, second);
  ClientConfig config{"bruno", "ginger-4", true, {"1.1", "1.2"}};
  config.expired = {"1.1"};
  const auto outcome = collect(account, config);
  CHECK(outcome.error.empty());
  CHECK(outcome.messages.empty());
  REQUIRE(account.inbox().messages().size() == 1);
  CHECK(account.inbox().messages()[0].uid.value == 2);
}

TEST_CASE("POP3 client: a preview asks for the top alone and deletes nothing (RFC 1939 §7, TOP)") {
  ClientConfig config{"bruno", "ginger-4", false, {"1.1"}};
  config.preview_lines = 0;
  const auto outcome = collect_twice(config, {first, second}, 2);
  CHECK(outcome.error.empty());
  REQUIRE(outcome.previews.size() == 1);
  CHECK(outcome.previews[0].unique_id == "1.2");
  CHECK(outcome.previews[0].octets == second.size());
  CHECK(outcome.previews[0].content == "Subject: two\r\n\r\n");
  CHECK(outcome.script.find("C: TOP 2 0\n") != std::string::npos);
}

TEST_CASE("POP3 client: asks for UTF-8 and for a language where both are offered (RFC 6856)") {
  ClientConfig config{"bruno", "ginger-4", false, {}};
  config.utf8 = true;
  config.language = "ca";
  const auto outcome = collect_twice(config, {"Subject: Núria\r\n\r\n"}, 0);
  CHECK(outcome.error.empty());
  CHECK(outcome.messages.size() == 1);
  CHECK(outcome.script.find("C: UTF8\nS: +OK UTF-8 from now on\nC: LANG ca\nS: +OK ca idioma triat\nC: USER") !=
        std::string::npos);
}

TEST_CASE("POP3 client: says when it is only the wrong time (RFC 2449 §8.1, RFC 3206 §4)") {
  for (const char* code : {"[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]", "[sys/temp]"})
    CHECK(hear("+OK\r\n-ERR\r\n+OK\r\n-ERR " + std::string(code) + " x\r\n+OK\r\n").try_later);
  for (const char* code : {"[AUTH]", "[SYS/PERM]", ""})
    CHECK_FALSE(hear("+OK\r\n-ERR\r\n+OK\r\n-ERR " + std::string(code) + " x\r\n+OK\r\n").try_later);
  CHECK(hear("-ERR [SYS/TEMP] full\r\n").try_later);
}

TEST_CASE("POP3 client: two devices contend for one maildrop, and the second comes later (RFC 1939 §4)") {
  mailstore::Account account("bruno");
  account.inbox().append(start, first);
  const ClientConfig config{"bruno", "ginger-4", false, {}};
  REQUIRE(account.lock_maildrop());
  const auto refused = collect(account, config);
  CHECK(refused.try_later);
  CHECK(refused.messages.empty());
  account.unlock_maildrop();
  CHECK(collect(account, config).messages.size() == 1);
}
