// TLS as a stage: handshakes, what both ends tell of them, data, closing, and what goes wrong.
#include <catch2/catch_all.hpp>
#include <random>

#include "tests/protocols/tls/rig.hpp"

namespace mailscope::tls::test {

using Topics = std::vector<std::string>;

TEST_CASE("Both ends of a TLS 1.3 handshake tell the same messages and know the same channel (RFC 8446 §2)",
          "[tls][stage]") {
  Trust trust;
  const std::size_t chunk = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{100});
  Pair pair(trust.server(), trust.client(), {"mail.alba.example", {}}, chunk);
  CHECK(sent_by(pair.client) == Topics{"client-hello", "change-cipher-spec", "finished"});
  CHECK(sent_by(pair.server) == Topics{"server-hello", "change-cipher-spec", "encrypted-extensions", "certificate",
                                       "certificate-verify", "finished"});
  Pair::check_same(pair.client, pair.server);
  Pair::check_same(pair.server, pair.client);
  REQUIRE((pair.client.established && pair.server.established));
  const SecureChannel& channel = pair.client.established->channel;
  CHECK(channel.version == "TLSv1.3");
  CHECK(channel.cipher_suite == "TLS_AES_128_GCM_SHA256");
  CHECK(channel.server_name == "mail.alba.example");
  CHECK(channel.exporter.size() == 32);
  CHECK(channel.exporter == pair.server.established->channel.exporter);
  CHECK(channel.server_end_point.size() == 32);  // SHA-256, as the certificate's signature
  CHECK(channel.server_end_point == pair.server.established->channel.server_end_point);
  CHECK(pair.server.established->channel.server_name == "mail.alba.example");
}

TEST_CASE("Messages say what can be seen in them, and what is encrypted", "[tls][stage]") {
  Trust trust;
  const Pair pair(trust.server({"mail.alba.example", "alba.example"}), trust.client(), {"mail.alba.example", {"imap"}});
  const auto text_of = [](const Log& log, std::string_view topic) {
    for (const Message& message : log.messages)
      if (message.topic == topic) return message.text;
    return std::string();
  };
  const std::string hello = text_of(pair.server, "tls/client-hello");
  CHECK(hello.starts_with("ClientHello TLS 1.3, TLS 1.2 for mail.alba.example\nserver name: mail.alba.example\n"));
  CHECK(hello.find("\nALPN: imap\n") != std::string::npos);
  CHECK(hello.find("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256") != std::string::npos);
  CHECK(text_of(pair.server, "tls/server-hello") == "ServerHello TLS 1.3 TLS_AES_128_GCM_SHA256");
  CHECK(text_of(pair.client, "tls/certificate") ==
        "Certificate for mail.alba.example, alba.example\nissued by: Test authority\nvalid: 2025-08-31 – 2026-08-31");
  for (const Message& message : pair.client.messages) {
    const bool in_clear = message.topic.ends_with("-hello") || message.topic == "tls/change-cipher-spec";
    CHECK(message.encrypted == !in_clear);
  }
}

