#include <catch2/catch_all.hpp>

#include "sim/trace/export_text.hpp"
#include "sim/trace/printable.hpp"

using namespace mailscope;
using namespace std::chrono_literals;

namespace {

/// A short exchange with one of everything that people are told.
Trace small_trace() {
  Trace trace;
  trace.title = "Send and retrieve";
  trace.seed = 7;
  trace.start = Instant{} + std::chrono::seconds(1'772'442'000);
  trace.hosts.resize(3);
  trace.hosts[0].name = "anna-laptop";
  trace.hosts[1].name = "mail.alba.example";
  trace.hosts[2].name = "dns";
  const auto at = [&](int ms) { return trace.start + std::chrono::milliseconds(ms); };
  const auto say = [&](int ms, std::uint32_t connection, Side side, std::string text, std::string topic,
                       bool error = false) {
    LineSpoken line{{connection}, side, {}};
    line.step.bytes = {0, text.size() + 2};
    line.step.text = std::move(text);
    line.step.topic = std::move(topic);
    line.step.is_error = error;
    trace.append(at(ms), line);
    line.side = other(side);
    line.step.direction = Direction::Received;
    trace.append(at(ms + 20), line);
  };
  trace.append(at(0), LessonStepReached{0});
  trace.append(at(0), ActionBegan{0, {0}});
  trace.append(at(0), ConnectionOpened{{0}, Transport::Tcp, {{0}, {49152}}, {{1}, {587}}, "SMTP", "submission"});
  trace.append(at(40), ConnectionChanged{{0}, Phase::Open});
  for (const Side side : {Side::Client, Side::Server}) trace.append(at(40), EngineAttached{{0}, side, {}, {}});
  say(60, 0, Side::Server, "220 mail.alba.example ESMTP", "smtp/reply/greeting/220");
  say(80, 0, Side::Client, "EHLO anna-laptop", "smtp/command/EHLO");
  say(100, 0, Side::Server, "250-mail.alba.example\n250-SIZE 10485760\n250 AUTH PLAIN", "smtp/reply/EHLO/250");
  say(120, 0, Side::Client, "RCPT TO:<nobody@alba.example>", "smtp/command/RCPT");
  say(140, 0, Side::Server, "550 5.1.1 No such user", "smtp/reply/RCPT/550", true);
  say(160, 0, Side::Client, "Subject: caffè\n\nEvil \x1b[2J\xff end\n.", "smtp/content");
  trace.append(at(200), Notice{{1}, ConnectionId{0}, Severity::Failure, "notice/send-failed", {"bruno"}});
  trace.append(at(200), ConnectionChanged{{0}, Phase::Closing});
  trace.append(at(220), ConnectionChanged{{0}, Phase::Closed});
  trace.append(at(300), LessonStepReached{1});
  trace.append(at(300), ConnectionOpened{{1}, Transport::Udp, {{1}, {49152}}, {{2}, {53}}, "DNS", "lookup"});
  trace.append(at(300), ConnectionChanged{{1}, Phase::Open});
  for (const Side side : {Side::Client, Side::Server}) trace.append(at(300), EngineAttached{{1}, side, {}, {}});
  say(300, 1, Side::Client, "MX llevant.example?", "dns/query/MX");
  trace.append(at(340), ConnectionChanged{{1}, Phase::Refused});
  trace.append(at(400), QueueChanged{{1}, 1});
  MessageSummary message{1, "anna@alba.example", "Lunch", 612, {}, true};
  trace.append(at(400), MailboxChanged{{1}, "anna/INBOX", MailboxChanged::Kind::Added, message});
  message.flags = {"\\Seen"};
  trace.append(at(500), MailboxChanged{{1}, "anna/INBOX", MailboxChanged::Kind::Updated, message});
  trace.append(at(61'500), MailboxChanged{{1}, "anna/INBOX", MailboxChanged::Kind::Removed, message});
  return trace;
}

TranscriptOptions options_with_texts() {
  TranscriptOptions options;
  options.explain = [](std::string_view topic, const std::vector<std::string>& arguments) {
    if (topic == "notice/send-failed") return "Sending to " + arguments.at(0) + " failed";
    return topic.starts_with("smtp/command/") ? "about " + std::string(topic) : std::string();
  };
  options.step_title = [](std::uint32_t step) { return step == 0 ? "Anna writes" : "The server asks DNS"; };
  options.action_title = [](std::uint32_t) { return "sends a message"; };
  return options;
}

}  // namespace

TEST_CASE("what a real peer said is told where its server heard it, and more() goes on where it stopped") {
  Trace trace;
  trace.start = Instant{std::chrono::seconds(1'780'000'000)};
  trace.hosts.resize(2);
  trace.hosts[0].name = "outside";
  trace.hosts[1].name = "mx";
  trace.append(trace.start, ConnectionOpened{{0}, Transport::Tcp, {{0}, {49152}}, {{1}, {25}}, "SMTP", "relay"});
  trace.append(trace.start, EngineAttached{{0}, Side::Server, {}, {}});
  Transcript transcript(trace, {});
  CHECK(transcript.more().find("TCP connection from port 49152") != std::string::npos);
  CHECK(transcript.more().empty());
  LineSpoken heard{{0}, Side::Server, {}};
  heard.step.direction = Direction::Received;
  heard.step.text = "EHLO laptop";
  trace.append(trace.start, heard);
  CHECK(transcript.more() == "  00:00.000  outside → mx:25  EHLO laptop\n");
}

TEST_CASE("the transcript tells each thing once, aligned, and neutralises what would drive the terminal") {
  const std::string expected = R"(Send and retrieve  2026-03-02 09:00:00 UTC, seed 7

1. Anna writes
  00:00.000  anna-laptop                                sends a message
  00:00.000        anna-laptop → mail.alba.example:587  TCP connection from port 49152, SMTP · submission
  00:00.040        anna-laptop ↔ mail.alba.example:587  connection open
  00:00.060        anna-laptop ← mail.alba.example:587  220 mail.alba.example ESMTP
  00:00.080        anna-laptop → mail.alba.example:587  EHLO anna-laptop
                                                        about smtp/command/EHLO
  00:00.100        anna-laptop ← mail.alba.example:587  250-mail.alba.example
                                                        250-SIZE 10485760
                                                        250 AUTH PLAIN
  00:00.120        anna-laptop → mail.alba.example:587  RCPT TO:<nobody@alba.example>
                                                        about smtp/command/RCPT
  00:00.140        anna-laptop ← mail.alba.example:587  550 5.1.1 No such user
  00:00.160        anna-laptop → mail.alba.example:587  Subject: caffè

                                                        Evil \x1b[2J\xff end
                                                        .
  00:00.200  mail.alba.example                          Sending to bruno failed
  00:00.220        anna-laptop ↔ mail.alba.example:587  connection closed

2. The server asks DNS
  00:00.300  mail.alba.example → dns:53                 UDP datagrams from port 49152, DNS · lookup
  00:00.300  mail.alba.example → dns:53                 MX llevant.example?
  00:00.340  mail.alba.example × dns:53                 port unreachable
  00:00.400  mail.alba.example                          queue: 1
  00:00.400  mail.alba.example                          + anna/INBOX: “Lunch” · anna@alba.example · 612 octets
  00:00.500  mail.alba.example                          * anna/INBOX: “Lunch” · anna@alba.example [\Seen]
  01:01.500  mail.alba.example                          - anna/INBOX: “Lunch” · anna@alba.example
)";
  const std::string printed = format_transcript(small_trace(), options_with_texts());
  CHECK(printed == expected);
}

TEST_CASE("the transcript ends where it is told to, and colours come only when asked for") {
  const Trace trace = small_trace();
  TranscriptOptions options;
  options.until = trace.start + 80ms;
  const std::string printed = format_transcript(trace, options);
  CHECK(printed.find("EHLO") != std::string::npos);
  CHECK(printed.find("RCPT") == std::string::npos);
  CHECK(printed.find('\x1b') == std::string::npos);
  options.colour = true;
  CHECK(format_transcript(trace, options).find("\x1b[33m220 mail.alba.example ESMTP\x1b[0m\n") != std::string::npos);
}

TEST_CASE("a body that was cut says how long it was") {
  Trace trace = small_trace();
  LineSpoken line{{0}, Side::Client, {}};
  line.step.text = std::string(step_text_octets_max, 'x');
  line.step.bytes = {0, 70'000};
  trace.append(trace.end(), line);
  CHECK(format_transcript(trace, {}).ends_with("[… cut; octets in all: 70000]\n"));
}

TEST_CASE("printable() keeps UTF-8 and escapes everything else octet by octet (RFC 3629 §4)") {
  CHECK(printable("caffè € 😀\n") == "caffè € 😀\n");
  CHECK(printable("a\tb\r\x7f") == "a    b\\x0d\\x7f");
  CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // past U+10FFFF
  CHECK(printable("\xe2\x82") == "\\xe2\\x82");                    // cut short
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");                    // C1 control: begins a control sequence
  CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");           // right-to-left override
}
