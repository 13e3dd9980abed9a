#include "protocols/core/input_buffer.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

namespace {

struct Seen {
  std::string text;
  std::uint64_t begin, end;
  bool too_long, bare_end;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::vector<Seen> frame(std::string_view bytes, std::size_t limit, std::size_t chunk) {
  InputBuffer input;
  LineFramer framer(limit);
  std::vector<Seen> lines;
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    input.append(bytes.substr(at, chunk));
    while (auto line = framer.take(input))
      lines.push_back({line->text, line->bytes.begin, line->bytes.end, line->too_long, line->bare_end});
  }
  return lines;
}

}  // namespace

TEST_CASE("lines end at CR LF alone, and whole input gives what byte-by-byte input gives") {
  const std::string_view bytes = "EHLO a\r\nbare\nline\r\n\r\nlone\rreturn\r\n\r\r\nunfinished";
  const auto whole = frame(bytes, 512, bytes.size());
  CHECK(whole == frame(bytes, 512, 1));
  REQUIRE(whole.size() == 5);
  CHECK(whole[0] == Seen{"EHLO a", 0, 8, false, false});
  CHECK(whole[1] == Seen{"bare\nline", 8, 19, false, true});
  CHECK(whole[2] == Seen{"", 19, 21, false, false});
  CHECK(whole[3].bare_end);
}

TEST_CASE("a line over the limit is cut, marked and skipped, and the next one is read") {
  for (std::size_t length = 5; length < 24; ++length) {
    const std::string bytes = std::string(length, 'x') + "\r\nNOOP\r\n";
    const auto whole = frame(bytes, 10, bytes.size());
    INFO("length " << length);
    CHECK(whole == frame(bytes, 10, 1));
    REQUIRE(whole.size() == 2);
    CHECK(whole[0].too_long == (length + 2 > 10));
    CHECK(whole[0].text == std::string(std::min<std::size_t>(length, 10), 'x'));
    CHECK(whole[0].end == length + 2);
    CHECK(whole[1].text == "NOOP");
  }
}

TEST_CASE("literals are taken by count, across chunks") {
  InputBuffer input;
  input.append("ab");
  CHECK_FALSE(take_octets(input, 3));
  input.append("c\r\n");
  CHECK(take_octets(input, 3) == "abc");
  CHECK(input.offset() == 3);
}
