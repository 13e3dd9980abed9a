#include "protocols/core/dot_body.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/core/line_text.hpp"

using namespace mailscope;

namespace {

struct Seen {
  std::string content, text, rest;
  std::uint64_t begin{}, end{}, octets{};
  bool too_long{}, bare_end{};
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::optional<Seen> decode(std::string_view wire, std::size_t limit, std::size_t chunk) {
  InputBuffer input;
  input.append("??");  // the body seldom begins a stream
  input.consume(2);
  DotBodyDecoder decoder(limit);
  std::optional<DotBody> body;
  std::size_t at = 0;
  for (; at < wire.size() && !body; at += chunk) {
    input.append(wire.substr(at, chunk));
    body = decoder.take(input);
  }
  if (!body) return std::nullopt;
  const std::string rest = std::string(input.view()) + std::string(wire.substr(std::min(at, wire.size())));
  return Seen{body->content,   body->text,   rest,           body->bytes.begin,
              body->bytes.end, body->octets, body->too_long, body->bare_end};
}

/// Whole and byte by byte must agree.
std::optional<Seen> decode(std::string_view wire, std::size_t limit = 1000) {
  const auto whole = decode(wire, limit, wire.size());
  CHECK(whole == decode(wire, limit, 1));
  return whole;
}

}  // namespace

TEST_CASE("a leading dot of a content line is doubled and undone (RFC 5321 §4.5.2, RFC 1939 §3)") {
  const std::string content = "one\r\n.two\r\n..\r\n.\r\nthree. \r\n";
  const std::string wire = dot_encode(content);
  CHECK(wire == "one\r\n..two\r\n...\r\n..\r\nthree. \r\n.\r\n");
  const auto seen = decode(wire + "QUIT\r\n");
  REQUIRE(seen);
  CHECK(seen->content == content);
  CHECK(seen->rest == "QUIT\r\n");
  CHECK(seen->begin == 2);
  CHECK(seen->end == 2 + wire.size());
  CHECK(seen->text == step_text(wire));
  CHECK_FALSE(seen->bare_end);
}

TEST_CASE("an empty body is its ending dot, and a last line without its end gets one") {
  CHECK(dot_encode("") == ".\r\n");
  CHECK(decode(".\r\n")->content == "");
  CHECK(dot_encode("a") == "a\r\n.\r\n");
  CHECK(decode("\r\n.\r\n")->content == "\r\n");
}

TEST_CASE("no other sequence than CR LF . CR LF ends a body, and bare ends are told (RFC 5321 §4.1.1.4, §2.3.8)") {
  for (const std::string_view fake :
       {"\n.\n", "\r\n\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n.\r\r\n", "\r\r\n.\r\r", "\r.\r\n", "\n.\r"}) {
    const std::string wire = "a" + std::string(fake) + "b\r\n.\r\n";
    INFO(Catch::StringMaker<std::string>::convert(wire));
    const auto seen = decode(wire);
    REQUIRE(seen);
    CHECK(seen->end == 2 + wire.size());
    CHECK(seen->bare_end);
  }
  CHECK_FALSE(decode("a\r\n.\r"));
  CHECK_FALSE(decode("a.\r\n"));
}

TEST_CASE("a body over the limit is dropped beyond it, counted, and its end still found") {
  for (std::size_t length = 6; length <= 12; ++length) {
    const std::string content = std::string(length - 2, 'x') + "\r\n";
    const auto seen = decode(dot_encode(content) + "NOOP\r\n", 9);
    REQUIRE(seen);
    CHECK(seen->too_long == (length > 9));
    CHECK(seen->content == content.substr(0, 9));
    CHECK(seen->octets == length);
    CHECK(seen->rest == "NOOP\r\n");
  }
}

TEST_CASE("two bodies follow each other through one decoder") {
  InputBuffer input;
  DotBodyDecoder decoder(100);
  input.append("a\r\n.\r\nb\nc\r\n.\r\nd\r\n.\r\n");
  CHECK(decoder.take(input)->content == "a\r\n");
  CHECK(decoder.take(input)->bare_end);
  const auto third = decoder.take(input);
  CHECK(third->content == "d\r\n");
  CHECK_FALSE(third->bare_end);
  CHECK(third->bytes == ByteRange{14, 20});
}

TEST_CASE("a step's text is cut at its limit, the same at the end that kept only the head") {
  std::string wire;
  while (wire.size() < 2 * step_text_octets_max) wire += "line " + std::to_string(wire.size()) + "\r\n";
  for (std::size_t shift = 0; shift < 12; ++shift) {
    const std::string shifted = std::string(shift, 'x') + wire + ".\r\n";
    CHECK(decode(shifted, 10)->text == step_text(shifted));
    CHECK(step_text(shifted).size() <= step_text_octets_max);
  }
  CHECK(step_text("250-a\r\n250 b\r\n") == "250-a\n250 b");
  CHECK(step_text("a\r\n\r\n") == "a\n");
}

TEST_CASE("every kind of line end becomes CR LF (RFC 5321 §2.3.8)") {
  CHECK(with_crlf("a\nb\r\nc\rd\r\r\n\n") == "a\r\nb\r\nc\r\nd\r\n\r\n\r\n");
}
