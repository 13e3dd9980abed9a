// Identities as PEM text, and certificates for addresses.
#include "protocols/tls/pem.hpp"

#include <catch2/catch_all.hpp>

#include "tests/protocols/tls/rig.hpp"

namespace mailscope::tls::test {

namespace {

const Validity from_now{now - std::chrono::minutes(1), now + std::chrono::hours(24)};

}  // namespace

TEST_CASE("An identity comes back from its PEM text, and nothing from other text (RFC 7468)", "[tls][pem]") {
  const Library library(Library::Randomness::Real);
  const Authority authority(library, "Test authority", from_now, real_random);
  const std::string text = identity_pem(authority.own());
  const auto read = identity_from_pem(library, text);
  REQUIRE(read);
  CHECK(identity_pem(*read) == text);
  CHECK(certificate_pem(*read) == certificate_pem(authority.own()));
  CHECK(certificate_pem(*read).find("PRIVATE") == std::string::npos);
  for (const std::size_t octets : {std::size_t{0}, text.size() / 4, text.size() / 2, text.size() - 30})
    CHECK_FALSE(identity_from_pem(library, text.substr(0, octets)));
  const Authority other(library, "Test authority", from_now, real_random);
  const std::string other_key = identity_pem(other.own()).substr(0, text.find("-----BEGIN CERT"));
  CHECK_FALSE(identity_from_pem(library, other_key + certificate_pem(authority.own())));
}

TEST_CASE("Validity holds between its ends (RFC 5280 §4.1.2.5)", "[tls][pem]") {
  const Library library(Library::Randomness::Real);
  const Authority authority(library, "Test authority", from_now, real_random);
  CHECK(is_valid_at(authority.own(), now + std::chrono::hours(1)));
  CHECK_FALSE(is_valid_at(authority.own(), now - std::chrono::hours(1)));
  CHECK_FALSE(is_valid_at(authority.own(), now + std::chrono::hours(25)));
}

TEST_CASE("An authority that was read signs as the one that was written; addresses go with names", "[tls][pem]") {
  const Library library(Library::Randomness::Real);
  const Authority made(library, "Test authority", from_now, real_random);
  Authority read(library, *identity_from_pem(library, identity_pem(made.own())), real_random);
  const Identity identity = read.issue({"mail.alba.example", "127.0.0.1", "localhost"}, from_now);
  const Context server = Context::server(library, identity, {});
  const Context client = Context::client(library, {&made.root(), 1});
  for (const char* name : {"mail.alba.example", "localhost"}) {
    Pair pair(server, client, {name, {}});
    CHECK(pair.client.established);
  }
  Pair pair(server, client, {"mail.elsewhere.example", {}});
  CHECK_FALSE(pair.client.established);
}

}  // namespace mailscope::tls::test
