// Every mechanism through SMTP, POP3 and IMAP, our client against our server.
#include <catch2/catch_all.hpp>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/pop3/server.hpp"
#include "protocols/smtp/client.hpp"
#include "protocols/smtp/server.hpp"
#include "tests/protocols/drive.hpp"
#include "tests/protocols/one_user.hpp"
#include "tests/protocols/sasl/talk.hpp"

using namespace mailscope;
using namespace mailscope::sasl;
using test::start;

namespace {

ServerPolicy policy_of_server(std::vector<Mechanism> offered) {
  return {std::move(offered), sasl::testing::counting(7), "pepper"};
}
ClientPolicy policy_of_client(std::optional<Mechanism> wanted = std::nullopt) {
  return {wanted, true, sasl::testing::counting(100)};
}

smtp::ServerConfig submission(bool plaintext_auth = true) {
  smtp::ServerConfig config;
  config.hostname = "mail.alba.example";
  config.submission = true;
  config.plaintext_auth = plaintext_auth;
  return config;
}

/// pop3::ClientConfig or imap::ClientConfig.
template <class Config>
Config account_of_bruno(std::string password, std::optional<Mechanism> wanted = std::nullopt) {
  Config config;
  config.user = "bruno";
  config.password = std::move(password);
  config.authentication = policy_of_client(wanted);
  return config;
}

/// What the two said, and whether the client has come in.
struct Talk {
  std::string script;
  bool in{};
  std::vector<Step> steps;  ///< of the server
};

struct Case {
  std::vector<Mechanism> offered;
  std::optional<Mechanism> wanted{};
  std::string password{"ginger-4"};
  const SecureChannel* channel{&sasl::testing::tls13};
  std::size_t chunk{};
};

template <class E>
void secure(E& client, auto& server, const SecureChannel* channel) {
  if (!channel) return;
  client.secured(start, *channel);
  server.secured(start, *channel);
}

Talk over_smtp(const Case& c) {
  smtp::ServerConfig config = submission();
  config.authentication = policy_of_server(c.offered);
  smtp::ClientConfig mine{.helo_name = "desk", .credentials = Credentials{"bruno", c.password}};
  mine.authentication = policy_of_client(c.wanted);
  smtp::Server server(config);
  smtp::Client client(mine, {});
  secure(client, server, c.channel);
  const auto talk = test::converse<smtp::Client, smtp::Server>(
      client, server, c.chunk, [](smtp::Server& asking, const smtp::Server::Event& event) {
        const auto* wanted = std::get_if<SecretWanted>(&event);
        if (wanted) asking.tell_secret(wanted->user == "bruno" ? Secret(Password{"ginger-4"}) : NoSecret{});
      });
  return {talk.script(), talk.script().find("S: 235 ") != std::string::npos, talk.server.steps};
}

Talk over_pop3(const Case& c) {
  mailstore::Account account("bruno");
  pop3::ServerConfig config{"mail.alba.example"};
  config.authentication = policy_of_server(c.offered);
  const auto mine = account_of_bruno<pop3::ClientConfig>(c.password, c.wanted);
  pop3::Server server(config);
  pop3::Client client(mine);
  secure(client, server, c.channel);
  const auto talk =
      test::converse<pop3::Client, pop3::Server>(client, server, c.chunk, test::one_user(account, "bruno", "ginger-4"));
  return {talk.script(), talk.script().find("C: STAT") != std::string::npos, talk.server.steps};
}

Talk over_imap(const Case& c) {
  mailstore::Account account("bruno");
  imap::ServerConfig config{"mail.alba.example"};
  config.authentication = policy_of_server(c.offered);
  const auto mine = account_of_bruno<imap::ClientConfig>(c.password, c.wanted);
  imap::Server server(config);
  imap::Replica replica;
  imap::Client client(mine, replica);
  secure(client, server, c.channel);
  const auto talk =
      test::converse<imap::Client, imap::Server>(client, server, c.chunk, test::one_user(account, "bruno", "ginger-4"));
  return {talk.script(), talk.script().find("SELECT INBOX") != std::string::npos, talk.server.steps};
}

constexpr std::pair<const char*, Talk (*)(const Case&)> protocols[] = {
    {"SMTP", over_smtp}, {"POP3", over_pop3}, {"IMAP", over_imap}};

}  // namespace

