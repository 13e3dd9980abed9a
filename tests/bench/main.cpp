// How fast engines and simulator are: a table for people, not a test. Build it with the release preset.
// mailscope_bench [WORD]: only the measurements whose name holds WORD.
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "sim/kernel/random.hpp"
#include "sim/net/network.hpp"
#include "sim/trace/export_json.hpp"
#include "tests/bench/message.hpp"
#include "tests/bench/retrieval.hpp"
#include "tests/bench/smtp.hpp"

namespace {

using namespace mailscope;
using namespace std::chrono_literals;

std::string_view wanted;  ///< argv[1]

/// Runs `work` and prints how many of its units (its result) passed a second, if `what` is wanted.
template <class Work>
void measure(std::string_view what, const char* unit, Work work) {
  if (what.find(wanted) == std::string_view::npos) return;
  const auto begin = std::chrono::steady_clock::now();
  const double units = work();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  std::printf("%-58s %14.0f %s/s  (%.2f s)\n", std::string(what).c_str(), units / taken.count(), unit, taken.count());
}

/// As a world uses it: each event that is taken schedules one more, a thousand are always pending.
double queue_events() {
  constexpr int events = 5'000'000;
  RandomStream random(1, "bench");
  EventQueue queue;
  for (std::uint32_t number = 0; number < 1'000; ++number) queue.schedule(Instant{}, ActionDue{number});
  for (int taken = 0; taken < events; ++taken) {
    const EventQueue::Entry entry = queue.pop();
    queue.schedule(entry.at + Duration{static_cast<std::int64_t>(random.below(1'000'000))}, entry.event);
  }
  return events;
}

Trace two_hosts() {
  Trace trace;
  trace.hosts.resize(2);
  trace.hosts[0].mailboxes = trace.hosts[1].mailboxes = {"INBOX"};
  trace.hosts[1].ports = {{{25}, Transport::Tcp, "SMTP", "relay", PortPolicy::Open}};
  trace.links = {{{0}, {1}, 10ms, 100'000'000}};
  return trace;
}

/// Octets from one application to the other, segments, acknowledgements and records included.
double tcp_octets() {
  constexpr std::size_t write_octets = 64 * 1024, writes = 1'600;
  Trace trace = two_hosts();
  EventQueue agenda;
  Network network(trace, agenda, 1);
  const std::string text(write_octets, 'x');
  const ConnectionId id = network.open(Instant{}, Transport::Tcp, {0}, {{1}, {25}}, "SMTP", "relay");
  std::size_t arrived = 0, written = 0;
  while (agenda.next_at()) {
    const EventQueue::Entry entry = agenda.pop();
    std::visit(
        [&](const auto& event) {
          if constexpr (requires { network.handle(entry.at, event); }) network.handle(entry.at, event);
        },
        entry.event);
    while (const auto news = network.poll())
      if (const auto* bytes = std::get_if<BytesArrived>(&*news)) arrived += bytes->bytes.size();
    if (written < writes && arrived == written * write_octets) {
      network.send(entry.at, id, Side::Client, text);
      ++written;
    }
  }
  return static_cast<double>(arrived);
}

/// A trace as a long lesson leaves it: connections, packets, lines and mailboxes in the proportions of real ones.
Trace long_trace(std::size_t records) {
  RandomStream random(1, "bench trace");
  Trace trace = two_hosts();
  std::uint32_t connections = 0, packets = 0, messages = 0;
  Instant now{};
  while (trace.records().size() < records) {
    const ConnectionId id{connections++};
    trace.append(now, ConnectionOpened{id, Transport::Tcp, {{0}, {49152}}, {{1}, {25}}, "SMTP", "relay"});
    for (int line = 0; line < 100; ++line) {
      PacketSent sent;
      sent.packet = {packets++};
      sent.connection = id;
      sent.arrives = now + 10ms;
      sent.payload = "250 2.1.5 Recipient ok\r\n";
      trace.append(now, sent);
      now += Duration{static_cast<std::int64_t>(random.below(10'000))};
      trace.append(now, PacketEnded{sent.packet, PacketFate::Delivered});
      LineSpoken spoken{id, Side::Client, {}};
      spoken.step.text = "250 2.1.5 Recipient ok";
      trace.append(now, spoken);
    }
    trace.append(now, MailboxChanged{{1}, "INBOX", MailboxChanged::Kind::Added, {messages++, "a", "b", 1, {}, true}});
    trace.append(now, ConnectionChanged{id, Phase::Closed});
  }
  return trace;
}

double state_look_ups(const Trace& trace) {
  constexpr int look_ups = 2'000;
  RandomStream random(1, "bench look-ups");
  std::size_t seen = 0;
  for (int count = 0; count < look_ups; ++count) {
    const Duration offset{
        static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>((trace.end() - trace.start).count())))};
    seen += trace.state_at(trace.start + offset).records;
  }
  return seen > 0 ? look_ups : 0;
}

/// Runs `work` and prints how long one of its `times` took.
template <class Work>
void time_of(std::string_view what, int times, Work work) {
  if (what.find(wanted) == std::string_view::npos) return;
  const auto begin = std::chrono::steady_clock::now();
  const std::size_t octets = work(times);
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
  std::printf("%-58s %14.3f ms each, %zu octets in all\n", std::string(what).c_str(), taken.count() / times, octets);
}

/// Copies of 1 MiB: again and again to one place, as to a cache; or each to memory that was never used, whose pages the
/// system has to provide first. An answer that owns its octets lies between the two: it takes as long as the first
/// where the allocator has such a piece at hand, and as long as the second where it has to ask the system.
double copied_octets(bool to_new_memory) {
  constexpr std::size_t copies = 500;
  const std::string text(1U << 20U, 'x');
  std::vector<std::string> places(to_new_memory ? copies : 1);
  for (std::size_t copy = 0; copy < copies; ++copy) places[copy % places.size()].assign(text);
  std::size_t kept = 0;
  for (const std::string& place : places) kept += place.size();
  return kept > 0 ? static_cast<double>(text.size() * copies) : 0;
}

void retrieval() {
  measure("mail store: append 1 KiB", "messages", bench::appended_messages);
  if (wanted.empty() || wanted.find("IMAP") != std::string_view::npos) {
    bench::Retrieval large(100'000, 1024), bodies(1, 1U << 20U);
    measure("IMAP FETCH FLAGS of 100,000 messages", "responses", [&] {
      constexpr int times = 5;
      return large.imap("FETCH 1:* FLAGS", times) > 0 ? 100'000.0 * times : 0;
    });
    measure("(memory: 1 MiB copied to the same place, IMAP's measure)", "octets", [] { return copied_octets(false); });
    measure("(memory: 1 MiB copied to new pages, IMAP's measure)", "octets", [] { return copied_octets(true); });
    measure("IMAP FETCH BODY.PEEK[] of 1 MiB", "octets",
            [&] { return static_cast<double>(bodies.imap("FETCH 1 BODY.PEEK[]", 500)); });
    time_of("IMAP SELECT of 100,000 messages", 50, [&](int times) { return large.fresh_imap("SELECT INBOX", times); });
    time_of("IMAP SEARCH of a header word in 100,000 messages", 5,
            [&](int times) { return large.imap("SEARCH HEADER SUBJECT 99999", times); });
    time_of("IMAP SEARCH TEXT in 100,000 messages of 1 KiB", 2,
            [&](int times) { return large.imap("SEARCH TEXT nowhere", times); });
    const std::string known = large.highest_modseq();
    large.change(100);
    time_of("IMAP SELECT (QRESYNC) of 100,000 messages, 100 changed", 50, [&](int times) {
      return large.fresh_imap("SELECT INBOX (QRESYNC (" + large.uid_validity() + " " + known + "))", times);
    });
  }
  if (wanted.empty() || wanted.find("POP3") != std::string_view::npos) {
    bench::Retrieval store(20'000, 10'000);
    measure("POP3 RETR of 10 kB, pipelined", "messages", [&] { return store.pop3_retr() > 0 ? 20'000.0 : 0; });
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) wanted = argv[1];
  measure("event queue, 1000 pending: take one, schedule one", "events", queue_events);
  measure("one TCP link, 100 MB in writes of 64 KiB", "octets", tcp_octets);
  Trace trace;
  measure("trace: append 1,000,000 records", "records", [&] {
    trace = long_trace(1'000'000);
    return static_cast<double>(trace.records().size());
  });
  if (!trace.records().empty()) {
    measure("trace: state at a random instant", "look-ups", [&] { return state_look_ups(trace); });
    measure("trace: hash over JSON lines", "records",
            [&] { return trace_hash(trace).empty() ? 0.0 : static_cast<double>(trace.records().size()); });
    std::printf("keyframes hold %zu items beside %zu records\n", trace.keyframe_items(), trace.records().size());
  }
  measure("structure of mails of 1 MiB", "octets", bench::structure_octets);
  measure("structure of mails of 1 KiB, multiparts nested", "mails", bench::small_structures);
  measure("SMTP server, 1 KiB, one recipient, pipelined, no Steps", "messages", bench::unwatched_messages);
  measure("SMTP server, the same with Steps", "messages", bench::watched_messages);
  measure("SMTP server, DATA of 8 MiB", "octets", bench::data_octets);
  measure("SMTP server, BDAT of 8 MiB", "octets", bench::chunk_octets);
  retrieval();
  if (wanted.empty() || wanted == "idle")
    std::printf("an idle SMTP server session after a message of 100 kB holds %zu octets\n",
                bench::idle_session_octets());
}
