// DEFLATE as a stage (RFC 1951, RFC 4978 §4): what goes in comes out, however it is cut; what is no DEFLATE breaks it.
#include "protocols/compress/deflate.hpp"

#include <catch2/catch_all.hpp>
#include <random>

using namespace mailscope;
using compress::Deflater;
using compress::Inflater;

namespace {

std::string all_of(Inflater& inflater) {
  std::string out;
  while (const auto piece = inflater.next()) {
    CHECK(piece->size() <= Inflater::piece_octets_max);
    out += *piece;
  }
  return out;
}

}  // namespace

TEST_CASE("DEFLATE: each text can be read as soon as it is sent, and repeated ones shrink (RFC 4978 §3)") {
  Deflater deflater;
  Inflater inflater;
  std::size_t first = 0;
  for (int time = 0; time < 20; ++time) {
    const std::string text = "* " + std::to_string(time) + " FETCH (UID 7 FLAGS (\\Seen))\r\n";
    const std::string packed = deflater.compress(text);
    if (time == 0) first = packed.size();
    if (time == 19) CHECK(packed.size() < first);
    inflater.receive(packed);
    CHECK(all_of(inflater) == text);
    CHECK(inflater.waiting() == 0);
  }
}

TEST_CASE("DEFLATE: any octets, cut anywhere, come out as they went in") {
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 30; ++round) {
    Deflater deflater;
    Inflater inflater;
    std::string said, heard, packed;
    for (int part = 0; part < 5; ++part) {
      std::string octets(random() % 200'000, 'a');
      if (random() % 2 == 0)
        for (char& octet : octets) octet = static_cast<char>(random());
      said += octets;
      packed += deflater.compress(octets);
    }
    for (std::size_t at = 0; at < packed.size();) {
      const std::size_t octets = 1 + random() % 5'000;
      inflater.receive(packed.substr(at, octets));
      at += octets;
      heard += all_of(inflater);
    }
    CHECK(heard == said);
    CHECK(inflater.used() == packed.size());
  }
}

TEST_CASE("DEFLATE: a bomb is given out in pieces, and only as they are asked for") {
  Deflater deflater;
  Inflater inflater;
  const std::string packed = deflater.compress(std::string(50 << 20, 'x'));
  REQUIRE(packed.size() < 300'000);
  inflater.receive(packed);
  std::size_t octets = 0, pieces = 0;
  while (const auto piece = inflater.next()) {
    REQUIRE(piece->size() <= Inflater::piece_octets_max);
    octets += piece->size();
    if (++pieces == 10) CHECK(inflater.waiting() > packed.size() / 2);
  }
  CHECK(octets == 50U << 20U);
}

TEST_CASE("DEFLATE: what is none breaks the stage for good (RFC 1951 §3.2.3)") {
  Deflater deflater;
  Inflater inflater;
  inflater.receive(deflater.compress("a NOOP\r\n"));
  inflater.receive("\x07\x07");  // a block of the type that there is none of
  CHECK(all_of(inflater) == "a NOOP\r\n");
  CHECK(inflater.broken());
  inflater.receive(deflater.compress("c NOOP\r\n"));
  CHECK_FALSE(inflater.next());
}

TEST_CASE("DEFLATE: the stage ends behind a text, and what follows is left alone (RFC 8437 §2)") {
  Deflater deflater;
  Inflater inflater;
  inflater.receive(deflater.compress("a NOOP\r\n") + deflater.compress("b UNAUTHENTICATE\r\n") + "c NOOP\r\n");
  CHECK(inflater.next() == "a NOOP\r\n");
  CHECK(inflater.next() == "b UNAUTHENTICATE\r\n");
  CHECK(inflater.end() == "c NOOP\r\n");
  CHECK_FALSE(inflater.next());
}
