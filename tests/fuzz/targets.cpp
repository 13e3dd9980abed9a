#include "tests/fuzz/targets.hpp"

#include <catch2/catch_all.hpp>
#include <sstream>

#include "protocols/dns/message.hpp"
#include "protocols/imap/client/client.hpp"
#include "protocols/imap/data/url.hpp"
#include "protocols/imap/data/url_access.hpp"
#include "protocols/mailstore/store.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/pop3/server.hpp"
#include "sim/live/maildir_name.hpp"
#include "sim/scenario/read/read_scenario.hpp"
#include "sim/trace/export_json.hpp"
#include "sim/trace/import_json.hpp"
#include "tests/protocols/imap/server/session.hpp"
#include "tests/protocols/message/structure_check.hpp"
#include "tests/protocols/smtp/drive.hpp"
#include "tests/protocols/tls/rig.hpp"

namespace mailscope::fuzz {

namespace {

/// Runs `once` with the input whole and octet by octet: what it returns must be the same.
template <class Once>
void cut(const Once& once) {
  REQUIRE(once(std::size_t{0}) == once(std::size_t{1}));
}

/// Octets for an engine that `make` makes, until the peer is gone.
template <class E, class Make>
void feed_engine(std::string_view input, const Make& make,
                 const std::function<void(E&, const typename E::Event&)>& decide = {}) {
  cut([&](std::size_t chunk) {
    E engine = make();
    test::Record<E> record;
    test::feed<E>(engine, input, chunk, test::start, record, decide);
    engine.receive_eof(test::start);
    test::drain<E>(engine, test::start, record, decide);
    REQUIRE(record.closed);
    return std::pair(record.sent, test::told(record.steps));
  });
}

/// As tests/protocols/smtp/drive.hpp drives its engines; the host's answers depend on the addresses.
template <class E, class Make>
void feed_smtp(std::string_view input, const Make& make) {
  cut([&](std::size_t chunk) {
    E engine = make();
    smtp::test::Log log;
    smtp::test::drain(engine, log, smtp::test::start);
    smtp::test::feed(engine, log, input, chunk == 0 ? smtp::test::whole() : smtp::test::one_by_one());
    engine.receive_eof(smtp::test::start);
    smtp::test::drain(engine, log, smtp::test::start);
    return log.outputs;
  });
}

void smtp_server(std::string_view input) {
  for (const bool submission : {false, true})
    feed_smtp<smtp::Server>(input, [submission] {
      smtp::ServerConfig config;
      config.hostname = "mail.alba.example";
      config.peer_address = "192.0.2.1";
      config.submission = submission;
      config.plaintext_auth = true;
      return smtp::Server(config);
    });
}

void smtp_client(std::string_view input) {
  feed_smtp<smtp::Client>(input, [] {
    const std::vector<std::string> recipients{"b@b.example", "c@c.example"};
    return smtp::Client({"laptop.alba.example", smtp::Credentials{"anna", "secret"}},
                        {{smtp::envelope("anna@alba.example", recipients), "Subject: x\r\n\r\n.dot\r\n"}});
  });
}

void pop3_server(std::string_view input) {
  cut([&](std::size_t chunk) {
    mailstore::Account account("bruno");
    test::fill(account);
    pop3::Server server({"mx.llevant.example"});
    test::Record<pop3::Server> record;
    test::feed<pop3::Server>(server, input, chunk, test::start, record, test::one_user(account, "bruno", "ginger-4"));
    return std::pair(record.sent, test::told(record.steps));
  });
}

void pop3_client(std::string_view input) {
  feed_engine<pop3::Client>(input, [] {
    pop3::ClientConfig config;
    config.user = "bruno";
    config.password = "ginger-4";
    return pop3::Client(config);
  });
}

void imap_server(std::string_view input) {
  cut([&](std::size_t chunk) {
    mailstore::Account account("bruno");
    test::fill(account);
    test::Session session(account);
    session.say(input, chunk);
    return std::pair(session.record.sent, test::told(session.record.steps));
  });
}

void imap_client(std::string_view input) {
  cut([&](std::size_t chunk) {
    imap::Replica replica;
    imap::ClientConfig config;
    config.user = "bruno";
    config.password = "ginger-4";
    config.notes = true;
    imap::Client client(config, replica);
    test::Record<imap::Client> record;
    test::feed<imap::Client>(client, input, chunk, test::start, record);
    client.receive_eof(test::start);
    test::drain<imap::Client>(client, test::start, record);
    REQUIRE(record.closed);
    return std::pair(record.sent, test::told(record.steps));
  });
}

/// What a URL means is kept when it is written; whom it shows what is found out without harm.
void imap_url(std::string_view input) {
  static mailstore::Account& account = []() -> mailstore::Account& {
    static mailstore::Store store;
    mailstore::Account& made = store.add("bruno");
    test::fill(made);
    return made;
  }();
  const auto url = imap::read_url(input);
  if (!url) return;
  static_cast<void>(imap::content_of(*url, account));
  if (const auto shown = imap::authorised_content(input, {"bruno", true, test::start}, "mx.llevant.example", account))
    static_cast<void>(shown->octets(account.memos()));
  const std::string written = imap::url_text(*url);
  if (written.size() > imap::url_octets_max) return;  // more of it is percent-encoded than there was
  const auto again = imap::read_url(written);
  REQUIRE(again);
  REQUIRE(imap::url_text(*again) == written);
}

/// What was read is read the same once it is written; a compressed name may be longer than a datagram afterwards.
void dns(std::string_view input) {
  const auto message = dns::decode(input);
  if (!message) return;
  static_cast<void>(dns::summary(*message));
  static_cast<void>(dns::answer_topic(*message));
  const auto again = dns::decode(dns::encode(*message, dns::stream_octets_max));
  REQUIRE(again);
  REQUIRE(dns::encode(*again, dns::stream_octets_max) == dns::encode(*message, dns::stream_octets_max));
}

void message(std::string_view input) { test::check_structure(input); }

void tls_server(std::string_view input) {
  static tls::test::Trust trust;
  static const tls::Context context = trust.server();
  cut([&](std::size_t chunk) {
    tls::Stage stage(context, {}, tls::test::seeded(1));
    stage.begin(tls::test::now);
    tls::test::Log log;
    for (std::size_t at = 0; at < input.size(); at += chunk) {
      if (chunk == 0) chunk = input.size();
      stage.receive(input.substr(at, chunk));
      while (const auto output = stage.poll()) std::visit(log, *output);
    }
    return std::pair(log.wire, log.plaintext);
  });
}

void scenario(std::string_view input) {
  const ScenarioReading reading = read_scenario(input);
  const bool is_faulty =
      std::ranges::any_of(reading.faults, [](const Fault& fault) { return fault.severity == Fault::Severity::Error; });
  REQUIRE(reading.scenario.has_value() == !is_faulty);
  for (const Fault& fault : reading.faults) static_cast<void>(describe(fault, "F", input));
}

/// A record that can be read is written as it was read.
void record(std::string_view input) {
  const auto read = [](const std::string& lines) {
    std::istringstream in(lines);
    return read_trace(in);
  };
  const auto lines_of = [](const Trace& trace) {
    std::string lines;
    for_each_json_line(trace, [&](std::string_view line) { lines += line; });
    return lines;
  };
  const TraceReading reading = read(std::string(input));
  if (!reading.trace) return;
  static_cast<void>(reading.trace->state_at(reading.trace->end()));
  const std::string written = lines_of(*reading.trace);
  const TraceReading again = read(written);
  REQUIRE(again.trace);
  REQUIRE(lines_of(*again.trace) == written);
}

void maildir_name(std::string_view input) {
  const auto file = live::parse_maildir_file(input);
  if (!file) return;
  const auto again = live::parse_maildir_file(file->name.text());
  REQUIRE(again);
  REQUIRE(again->name.text() == file->name.text());
}

constexpr Target all[] = {
    {"smtp-server", smtp_server},   {"smtp-client", smtp_client},
    {"pop3-server", pop3_server},   {"pop3-client", pop3_client},
    {"imap-server", imap_server},   {"imap-client", imap_client},
    {"imap-url", imap_url},         {"dns", dns},
    {"message", message},           {"tls-server", tls_server},
    {"scenario", scenario},         {"record", record},
    {"maildir-name", maildir_name},
};

}  // namespace

std::span<const Target> targets() { return all; }

}  // namespace mailscope::fuzz
