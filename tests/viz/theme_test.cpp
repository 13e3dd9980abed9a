#include "viz/draw/theme.hpp"

#include <catch2/catch_all.hpp>

using namespace mailscope;

TEST_CASE("each protocol has its colour, and an unknown one has the neutral colour") {
  Palette colours{};
  colours.smtp = 1, colours.pop3 = 2, colours.imap = 3, colours.dns = 4, colours.other = 5;
  CHECK(protocol_colour(colours, "SMTP") == 1);
  CHECK(protocol_colour(colours, "POP3") == 2);
  CHECK(protocol_colour(colours, "IMAP") == 3);
  CHECK(protocol_colour(colours, "DNS") == 4);
  CHECK(protocol_colour(colours, "NTP") == 5);
}