TEST_CASE("every mechanism with a password works through SMTP, POP3 and IMAP, and refuses a wrong one") {
  for (const auto& [protocol, over] : protocols)
    for (const MechanismTraits& each : mechanism_table) {
      if (each.token) continue;
      INFO(protocol << " " << each.name);
      const Talk talk = over({{each.mechanism}, each.mechanism});
      CHECK(talk.in);
      CHECK(talk.script == over({{each.mechanism}, each.mechanism, "ginger-4", &sasl::testing::tls13, 1}).script);
      CHECK(talk.script.find(std::string(each.name)) != std::string::npos);
      CHECK_FALSE(over({{each.mechanism}, each.mechanism, "guess"}).in);
    }
}

TEST_CASE("the best mechanism is chosen by itself: bound over TLS, SCRAM without (RFC 5802 §6)") {
  for (const auto& [protocol, over] : protocols) {
    INFO(protocol);
    const Talk bound = over({sasl::testing::all_mechanisms()});
    CHECK(bound.in);
    CHECK(bound.script.find("SCRAM-SHA-256-PLUS cD10bHMtZXhwb3J0ZXIs") != std::string::npos);
    const Talk bare = over({sasl::testing::all_mechanisms(), std::nullopt, "ginger-4", nullptr});
    CHECK(bare.in);
    CHECK(bare.script.find("SCRAM-SHA-256 biws") != std::string::npos);
    CHECK(bare.script.find("-PLUS") == std::string::npos);
  }
}

TEST_CASE("where a server offers no better mechanism, POP3 and IMAP log in by their own commands") {
  CHECK(over_pop3({{Mechanism::Plain, Mechanism::Login}}).script.find("C: PASS ginger-4") != std::string::npos);
  CHECK(over_imap({{Mechanism::Plain, Mechanism::Login}}).script.find("LOGIN bruno ginger-4") != std::string::npos);
}

TEST_CASE("a server that says success without proof is left at once (RFC 5802 §3)") {
  smtp::ClientConfig mine{.helo_name = "desk", .credentials = Credentials{"bruno", "x"}};
  mine.authentication = policy_of_client();
  smtp::Client client(mine, {});
  test::Record<smtp::Client> record;
  test::feed<smtp::Client>(client, "220 x\r\n250-x\r\n250 AUTH SCRAM-SHA-256\r\n235 come in\r\n", 0, start, record);
  CHECK(record.closed);
  CHECK(record.sent.find("MAIL") == std::string::npos);
  const auto pop = account_of_bruno<pop3::ClientConfig>("x");
  pop3::Client collector(pop);
  test::Record<pop3::Client> collected;
  test::feed<pop3::Client>(collector, "+OK x\r\n+OK\r\nSASL SCRAM-SHA-256\r\n.\r\n+OK come in\r\n", 0, start,
                           collected);
  CHECK(std::get<pop3::SessionDone>(collected.events.back()).error == unproved_server);
  const auto map = account_of_bruno<imap::ClientConfig>("x");
  imap::Replica replica;
  imap::Client reader(map, replica);
  test::Record<imap::Client> read;
  test::feed<imap::Client>(reader, "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] x\r\na1 OK come in\r\n", 0,
                           start, read);
  CHECK(std::get<imap::SessionDone>(read.events.back()).error == unproved_server);
}

