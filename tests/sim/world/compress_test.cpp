// The lesson with compressed IMAP (RFC 4978): the same conversation in fewer octets, alone and inside TLS.
#include <algorithm>

#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;

namespace {

const Edits compressed = {{"{protocol: imap,", "{protocol: imap, compress: true,"}};
const Edits in_tls = {
    {"    users: {bruno: ginger-4}", "    users: {bruno: ginger-4}\n    plaintext-login: false\n    starttls: true"},
    {"{protocol: imap,", "{protocol: imap, compress: true, security: starttls,"}};

/// Lines of IMAP as one end tells them, with their place in its engine's stream; what the trace says of the wire left
/// out.
std::vector<std::string> lines(const Trace& trace, Direction direction) {
  std::vector<std::string> told;
  for (const Record& record : trace.records()) {
    const auto* line = std::get_if<LineSpoken>(&record.what);
    if (!line || !line->step.topic.starts_with("imap/") || line->step.direction != direction) continue;
    told.push_back(std::to_string(line->connection.value) + (line->speaker() == Side::Client ? "> " : "< ") +
                   std::to_string(line->step.bytes.begin) + "-" + std::to_string(line->step.bytes.end) + " " +
                   line->step.text);
  }
  std::ranges::sort(told);
  return told;
}

bool asked_to_compress(const Trace& trace) {
  return std::ranges::any_of(lines_said_by(trace, "bruno-phone"),
                             [](const std::string& line) { return line.ends_with(" COMPRESS DEFLATE"); });
}

std::size_t lines_in_clear(const Trace& trace) {
  return static_cast<std::size_t>(std::ranges::count_if(trace.records(), [](const Record& record) {
    const auto* line = std::get_if<LineSpoken>(&record.what);
    return line && line->in_clear;
  }));
}

}  // namespace

TEST_CASE("with COMPRESS the mail is read in fewer octets, and both ends agree on every line (RFC 4978 §3)") {
  World plain = lesson_world({}), packed = lesson_world(compressed);
  plain.run();
  packed.run();
  REQUIRE(packed.at_rest());
  CHECK(asked_to_compress(packed.trace()));
  CHECK_FALSE(asked_to_compress(plain.trace()));
  CHECK(mailbox(packed.trace(), "bruno-phone", "INBOX").size() ==
        mailbox(plain.trace(), "bruno-phone", "INBOX").size());
  CHECK(lines(packed.trace(), Direction::Sent) == lines(packed.trace(), Direction::Received));
  CHECK(lines_in_clear(packed.trace()) > 10);
  CHECK(lines_in_clear(plain.trace()) == 0);
  const auto octets = [](const Trace& trace) {
    std::size_t sum = 0;
    for (const Record& record : trace.records())
      if (const auto* sent = std::get_if<PacketSent>(&record.what)) sum += sent->payload.size();
    return sum;
  };
  CHECK(octets(packed.trace()) < octets(plain.trace()));
}

TEST_CASE("inside TLS what travels is compressed first, and nobody can read it (RFC 4978 §3)") {
  World world = lesson_world(in_tls);
  world.run();
  REQUIRE(world.at_rest());
  CHECK(asked_to_compress(world.trace()));
  CHECK(mailbox(world.trace(), "bruno-phone", "INBOX").size() > 0);
  CHECK(lines_in_clear(world.trace()) == 0);
  CHECK(lines(world.trace(), Direction::Sent) == lines(world.trace(), Direction::Received));
}
