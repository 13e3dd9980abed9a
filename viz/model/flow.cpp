#include "viz/model/flow.hpp"

#include <algorithm>
#include <map>

namespace mailscope {
namespace {

/// A packet that begins in the middle of a row (a long message) shows what it carries itself, where that can be read.
std::string carried_text(const Conversation& conversation, const PacketSent& sent, Flight& flight) {
  std::string text;
  for (const std::size_t index : conversation.rows_in(sent.connection, sent.from, sent.stream)) {
    const ConversationRow& row = conversation.rows[index];
    flight.is_error = flight.is_error || row.is_error;
    flight.is_sealed = flight.is_sealed || row.is_sealed;
    const bool begins_here = row.bytes.begin >= sent.stream.begin;
    const std::string part = begins_here     ? first_line(row.text)
                             : row.is_sealed ? "… " + first_line(row.text)
                                             : "… " + first_line(sent.payload);
    text += (text.empty() ? "" : " · ") + part;
  }
  return text.empty() ? first_line(sent.payload) : text;
}

bool is_marked(const Happening& what) {
  if (const auto* changed = std::get_if<ConnectionChanged>(&what))
    return changed->phase == Phase::Refused || changed->phase == Phase::TimedOut || changed->phase == Phase::Reset;
  if (const auto* ended = std::get_if<PacketEnded>(&what))
    return ended->fate != PacketFate::Delivered && ended->fate != PacketFate::Altered;
  return false;
}

/// The newest packets with octets that arrived when they left, oldest first.
std::vector<std::size_t> sent_at_once(const Trace& trace, const WorldState& now) {
  std::vector<std::size_t> found;
  for (std::size_t i = now.records; i-- > 0 && found.size() < shown_at_once_max;) {
    const Record& record = trace.records()[i];
    if (now.at - record.at >= shown_at_once_for) break;
    const auto* sent = std::get_if<PacketSent>(&record.what);
    if (sent != nullptr && sent->arrives == record.at && !sent->payload.empty()) found.push_back(i);
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace

double progress_between(Instant sent, Instant arrives, Instant at) {
  if (at <= sent) return arrives <= sent ? 1.0 : 0.0;
  if (at >= arrives) return 1.0;
  return static_cast<double>((at - sent).count()) / static_cast<double>((arrives - sent).count());
}

std::string flags_text(const TcpFlags& flags) {
  std::string text;
  const auto add = [&text](bool is_set, const char* name) {
    if (is_set) text += (text.empty() ? "" : " ") + std::string(name);
  };
  add(flags.syn, "SYN"), add(flags.fin, "FIN"), add(flags.rst, "RST"), add(flags.psh, "PSH"), add(flags.ack, "ACK");
  return text.empty() ? "ICMP" : text;
}

std::string first_line(std::string_view text) {
  const std::size_t end = text.find_first_of("\r\n");
  std::string line(text.substr(0, end));
  const bool has_more = end != std::string_view::npos && text.find_first_not_of("\r\n", end) != std::string_view::npos;
  return has_more ? line + " …" : line;
}

std::vector<Flight> flights_at(const Trace& trace, const Conversation& conversation, const WorldState& now,
                               bool reduced_motion) {
  std::vector<Flight> flights;
  const auto add = [&](const PacketSent& sent, Instant left, Instant arrives) {
    const ConnectionOpened& opened = now.connections.at(sent.connection.value).opened;
    const bool is_from_client = sent.from == Side::Client;
    Flight flight{.packet = sent.packet,
                  .link = sent.link,
                  .from = is_from_client ? opened.client.host : opened.server.host,
                  .to = is_from_client ? opened.server.host : opened.client.host,
                  .connection = sent.connection,
                  .protocol = opened.protocol,
                  .text = {},
                  .is_bare = false,
                  .is_sealed = false,
                  .is_error = sent.payload.empty() && (sent.flags.rst || sent.flags == TcpFlags{}),
                  .progress = progress_between(left, arrives, now.at)};
    if (reduced_motion) flight.progress = flight.progress < 0.5 ? 0.0 : 1.0;
    flight.is_bare = sent.payload.empty() && sent.flags == TcpFlags{.ack = true};
    flight.has_payload = !sent.payload.empty();
    flight.text = sent.payload.empty() ? flags_text(sent.flags) : carried_text(conversation, sent, flight);
    flights.push_back(std::move(flight));
  };
  for (const std::size_t record : sent_at_once(trace, now)) {
    const Instant left = trace.records()[record].at;
    add(std::get<PacketSent>(trace.records()[record].what), left, left + shown_at_once_for);
  }
  for (const PacketInFlight& packet : now.in_flight)
    add(std::get<PacketSent>(trace.records()[packet.record].what), packet.sent, packet.arrives);
  return flights;
}

std::vector<ShownRecord> shown_records(const Trace& trace, const WorldState& now) {
  std::vector<ShownRecord> shown;
  std::map<std::pair<std::uint32_t, std::string_view>, std::size_t> notices;  // where they stand in `shown`
  std::map<std::uint32_t, std::size_t> kinds_of_host;
  std::size_t others{};
  const std::size_t last = now.records - std::min(now.records, marks_looked_at_max);
  for (std::size_t i = now.records; i-- > last;) {
    const Record& record = trace.records()[i];
    if (now.at - record.at >= shown_for) break;
    if (const auto* notice = std::get_if<Notice>(&record.what)) {
      const std::pair kind(notice->host.value, std::string_view(notice->topic));
      if (const auto known = notices.find(kind); known != notices.end()) {
        ++shown[known->second].count;
      } else if (kinds_of_host[notice->host.value] < notices_shown_max) {
        ++kinds_of_host[notice->host.value];
        notices.emplace(kind, shown.size());
        shown.push_back({i, now.at - record.at});
      }
    } else if (is_marked(record.what) && others < other_marks_max) {
      ++others;
      shown.push_back({i, now.at - record.at});
    }
  }
  std::ranges::reverse(shown);
  return shown;
}

}  // namespace mailscope