TEST_CASE("a client cancels with * what it cannot believe, and the server refuses then (RFC 4954 §4, RFC 5034 §4)") {
  const auto map = account_of_bruno<imap::ClientConfig>("x");
  for (const std::string challenge : {"!", "cj14LHM9YWJjLGk9MQ=="}) {
    imap::Replica replica;
    imap::Client reader(map, replica);
    test::Record<imap::Client> read;
    test::feed<imap::Client>(reader,
                             "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] x\r\n+ " + challenge +
                                 "\r\na1 BAD cancelled\r\na2 OK bye\r\n",
                             0, start, read);
    CHECK(read.sent.find("\r\n*\r\na2 LOGOUT\r\n") != std::string::npos);
  }
}

TEST_CASE("a server without SASL-IR is asked first (RFC 4959 §3)") {
  const auto map = account_of_bruno<imap::ClientConfig>("x", Mechanism::Plain);
  imap::Replica replica;
  imap::Client reader(map, replica);
  test::Record<imap::Client> read;
  test::feed<imap::Client>(reader, "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] x\r\n+ \r\n", 0, start, read);
  CHECK(read.sent == "a1 AUTHENTICATE PLAIN\r\nAGJydW5vAHg=\r\n");
}

TEST_CASE("mechanisms are refused by name: unknown, too weak, or in need of TLS (RFC 4954 §4, §6)") {
  const auto replies = [](std::string_view command, const SecureChannel* channel = nullptr) {
    smtp::ServerConfig config = submission(false);
    config.authentication = policy_of_server({Mechanism::ScramSha256, Mechanism::CramMd5, Mechanism::Plain});
    smtp::Server server(config);
    if (channel) server.secured(start, *channel);
    test::Record<smtp::Server> record;
    test::feed<smtp::Server>(server, "EHLO a\r\n" + std::string(command) + "\r\n", 1, start, record);
    return record.steps.back().text;
  };
  CHECK(replies("AUTH EXTERNAL =") == "504 5.5.4 Authentication mechanism not supported");
  CHECK(replies("AUTH GSSAPI").starts_with("504 5.5.4"));
  CHECK(replies("AUTH PLAIN AGEAYg==").starts_with("538 5.7.11"));
  CHECK(replies("AUTH LOGIN").starts_with("534 5.7.9"));
  CHECK(replies("AUTH SCRAM-SHA-256-PLUS").starts_with("504 5.5.4"));
  CHECK(replies("AUTH PLAIN", &sasl::testing::tls12) == "334 ");
}

TEST_CASE("a wrong password is answered late, and nothing else meanwhile, in SMTP, POP3 and IMAP") {
  const auto check = [](auto& server, std::string_view opening, std::string_view attempt, std::string_view refusal,
                        auto tell) {
    using E = std::remove_reference_t<decltype(server)>;
    test::Record<E> record;
    test::feed<E>(server, opening, 0, start, record);
    const std::size_t before = record.sent.size();
    test::feed<E>(server, attempt, 0, start, record, tell);
    CHECK(record.sent.size() == before);  // NOOP, which came with the attempt, waits too
    REQUIRE(server.deadline() == start + std::chrono::seconds(4));
    server.deadline_passed(start + std::chrono::seconds(4));
    test::drain<E>(server, start + std::chrono::seconds(4), record);
    CHECK(record.sent.substr(before).starts_with(refusal));
    CHECK(std::ranges::count(record.sent.substr(before), '\n') == 2);
  };
  const auto penalty = std::chrono::seconds(4);
  smtp::Server smtp_server(submission());
  check(smtp_server, "EHLO a\r\n", "AUTH PLAIN AGEAYg==\r\nNOOP\r\n", "535 5.7.8 ",
        [&](smtp::Server& server, const smtp::Server::Event&) { server.tell_secret(NoSecret{}, penalty); });
  pop3::Server pop3_server(pop3::ServerConfig{"mail.alba.example"});
  check(pop3_server, "USER a\r\n", "PASS b\r\nCAPABILITY\r\n", "-ERR [AUTH] ",
        [&](pop3::Server& server, const pop3::Server::Event&) { server.tell_secret(NoSecret{}, nullptr, penalty); });
  imap::Server imap_server(imap::ServerConfig{"mail.alba.example"});
  check(imap_server, "", "a LOGIN a b\r\nb NOOP\r\n", "a NO [AUTHENTICATIONFAILED] ",
        [&](imap::Server& server, const imap::Server::Event&) { server.tell_secret(NoSecret{}, nullptr, penalty); });
}

