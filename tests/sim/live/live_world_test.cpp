// Real sockets of this machine against the lesson's servers. Time is the test's own: the world's clock stands still but
// where a test moves it.
#include "sim/live/live_world.hpp"

#include <sys/resource.h>

#include <catch2/catch_all.hpp>
#include <functional>
#include <initializer_list>
#include <utility>

#include "protocols/compress/deflate.hpp"
#include "sim/live/files.hpp"
#include "tests/sim/live/scratch_folder.hpp"
#include "tests/sim/world/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::live;

namespace {

constexpr std::uint32_t loopback = 127U << 24 | 1;

/// Ports below those that Linux gives out by itself (32768 and up).
std::vector<Mapping> test_ports() {
  std::vector<Mapping> mappings;
  std::uint16_t real = 29'210;
  for (const char* host : {"mail.alba.example", "mx.llevant.example"})
    for (const std::uint16_t port : std::initializer_list<std::uint16_t>{25, 587, 110, 143})
      mappings.push_back({host, port, real++});
  return mappings;
}

constexpr Instant start{std::chrono::seconds(1'780'000'000)};

LiveWorld served_lesson(const Edits& edits, Limits limits) {
  return LiveWorld(scenario_from(lesson_text(edits)), {.mappings = test_ports(), .limits = limits}, start);
}

struct Rig {
  explicit Rig(Limits limits = {}, const Edits& edits = {}) : world(served_lesson(edits, limits)) {
    const auto failures = world.open();
    for (const std::string& failure : failures) FAIL_CHECK(failure);
  }
  std::unique_ptr<Stream> connect(std::string_view host, std::uint16_t port) {
    for (const Door& door : world.doors())
      if (door.host == host && door.port.port.number == port) {
        auto stream = Stream::open({loopback, door.real});
        (void)stream->opening();
        return stream;
      }
    return nullptr;
  }
  void turn() {
    world.turn([this] { return now; }, std::chrono::milliseconds(1));
  }
  /// Turns until the client has heard something that ends so, or the connection has ended.
  std::string hear(Stream& client, std::string_view end) {
    std::string heard;
    for (int turns = 0; turns < 2'000 && !heard.ends_with(end); ++turns) {
      turn();
      if (client.read(heard) == Stream::Outcome::Ended) break;
    }
    return heard;
  }
  std::string ask(Stream& client, std::string line, std::string_view end = "\r\n") {
    line += "\r\n";
    REQUIRE(client.write(line) == Stream::Outcome::Progress);
    return hear(client, end);
  }
  Instant now{start};
  LiveWorld world;
};

std::size_t count(const Trace& trace, const std::function<bool(const Happening&)>& wanted) {
  return static_cast<std::size_t>(
      std::ranges::count_if(trace.records(), [&](const Record& record) { return wanted(record.what); }));
}

}  // namespace

TEST_CASE("a real client submits, the simulated relay carries, another real client collects") {
  Rig rig;
  const auto sender = rig.connect("mail.alba.example", 587);
  REQUIRE(sender);
  CHECK(rig.hear(*sender, "\r\n").starts_with("220 mail.alba.example"));
  CHECK(rig.ask(*sender, "EHLO laptop.example").find("AUTH") != std::string::npos);
  CHECK(rig.ask(*sender, "AUTH PLAIN AGFubmEAdmlvbGV0LTc=").starts_with("235"));
  CHECK(rig.ask(*sender, "MAIL FROM:<anna@alba.example>").starts_with("250"));
  CHECK(rig.ask(*sender, "RCPT TO:<bruno@llevant.example>").starts_with("250"));
  CHECK(rig.ask(*sender, "DATA").starts_with("354"));
  CHECK(rig.ask(*sender, "From: anna@alba.example\r\nSubject: Live\r\n\r\nReal octets.\r\n.").starts_with("250"));
  CHECK(rig.ask(*sender, "QUIT").starts_with("221"));

  // The relay has links that take time: it passes.
  for (int i = 0; i < 200; ++i) {
    rig.now += std::chrono::milliseconds(20);
    rig.turn();
  }
  const auto reader = rig.connect("mx.llevant.example", 110);
  REQUIRE(reader);
  CHECK(rig.hear(*reader, "\r\n").starts_with("+OK"));
  CHECK(rig.ask(*reader, "USER bruno").starts_with("+OK"));
  CHECK(rig.ask(*reader, "PASS ginger-4").starts_with("+OK"));
  const std::string message = rig.ask(*reader, "RETR 1", "\r\n.\r\n");
  CHECK(message.find("Subject: Live\r\n") != std::string::npos);
  CHECK(message.find("Real octets.") != std::string::npos);
  CHECK(rig.ask(*reader, "QUIT").starts_with("+OK"));
  CHECK(count(rig.world.trace(), [](const Happening& what) {
          const auto* line = std::get_if<LineSpoken>(&what);
          return line && line->step.text == "RETR 1";
        }) == 1);
}

TEST_CASE("a client that idles is told of a delivery at once (RFC 2177 §3)") {
  Rig rig;
  const auto reader = rig.connect("mx.llevant.example", 143), sender = rig.connect("mx.llevant.example", 25);
  REQUIRE(reader);
  REQUIRE(sender);
  CHECK(rig.hear(*reader, "\r\n").starts_with("* OK"));
  CHECK(rig.ask(*reader, "a LOGIN bruno ginger-4").starts_with("a OK"));
  CHECK(rig.ask(*reader, "b SELECT INBOX", "b OK [READ-WRITE] SELECT completed\r\n").starts_with("* FLAGS"));
  CHECK(rig.ask(*reader, "c IDLE") == "+ idling\r\n");
  CHECK(rig.hear(*sender, "\r\n").starts_with("220"));
  CHECK(rig.ask(*sender, "HELO somewhere.example").starts_with("250"));
  CHECK(rig.ask(*sender, "MAIL FROM:<carla@somewhere.example>").starts_with("250"));
  CHECK(rig.ask(*sender, "RCPT TO:<bruno@llevant.example>").starts_with("250"));
  CHECK(rig.ask(*sender, "DATA").starts_with("354"));
  CHECK(rig.ask(*sender, "Subject: Now\r\n\r\nAt once.\r\n.").starts_with("250"));
  CHECK(rig.hear(*reader, "RECENT\r\n") == "* 1 EXISTS\r\n* 1 RECENT\r\n");
  CHECK(rig.ask(*reader, "DONE") == "c OK IDLE completed\r\n");
}

TEST_CASE("visitors beyond the limit are closed before a word, and that is told once") {
  Limits limits;
  limits.visits = 2;
  Rig rig(limits);
  const auto first = rig.connect("mail.alba.example", 110), second = rig.connect("mail.alba.example", 110);
  CHECK_FALSE(rig.hear(*first, "\r\n").empty());
  CHECK_FALSE(rig.hear(*second, "\r\n").empty());
  for (int i = 0; i < 3; ++i) {
    const auto third = rig.connect("mail.alba.example", 110);
    CHECK(rig.hear(*third, "\r\n").empty());
  }
  CHECK(count(rig.world.trace(), [](const Happening& what) {
          const auto* notice = std::get_if<Notice>(&what);
          return notice && notice->topic == "notice/too-many-peers";
        }) == 1);
  CHECK(rig.ask(*first, "QUIT").starts_with("+OK"));
}

TEST_CASE("a visitor that leaves without a word makes room") {
  Limits limits;
  limits.visits = 1;
  Rig rig(limits);
  for (int i = 0; i < 20; ++i) {
    auto client = rig.connect("mx.llevant.example", 143);
    CHECK(rig.hear(*client, "\r\n").starts_with("* OK"));
    client.reset();
    for (int turns = 0; turns < 2'000 && rig.world.visits() > 0; ++turns) rig.turn();
    REQUIRE(rig.world.visits() == 0);
  }
}

TEST_CASE("a client that takes no answers is cut off after a while") {
  Rig rig;
  const auto client = rig.connect("mx.llevant.example", 143);
  CHECK(rig.hear(*client, "\r\n").starts_with("* OK"));
  CHECK(rig.ask(*client, "a LOGIN bruno ginger-4").find("a OK") != std::string::npos);
  const std::string message = "Subject: big\r\n\r\n" + std::string(1 << 20, 'x') + "\r\n";
  CHECK(rig.ask(*client, "b APPEND INBOX {" + std::to_string(message.size()) + "}").starts_with("+"));
  std::string rest = message + "\r\nc SELECT INBOX\r\n";
  for (int turns = 0; turns < 2'000 && !rest.empty(); ++turns) {
    REQUIRE(client->write(rest) != Stream::Outcome::Ended);
    rig.turn();
  }
  CHECK(rig.hear(*client, "SELECT completed\r\n").ends_with("SELECT completed\r\n"));
  std::string commands;
  for (int i = 0; i < 32; ++i) commands += "d FETCH 1 BODY[]\r\n";  // more than the system keeps for a slow reader
  for (int turns = 0; turns < 200 && !commands.empty(); ++turns) {
    REQUIRE(client->write(commands) != Stream::Outcome::Ended);
    rig.turn();
  }
  for (int turns = 0; turns < 50; ++turns) rig.turn();
  CHECK(rig.world.visits() == 1);
  // The engine is not asked for answers that nobody takes: what is in memory is one of them and a buffer.
  const std::size_t answered = count(rig.world.trace(), [](const Happening& what) {
    const auto* line = std::get_if<LineSpoken>(&what);
    return line && line->step.text.starts_with("* 1 FETCH (BODY[] ");
  });
  CHECK(answered > 0);
  CHECK(answered < 32);
  for (int minutes = 0; minutes < 10 && rig.world.visits() > 0; ++minutes) {  // buffers may take some more meanwhile
    rig.now += Bridge::stalled_max + std::chrono::seconds(1);
    rig.turn();
    rig.turn();
  }
  CHECK(rig.world.visits() == 0);
}

TEST_CASE("when the record is full the servers serve on") {
  Limits limits;
  limits.recorded_octets = 20'000;
  Rig rig(limits);
  for (int i = 0; i < 100; ++i) {
    const auto client = rig.connect("mx.llevant.example", 143);
    CHECK(rig.hear(*client, "\r\n").starts_with("* OK"));
    CHECK(rig.ask(*client, "a LOGOUT", "completed\r\n").find("BYE") != std::string::npos);
  }
  CHECK(rig.world.trace().full());
}

TEST_CASE("a server that goes down says so to everybody (RFC 5321 §3.8, RFC 9051 §7.1.5)", "[live]") {
  Rig rig;
  const auto smtp = rig.connect("mail.alba.example", 587), imap = rig.connect("mx.llevant.example", 143),
             pop3 = rig.connect("mx.llevant.example", 110);
  for (const auto* client : {&smtp, &imap, &pop3}) CHECK_FALSE(rig.hear(**client, "\r\n").empty());
  CHECK(rig.ask(*imap, "a LOGIN bruno ginger-4").find("a OK") != std::string::npos);
  rig.world.close([this_now = rig.now]() mutable { return this_now += std::chrono::milliseconds(20); });
  const auto rest = [](Stream& client) {
    std::string heard;
    while (client.read(heard) == Stream::Outcome::Progress) continue;
    return heard;
  };
  CHECK(rest(*smtp).starts_with("421 "));
  CHECK(rest(*imap) == "* BYE server shutting down\r\n");
  CHECK(rest(*pop3) == "-ERR [SYS/TEMP] server shutting down\r\n");
  CHECK_FALSE(rig.connect("mail.alba.example", 587)->opening() == Stream::Opening::Done);
}

TEST_CASE("a server's mailboxes and its queue hold so much and no more (RFC 5321 §4.2.3, RFC 9051 §7.1)", "[live]") {
  Limits limits;
  limits.store_octets = 4'000;  // a message counts more than its content
  limits.queue_octets = 3'000;
  // Nobody answers at the other server: what goes there waits.
  Rig rig(limits, {{"25: relay, 110", "25: filtered, 110"}});
  const std::string text = "Subject: x\r\n\r\n" + std::string(800, 'x') + "\r\n";
  const auto sender = rig.connect("mail.alba.example", 587);
  CHECK(rig.hear(*sender, "\r\n").starts_with("220"));
  CHECK(rig.ask(*sender, "EHLO laptop.example").find("AUTH") != std::string::npos);
  CHECK(rig.ask(*sender, "AUTH PLAIN AGFubmEAdmlvbGV0LTc=").starts_with("235"));
  const auto hand_in = [&](const char* to) {
    CHECK(rig.ask(*sender, "MAIL FROM:<anna@alba.example>").starts_with("250"));
    const std::string answer = rig.ask(*sender, "RCPT TO:<" + std::string(to) + ">");
    if (!answer.starts_with("250")) return rig.ask(*sender, "RSET"), answer;
    CHECK(rig.ask(*sender, "DATA").starts_with("354"));
    return rig.ask(*sender, text + ".");
  };
  int queued = 0, kept = 0;
  std::string full;
  while (queued < 10 && (full = hand_in("bruno@llevant.example")).starts_with("250")) ++queued;
  CHECK(full.starts_with("452 4.3.1"));
  CHECK(queued == 2);
  while (kept < 10 && (full = hand_in("anna@alba.example")).starts_with("250")) ++kept;
  CHECK(full.starts_with("452 4.3.1"));
  CHECK(kept == 2);
  const auto reader = rig.connect("mail.alba.example", 143);
  CHECK(rig.hear(*reader, "\r\n").starts_with("* OK"));
  CHECK(rig.ask(*reader, "a LOGIN anna violet-7").find("a OK") != std::string::npos);
  CHECK(rig.ask(*reader, "b APPEND INBOX {" + std::to_string(text.size()) + "}").starts_with("+"));
  CHECK(rig.ask(*reader, text + "\r\n").find("b NO [LIMIT]") != std::string::npos);
}

TEST_CASE("who guesses passwords and goes on talking is not read on", "[live]") {
  Rig rig;
  const auto client = rig.connect("mx.llevant.example", 143);
  CHECK(rig.hear(*client, "\r\n").starts_with("* OK"));
  for (int i = 0; i < 8; ++i) {  // each failure makes the next answer slower
    rig.now += std::chrono::seconds(30);
    std::string login = "a LOGIN bruno wrong\r\n";
    REQUIRE(client->write(login) == Stream::Outcome::Progress);
    for (int turns = 0; turns < 5; ++turns) rig.turn();
  }
  std::size_t taken = 0;
  for (int turns = 0; turns < 2'000; ++turns) {
    std::string noise(1 << 16, 'x');
    (void)client->write(noise);
    taken += (1 << 16) - noise.size();
    rig.turn();
  }
  // Two systems' buffers and the simulated connection's; without a bound it would be 128 MiB.
  CHECK(taken < 32U << 20U);
}

TEST_CASE("a gigabyte packed into five megabytes is never in memory at once (COMPRESS, RFC 4978)", "[live]") {
  Rig rig;
  const auto client = rig.connect("mx.llevant.example", 143);
  CHECK(rig.hear(*client, "\r\n").starts_with("* OK"));
  CHECK(rig.ask(*client, "a LOGIN bruno ginger-4").find("a OK") != std::string::npos);
  CHECK(rig.ask(*client, "b COMPRESS DEFLATE").starts_with("b OK"));
  compress::Deflater deflater;
  const std::string piece(64 << 20, 'x');
  std::string packed = deflater.compress(piece);
  const std::string again = deflater.compress(piece);  // says that what came before comes again
  for (int pieces = 1; pieces < 16; ++pieces) packed += again;
  packed += deflater.compress("\r\nc NOOP\r\n");
  REQUIRE(packed.size() < 5'000'000);
  const auto peak_kib = [] {
    rusage usage{};
    REQUIRE(getrusage(RUSAGE_SELF, &usage) == 0);
    return usage.ru_maxrss;
  };
  const auto before = peak_kib();
  compress::Inflater inflater;
  std::string heard, said;
  for (int turns = 0; turns < 20'000 && !said.ends_with("completed\r\n"); ++turns) {
    if (!packed.empty()) REQUIRE(client->write(packed) != Stream::Outcome::Ended);
    rig.turn();
    REQUIRE(client->read(heard) != Stream::Outcome::Ended);
    inflater.receive(std::exchange(heard, {}));
    while (const auto text = inflater.next()) said += *text;
  }
  CHECK(said == "* BAD command line too long\r\nc OK NOOP completed\r\n");
  CHECK(peak_kib() - before < 512 << 10);  // much of this is what a sanitizer keeps
}

TEST_CASE("a port that is taken is named, and no other door stays open") {
  Rig rig;
  LiveWorld second = served_lesson({}, {});
  const std::vector<std::string> failures = second.open();
  REQUIRE(failures.size() == second.doors().size());
  CHECK(failures[0].find("29210") != std::string::npos);
}

TEST_CASE("a folder that cannot hold the authority is told, and no door opens", "[live]") {
  const test::ScratchFolder folder;
  write_synced(folder.path / "file", "in the way", mode_private);
  const Setting setting{.mappings = test_ports(), .with_tls = true, .authority = folder.path / "file" / "below"};
  LiveWorld world(scenario_from(lesson_text()), setting, start);
  REQUIRE(world.open().size() == 1);
  CHECK(world.authority().empty());
  LiveWorld good(scenario_from(lesson_text()), {.with_tls = true, .authority = folder.path / "ca"}, start);
  CHECK(good.authority() == folder.path / "ca" / "ca.pem");
}
