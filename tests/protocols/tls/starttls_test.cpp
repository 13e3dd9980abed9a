// STARTTLS and STLS in the engines: what is offered when, what is forgotten, and that nothing said in the clear
// survives.
#include <catch2/catch_all.hpp>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/pop3/server.hpp"
#include "protocols/smtp/client.hpp"
#include "protocols/smtp/server.hpp"
#include "tests/protocols/drive.hpp"

namespace mailscope::test {
namespace {

/// What the engine sends when it is told this; TLS stands as soon as it asks for it.
template <class E>
std::string answers(E& engine, std::string_view said) {
  std::string sent;
  engine.receive(start, said);
  while (const auto output = engine.poll(start)) {
    if (const auto* transmit = std::get_if<Transmit>(&*output)) sent += transmit->bytes;
    if (std::holds_alternative<StartTls>(*output)) engine.secured(start, test_channel);
  }
  return sent;
}

smtp::ServerConfig submission(StartTlsOffer offer) {
  smtp::ServerConfig config;
  config.hostname = "mail.alba.example";
  config.submission = true;
  config.plaintext_auth = false;
  config.starttls = offer;
  return config;
}

pop3::ServerConfig pop3_config(StartTlsOffer offer) {
  pop3::ServerConfig config{"mail.alba.example", false};
  config.stls = offer;
  return config;
}

imap::ServerConfig imap_config(StartTlsOffer offer) {
  imap::ServerConfig config{"mail.alba.example", false};
  config.starttls = offer;
  return config;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("SMTP: STARTTLS is offered until it is used, and AUTH only afterwards (RFC 3207 §4, RFC 4954 §4)",
          "[starttls]") {
  smtp::Server server(submission(StartTlsOffer::Offered));
  CHECK(has(answers(server, "STARTTLS\r\n"), "503 "));  // EHLO comes first
  const std::string before = answers(server, "EHLO a.example\r\n");
  CHECK(has(before, "STARTTLS\r\n"));
  CHECK_FALSE(has(before, "AUTH"));
  CHECK(has(answers(server, "MAIL FROM:<a@a.example>\r\n"), "530 5.7.0 Must issue a STARTTLS command first"));
  CHECK(has(answers(server, "STARTTLS now\r\n"), "501 "));
  CHECK(has(answers(server, "STARTTLS\r\n"), "220 2.0.0"));
  CHECK(has(answers(server, "MAIL FROM:<a@a.example>\r\n"), "503 "));  // the EHLO is forgotten (§4.2)
  const std::string after = answers(server, "EHLO a.example\r\n");
  CHECK_FALSE(has(after, "STARTTLS"));
  CHECK(has(after, "AUTH "));
  CHECK(has(answers(server, "STARTTLS\r\n"), "503 "));
}

TEST_CASE("SMTP: where TLS cannot be had for now the reply is 454, and where it is not offered 502 (RFC 3207 §4)",
          "[starttls]") {
  smtp::Server broken(submission(StartTlsOffer::Unavailable)), without(submission(StartTlsOffer::None));
  CHECK(has(answers(broken, "EHLO a.example\r\nSTARTTLS\r\n"), "454 4.7.0"));
  const std::string said = answers(without, "EHLO a.example\r\nSTARTTLS\r\n");
  CHECK(has(said, "502 "));
  CHECK_FALSE(has(said, "STARTTLS\r\n"));
}

TEST_CASE("What was sent in the clear behind STARTTLS or STLS is discarded by servers (CVE-2011-0411)", "[starttls]") {
  smtp::Server smtp(submission(StartTlsOffer::Offered));
  const std::string smtp_said = answers(smtp, "EHLO a.example\r\nSTARTTLS\r\nNOOP\r\nRSET\r\n");
  CHECK(smtp_said.ends_with("220 2.0.0 Ready to start TLS\r\n"));
  CHECK(has(answers(smtp, "NOOP\r\n"), "250 "));
  pop3::Server pop3(pop3_config(StartTlsOffer::Offered));
  CHECK(answers(pop3, "STLS\r\nQUIT\r\n").ends_with("+OK begin TLS negotiation\r\n"));
  imap::Server imap(imap_config(StartTlsOffer::Offered));
  CHECK(answers(imap, "a STARTTLS\r\nb LOGOUT\r\n").ends_with("a OK begin TLS negotiation now\r\n"));
}

TEST_CASE("Clients believe nothing that came in the clear behind the go-ahead", "[starttls]") {
  smtp::ClientConfig smtp_config{"a.example", smtp::Credentials{"anna", "violet-7"}};
  smtp_config.starttls = StartTlsPolicy::Required;
  smtp::Client smtp(smtp_config, {});
  answers(smtp, "220 mail\r\n");
  CHECK(answers(smtp, "250-mail\r\n250 STARTTLS\r\n") == "STARTTLS\r\n");
  // The forged reply to EHLO offers a mechanism; it must not answer the EHLO that is said under TLS.
  CHECK(answers(smtp, "220 go\r\n250-mail\r\n250 AUTH PLAIN\r\n") == "EHLO a.example\r\n");
  pop3::ClientConfig pop3_config{"bruno", "ginger-4", false, {}};
  pop3_config.stls = StartTlsPolicy::Required;
  pop3::Client pop3(pop3_config);
  CHECK(answers(pop3, "+OK mail\r\n") == "CAPA\r\n");
  CHECK(answers(pop3, "+OK\r\nSTLS\r\n.\r\n") == "STLS\r\n");
  CHECK(answers(pop3, "+OK go\r\n+OK\r\nUSER\r\n.\r\n") == "CAPA\r\n");
  imap::ClientConfig imap_config;
  imap_config.user = "bruno";
  imap_config.password = "ginger-4";
  imap_config.starttls = StartTlsPolicy::Required;
  imap::Replica replica;
  imap::Client imap(imap_config, replica);
  CHECK(answers(imap, "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] mail\r\n") == "a1 STARTTLS\r\n");
  CHECK(answers(imap, "a1 OK go\r\n* CAPABILITY IMAP4rev1\r\na2 OK done\r\n") == "a2 CAPABILITY\r\n");
}

TEST_CASE(
    "A client that requires TLS says no password where it is not offered; an opportunistic one goes on (RFC 7435)",
    "[starttls]") {
  const auto after_offer = [](StartTlsPolicy policy, std::string_view offer) {
    smtp::ClientConfig config{"a.example", smtp::Credentials{"anna", "violet-7"}};
    config.starttls = policy;
    smtp::Client client(config, {{smtp::envelope("a@a.example", {"b@b.example"}), "x"}});
    answers(client, "220 mail\r\n");
    return answers(client, offer);
  };
  CHECK(after_offer(StartTlsPolicy::Required, "250-mail\r\n250 AUTH PLAIN\r\n") == "QUIT\r\n");
  CHECK(after_offer(StartTlsPolicy::Opportunistic, "250-mail\r\n250 AUTH PLAIN\r\n").starts_with("AUTH PLAIN"));
  CHECK(after_offer(StartTlsPolicy::Never, "250-mail\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n").starts_with("AUTH PLAIN"));
  CHECK(after_offer(StartTlsPolicy::Opportunistic, "250-m\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n454 later\r\n")
            .find("AUTH PLAIN") != std::string::npos);
  CHECK(after_offer(StartTlsPolicy::Required, "250-m\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n454 later\r\n") ==
        "STARTTLS\r\nQUIT\r\n");
}

TEST_CASE("POP3: STLS and USER in CAPA follow the channel (RFC 2595 §4, RFC 2449 §6.2)", "[starttls]") {
  pop3::Server server(pop3_config(StartTlsOffer::Offered));
  const std::string before = answers(server, "CAPA\r\n");
  CHECK(has(before, "\r\nSTLS\r\n"));
  CHECK_FALSE(has(before, "\r\nUSER\r\n"));
  CHECK(answers(server, "USER bruno\r\n").starts_with("-ERR"));
  CHECK(answers(server, "STLS\r\n").starts_with("+OK"));
  const std::string after = answers(server, "CAPA\r\n");
  CHECK_FALSE(has(after, "STLS"));
  CHECK(has(after, "\r\nUSER\r\n"));
  CHECK(answers(server, "STLS\r\n").starts_with("-ERR"));
  CHECK(answers(server, "USER bruno\r\n").starts_with("+OK"));
}

TEST_CASE("IMAP: STARTTLS and LOGINDISABLED follow the channel (RFC 3501 §6.2.1, §6.2.3)", "[starttls]") {
  imap::Server server(imap_config(StartTlsOffer::Offered));
  const std::string before = answers(server, "a CAPABILITY\r\n");
  CHECK(has(before, " STARTTLS"));
  CHECK(has(before, " LOGINDISABLED"));
  CHECK(has(answers(server, "b LOGIN bruno x\r\n"), "b NO [PRIVACYREQUIRED]"));
  CHECK(has(answers(server, "c STARTTLS\r\n"), "c OK"));
  const std::string after = answers(server, "d CAPABILITY\r\n");
  CHECK_FALSE(has(after, "STARTTLS"));
  CHECK_FALSE(has(after, "LOGINDISABLED"));
  CHECK(has(answers(server, "e STARTTLS\r\n"), "e BAD"));
}

TEST_CASE("Implicit TLS: secured() before the greeting, and nothing is offered (RFC 8314 §3)", "[starttls]") {
  smtp::Server server(submission(StartTlsOffer::None));
  server.secured(start, test_channel);
  const std::string said = answers(server, "EHLO a.example\r\n");
  CHECK(said.starts_with("220 "));
  CHECK(has(said, "AUTH "));
  CHECK_FALSE(has(said, "STARTTLS"));
}

TEST_CASE("A channel that cannot be secured ends the session (RFC 3207 §4.1)", "[starttls]") {
  smtp::ClientConfig config{"a.example", std::nullopt};
  config.starttls = StartTlsPolicy::Opportunistic;
  smtp::Client client(config, {{smtp::envelope("anna@alba.example", {"bruno@llevant.example"}), "x"}});
  client.securing_failed(start, "the certificate has expired");
  std::vector<smtp::MessageDone> done;
  bool closed = false;
  while (auto output = client.poll(start)) {
    if (const auto* event = std::get_if<smtp::Client::Event>(&*output))
      if (const auto* message = std::get_if<smtp::MessageDone>(event)) done.push_back(*message);
    closed = closed || std::holds_alternative<Close>(*output);
  }
  CHECK(closed);
  REQUIRE(done.size() == 1);
  CHECK(done[0].recipients[0].reply.wire() == "454 4.7.5 the certificate has expired\r\n");
  CHECK(done[0].recipients[0].ours);
  imap::Server server(imap_config(StartTlsOffer::Offered));
  answers(server, "");
  server.securing_failed(start, "nonsense");
  Record<imap::Server> ended;
  drain(server, start, ended);
  CHECK(ended.closed);
  CHECK(ended.sent.empty());
}

}  // namespace mailscope::test
