#include "sim/scenario/read/units.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/core/utf8.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

TEST_CASE("spans of time are exact microseconds") {
  CHECK(parse_duration("20 ms") == 20ms);
  CHECK(parse_duration("1.5s") == 1500ms);
  CHECK(parse_duration("2 min") == 2min);
  CHECK(parse_duration("0.000001 s") == 1us);
  CHECK(parse_duration("0.25 h") == 15min);
  CHECK(parse_duration("0 us") == 0us);
  CHECK(parse_duration("999999999 h"));
  CHECK_FALSE(parse_duration("999999999999 h"));  // more than 63 bits of microseconds
  for (const char* wrong : {"", "20", "ms", "-1 s", "+1 s", "1 sec", "1  s", " 1 s", "1 s ", "1.s", ".5 s", "1,5 s",
                            "0.0000001 s", "0.5 us", "1e3 s", "1000000000000 s", "1 S", "1.0000000000 s"}) {
    INFO(wrong);
    CHECK_FALSE(parse_duration(wrong));
  }
}

TEST_CASE("bandwidths are bits per second, powers of 1000") {
  CHECK(parse_bandwidth("64 kbit/s") == 64'000U);
  CHECK(parse_bandwidth("2.5 Gbit/s") == 2'500'000'000U);
  CHECK(parse_bandwidth("300bit/s") == 300U);
  CHECK_FALSE(parse_bandwidth("20 MB/s"));
  CHECK_FALSE(parse_bandwidth("0.5 bit/s"));
  CHECK_FALSE(parse_bandwidth("999999999999 Gbit/s"));  // more than 64 bits hold
}

TEST_CASE("sizes are whole octets") {
  CHECK(parse_octets("100 kB") == 100'000U);
  CHECK(parse_octets("1.5 KiB") == 1'536U);
  CHECK(parse_octets("10MB") == 10'000'000U);
  CHECK_FALSE(parse_octets("10"));
  CHECK_FALSE(parse_octets("0.5 B"));
  CHECK_FALSE(parse_octets("1 GB"));
}

TEST_CASE("shares are exact millionths of the whole") {
  CHECK(parse_share("5 %") == 50'000U);
  CHECK(parse_share("0.1%") == 1'000U);
  CHECK(parse_share("100 %") == 1'000'000U);
  CHECK(parse_share("0.0001 %") == 1U);
  for (const char* wrong : {"5", "%", "100.0001 %", "0.00001 %", "-1 %", "5 percent"}) {
    INFO(wrong);
    CHECK_FALSE(parse_share(wrong));
  }
}

TEST_CASE("instants are RFC 3339 date-times in UTC (RFC 3339 §5.6)") {
  CHECK(parse_instant("1970-01-01T00:00:00Z") == Instant{});
  CHECK(parse_instant("2026-03-02T09:00:00.25Z") == Instant(1'772'442'000s + 250ms));
  CHECK(parse_instant("2024-02-29T23:59:59Z"));
  for (const char* wrong :
       {"", "2026-03-02", "2026-03-02T09:00:00", "2026-03-02T09:00:00+01:00", "2026-02-29T09:00:00Z",
        "2026-13-01T09:00:00Z", "2026-03-02T24:00:00Z", "2026-03-02T09:60:00Z", "2026-03-02T09:00:60Z",
        "1969-12-31T23:59:59Z", "3000-01-01T00:00:00Z", "2026-03-02t09:00:00z", "2026-03-02T09:00:00.Z",
        "2026-03-02T09:00:00.1234567Z", "2026-03-02T09:00:00ZZ", "26-03-02T09:00:00Z"}) {
    INFO(wrong);
    CHECK_FALSE(parse_instant(wrong));
  }
}

TEST_CASE("UTF-8 is well-formed or not, octet by octet (RFC 3629 §3, §4)") {
  const std::string good = "aé€😀\U0010FFFF";
  CHECK(utf8_valid_prefix(good) == good.size());
  CHECK(utf8_characters(good) == 5);
  for (std::size_t cut = 1; cut < 4; ++cut)
    CHECK(utf8_valid_prefix(good.substr(0, good.size() - cut)) == good.size() - 4);
  for (const char* wrong : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3(", "\xe2\x82("}) {
    CHECK(utf8_valid_prefix(wrong) == 0);
    CHECK(utf8_length(wrong) == 0);
  }
  CHECK(utf8_characters("a\xff\xfe"
                        "b") == 4);
}