TEST_CASE("TLS 1.2 still goes, with its own messages (RFC 5246 §7.3)", "[tls][stage]") {
  Trust trust;
  const std::size_t chunk = GENERATE(std::size_t{0}, std::size_t{1});
  Pair pair(trust.server({"mail.alba.example"}, this_year, {}, Version::Tls12), trust.client(),
            {"mail.alba.example", {}}, chunk);
  CHECK(sent_by(pair.client) == Topics{"client-hello", "client-key-exchange", "change-cipher-spec", "finished"});
  CHECK(sent_by(pair.server) == Topics{"server-hello", "certificate", "server-key-exchange", "server-hello-done",
                                       "change-cipher-spec", "finished"});
  Pair::check_same(pair.client, pair.server);
  Pair::check_same(pair.server, pair.client);
  REQUIRE((pair.client.established && pair.server.established));
  CHECK(pair.client.established->channel.version == "TLSv1.2");
  CHECK(pair.client.established->channel.cipher_suite == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
  CHECK(pair.client.established->channel.exporter.size() == 32);  // extended master secret (RFC 9266 §3)
  CHECK(pair.client.established->channel.exporter == pair.server.established->channel.exporter);
  for (const Message& message : pair.client.messages) CHECK(message.encrypted == (message.topic == "tls/finished"));
  pair.client_stage.send("NOOP\r\n");
  pair.run();
  CHECK(pair.server.plaintext == "NOOP\r\n");
}

TEST_CASE("With a server that knows nothing newer than TLS 1.1 there is no session (RFC 8996 §5)", "[tls][stage]") {
  Trust trust;
  const Pair pair(trust.server({"mail.alba.example"}, this_year, {}, Version::Tls11), trust.client());
  CHECK(sent_by(pair.server) == Topics{"alert/protocol_version"});
  CHECK(pair.client.failed);
  CHECK(pair.server.failed);
  CHECK_FALSE(pair.client.established);
  CHECK_FALSE(pair.server.established);
}

TEST_CASE("The same source of chance makes the same octets, another one others", "[tls][stage]") {
  const auto wire_of = [](std::uint64_t seed) {
    Trust trust(seed);
    Pair pair(trust.server(), trust.client());
    pair.client_stage.send("EHLO anna.example\r\n");
    pair.run();
    REQUIRE(pair.server.plaintext == "EHLO anna.example\r\n");
    return pair.client.wire + pair.server.wire + pair.client.secrets.at(0);
  };
  CHECK(wire_of(1) == wire_of(1));
  CHECK(wire_of(1) != wire_of(2));
}

TEST_CASE("Real randomness asks no source and never makes the same handshake twice", "[tls][stage]") {
  Trust trust(1, Library::Randomness::Real);
  const Pair first(trust.server(), trust.client()), second(trust.server(), trust.client());
  REQUIRE((first.client.established && second.client.established));
  CHECK(first.client.wire != second.client.wire);
}

TEST_CASE("Application data arrives whole and in order, and its records are where they are said to be",
          "[tls][stage]") {
  Trust trust;
  const std::size_t chunk = GENERATE(std::size_t{0}, std::size_t{1}, std::size_t{1460});
  Pair pair(trust.server(), trust.client(), {"mail.alba.example", {}}, chunk);
  const std::uint64_t before = pair.client.wire.size();
  std::string sent;
  std::vector<ByteRange> ranges;
  for (const std::size_t octets : {std::size_t{1}, std::size_t{6}, std::size_t{16'384}, std::size_t{16'385}}) {
    const std::string part(octets, static_cast<char>('a' + ranges.size()));
    sent += part;
    ranges.push_back(pair.client_stage.send(part));
  }
  pair.run();
  CHECK(pair.server.plaintext == sent);
  CHECK(ranges.front().begin == before);
  for (std::size_t i = 1; i < ranges.size(); ++i) CHECK(ranges[i].begin == ranges[i - 1].end);
  CHECK(ranges.back().end == pair.client.wire.size());
  REQUIRE(pair.server.received.size() == 5);  // the last part needs two records
  for (std::size_t i = 0; i < 3; ++i) CHECK(pair.server.received[i] == ranges[i]);
  CHECK(pair.server.received[3].begin == ranges[3].begin);
  CHECK(pair.server.received[4].end == ranges[3].end);
}

TEST_CASE("close_notify ends one direction and is told as a message (RFC 8446 §6.1)", "[tls][stage]") {
  Trust trust;
  Pair pair(trust.server(), trust.client());
  pair.client_stage.close();
  pair.run();
  CHECK(pair.server.peer_closed);
  CHECK_FALSE(pair.server.failed);
  CHECK(sent_by(pair.client).back() == "alert/close_notify");
  CHECK_FALSE(pair.client.messages.back().is_error);
  pair.server_stage.send("still here");
  pair.server_stage.close();
  pair.run();
  CHECK(pair.client.plaintext == "still here");
  CHECK(pair.client.peer_closed);
  Pair::check_same(pair.client, pair.server);
  Pair::check_same(pair.server, pair.client);
}

TEST_CASE("A certificate that cannot be believed stops the client, and the alert says why (RFC 7817 §3, RFC 5280 §6)",
          "[tls][stage]") {
  Trust trust, stranger(2);
  struct Case {
    Context server;
    CertificateFault fault;
    std::string alert;
  };
  const Case cases[] = {
      {trust.server({"www.alba.example"}), CertificateFault::WrongName, "bad_certificate"},
      {trust.server({"mail.alba.example"}, {now - year, now - std::chrono::hours(1)}), CertificateFault::Expired,
       "certificate_expired"},
      {trust.server({"mail.alba.example"}, {now + std::chrono::hours(1), now + year}), CertificateFault::NotYetValid,
       "bad_certificate"},
      {stranger.server(), CertificateFault::Untrusted, "unknown_ca"},
  };
  for (const Case& each : cases) {
    Pair strict(each.server, trust.client());
    REQUIRE(strict.client.failed);
    CHECK(strict.client.failed->fault == each.fault);
    CHECK(strict.client.failed->reason == phrase(each.fault));
    CHECK_FALSE(strict.client.established);
    CHECK(sent_by(strict.client).back() == "alert/" + each.alert);
    REQUIRE(strict.server.failed);
    CHECK(strict.server.failed->reason == "the peer sent the TLS alert " + each.alert);
    Pair::check_same(strict.client, strict.server);

    StageOptions options{"mail.alba.example", {}};
    options.verify = false;  // opportunistic: RFC 7435 §3
    Pair lenient(each.server, trust.client(), options);
    REQUIRE((lenient.client.established && lenient.server.established));
    CHECK(lenient.client.established->fault == each.fault);
  }
}

TEST_CASE("Names are held against dNSName alone; a star stands for one whole label (RFC 6125 §6.4)", "[tls][stage]") {
  Trust trust;
  const auto believed = [&](const std::string& certified, const std::string& wanted) {
    return Pair(trust.server({certified}), trust.client(), {wanted, {}}).client.established.has_value();
  };
  CHECK(believed("MAIL.alba.example", "mail.alba.example"));
  CHECK(believed("*.alba.example", "mail.alba.example"));
  CHECK_FALSE(believed("*.alba.example", "alba.example"));
  CHECK_FALSE(believed("*.alba.example", "a.mail.alba.example"));
  CHECK_FALSE(believed("m*.alba.example", "mail.alba.example"));
}

TEST_CASE("ALPN agrees on a protocol, and refuses a client that wants another (RFC 7301 §3.2)", "[tls][stage]") {
  Trust trust;
  const Context server = trust.server({"mail.alba.example"}, this_year, {"imap"});
  const Pair agreed(server, trust.client(), {"mail.alba.example", {"pop3", "imap"}});
  REQUIRE((agreed.client.established && agreed.server.established));
  CHECK(agreed.client.established->channel.protocol == "imap");
  CHECK(agreed.server.established->channel.protocol == "imap");
  const Pair silent(server, trust.client());
  REQUIRE(silent.client.established);
  CHECK(silent.client.established->channel.protocol.empty());
  const Pair refused(server, trust.client(), {"mail.alba.example", {"pop3"}});
  REQUIRE((refused.client.failed && refused.server.failed));
  CHECK(sent_by(refused.server).back() == "alert/no_application_protocol");
}

TEST_CASE("Key log lines are those of the NSS format, equal on both sides", "[tls][stage]") {
  Trust trust;
  const Pair modern(trust.server(), trust.client());
  CHECK(modern.client.secrets.size() == 5);  // two of the handshake, two of the traffic, the exporter's
  for (const std::string& line : modern.client.secrets) {
    CHECK(std::ranges::find(modern.server.secrets, line) != modern.server.secrets.end());
    CHECK(std::ranges::count(line, ' ') == 2);
  }
  const Pair old(trust.server(), trust.client(Version::Tls12));
  REQUIRE(old.client.secrets.size() == 1);
  CHECK(old.client.secrets[0].starts_with("CLIENT_RANDOM "));
  CHECK(old.client.secrets == old.server.secrets);
}

TEST_CASE("A handshake that stops half-way times out, or ends with its connection", "[tls][stage]") {
  Trust trust;
  Stage server(trust.server(), {}, seeded(1));
  server.begin(now);
  REQUIRE(server.deadline());
  CHECK(*server.deadline() == now + std::chrono::minutes(1));
  server.deadline_passed(*server.deadline() - Duration(1));
  CHECK_FALSE(server.poll());
  SECTION("in time") { server.deadline_passed(*server.deadline()); }
  SECTION("by its connection") { server.receive_eof(); }
  const auto output = server.poll();
  REQUIRE((output && std::holds_alternative<Failed>(*output)));
  CHECK_FALSE(server.deadline());
  server.receive("anything");
  CHECK_FALSE(server.poll());
}

TEST_CASE("Plaintext where TLS must begin fails the handshake with an alert", "[tls][stage]") {
  Trust trust;
  Stage server(trust.server(), {}, seeded(1));
  Log log;
  server.begin(now);
  server.receive("EHLO anna.example\r\n");
  while (const auto output = server.poll()) std::visit(log, *output);
  REQUIRE(log.failed);
  CHECK(log.failed->reason.starts_with("the other side speaks in the clear where TLS was to begin"));
  CHECK_FALSE(log.established);
}

TEST_CASE("Whatever happens to the octets of a handshake, a stage ends in order or fails", "[tls][stage]") {
  Trust trust;
  const Context server_context = trust.server(), client_context = trust.client();
  const Pair whole(server_context, client_context);
  const auto seed = Catch::getSeed();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    const bool to_server = round % 2 == 0;
    std::string wire = to_server ? whole.client.wire : whole.server.wire;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % wire.size();
      switch (random() % 3) {
        case 0:
          wire[at] = static_cast<char>(random());
          break;
        case 1:
          wire.erase(at, 1 + random() % 9);
          break;
        default:
          wire.insert(at, 1 + random() % 9, static_cast<char>(random()));
      }
      if (wire.empty()) wire = "x";
    }
    Stage stage(to_server ? server_context : client_context, {"mail.alba.example", {}}, seeded(to_server ? 12 : 11));
    Log log;
    stage.begin(now);
    for (std::size_t at = 0; at < wire.size(); at += 50) stage.receive(std::string_view(wire).substr(at, 50));
    stage.receive_eof();
    while (const auto output = stage.poll()) std::visit(log, *output);
    CHECK((log.failed || log.established));
    CHECK(log.plaintext.empty());
  }
}

}  // namespace mailscope::tls::test