TEST_CASE("POP3: AUTH alone lists, CAPA names SASL also after login, AUTH is refused then (RFC 5034 §3, §4)") {
  mailstore::Account account("bruno");
  const auto answers = [&](std::string_view input) {
    test::Record<pop3::Server> record;
    pop3::Server server(pop3::ServerConfig{"mail.alba.example"});
    test::feed<pop3::Server>(server, input, 1, start, record, test::one_user(account, "bruno", "x"));
    return record.sent.substr(record.sent.find('\n') + 1);
  };
  CHECK(answers("AUTH\r\n") == "+OK mechanisms follow\r\nPLAIN\r\nLOGIN\r\n.\r\n");
  CHECK(answers("AUTH PLAIN\r\nAGJydW5vAHg=\r\nCAPA\r\n").find("\r\nSASL PLAIN LOGIN\r\n") != std::string::npos);
  CHECK(answers("AUTH PLAIN AGJydW5vAHg=\r\nAUTH PLAIN AGJydW5vAHg=\r\n").find("-ERR not in this state") !=
        std::string::npos);
  CHECK(answers("AUTH PLAIN\r\n*\r\n") == "+ \r\n-ERR authentication cancelled\r\n");
  CHECK(answers("AUTH PLAIN\r\nAA=A\r\n") == "+ \r\n-ERR the response is no base64\r\n");
  CHECK(answers("AUTH PLAIN =\r\n") == "-ERR the response breaks the mechanism's syntax\r\n");
  CHECK(answers("AUTH EXTERNAL\r\n") == "-ERR unsupported authentication mechanism\r\n");
  CHECK(answers("AUTH PLAIN\r\n" + std::string(line_octets_max, 'A') + "\r\n").ends_with("exchange line too long\r\n"));
}

TEST_CASE("IMAP: AUTHENTICATE with and without initial response; what breaks the frame is BAD (RFC 3501 §6.2.2)") {
  mailstore::Account account("bruno");
  const auto answers = [&](std::string_view input) {
    test::Record<imap::Server> record;
    imap::Server server(imap::ServerConfig{"mail.alba.example"});
    test::feed<imap::Server>(server, input, 1, start, record, test::one_user(account, "bruno", "x"));
    return record.sent.substr(record.sent.find('\n') + 1);
  };
  CHECK(answers("a AUTHENTICATE PLAIN AGJydW5vAHg=\r\n").ends_with("] AUTHENTICATE completed\r\n"));
  CHECK(answers("a authenticate plain\r\nAGJydW5vAHg=\r\n").starts_with("+ \r\na OK [CAPABILITY IMAP4rev1 "));
  CHECK(answers("a AUTHENTICATE PLAIN\r\n*\r\n") == "+ \r\na BAD authentication cancelled\r\n");
  CHECK(answers("a AUTHENTICATE PLAIN\r\n{5}\r\n") == "+ \r\na BAD the response is no base64\r\n");
  CHECK(answers("a AUTHENTICATE PLAIN =\r\n").starts_with("a NO [AUTHENTICATIONFAILED]"));
  CHECK(answers("a AUTHENTICATE EXTERNAL =\r\n") == "a NO unsupported authentication mechanism\r\n");
  CHECK(answers("a AUTHENTICATE\r\n").starts_with("a BAD"));
  CHECK(answers("a AUTHENTICATE PLAIN\r\n" + std::string(line_octets_max, 'A') + "\r\n")
            .ends_with("a BAD authentication exchange line too long\r\n"));
  CHECK(answers("a AUTHENTICATE PLAIN AGJydW5vAHg=\r\nb CAPABILITY\r\n").find("AUTH=") == std::string::npos);
}
