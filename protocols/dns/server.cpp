#include "protocols/dns/server.hpp"

#include <algorithm>
#include <array>

#include "protocols/dns/zone.hpp"

namespace mailscope::dns {

namespace {

constexpr StateId listening{0}, answering{1};
constexpr std::array<std::string_view, 2> state_names{"listening", "answering"};
constexpr std::array transitions{Transition{listening, "QUERY", answering}, Transition{answering, "ANSWER", listening},
                                 Transition{answering, "QUERY", answering},
                                 Transition{answering, "ANSWER, OTHERS OPEN", answering}};
constexpr Machine server_machine{"DNS server", state_names, transitions};

/// RFC 1035 §4.1.1: enough of a header to answer what cannot be read; nothing for what is no query at all.
std::optional<Message> refusal_of(std::string_view message) {
  constexpr std::size_t header_octets = 12;
  const bool is_query = message.size() >= header_octets && (static_cast<unsigned char>(message[2]) & 0x80) == 0;
  if (!is_query) return std::nullopt;
  Message refusal;
  refusal.id =
      static_cast<std::uint16_t>(static_cast<unsigned char>(message[0]) << 8 | static_cast<unsigned char>(message[1]));
  refusal.response = true;
  refusal.opcode = static_cast<unsigned char>(message[2]) >> 3 & 0xf;
  refusal.rcode = Rcode::FormatError;
  return refusal;
}

}  // namespace

Server::Server(Carrier carrier, bool edns)
    : carrier_(carrier), edns_(edns), inbox_(carrier, waiting_max), state_(listening) {}

void Server::receive(Instant now, std::string_view octets) {
  idle_since_ = now;
  inbox_.receive(octets);
}

void Server::receive_eof(Instant) { peer_closed_ = true; }

void Server::deadline_passed(Instant now) {
  if (const auto due = deadline(); due && now >= *due) peer_closed_ = true;
}

std::optional<Instant> Server::deadline() const {
  if (carrier_ == Carrier::Datagram || closed_ || !idle_since_ || !open_.empty()) return std::nullopt;
  return *idle_since_ + idle_max;
}

const Machine& Server::machine() const { return server_machine; }

StateId Server::state() const { return state_; }

std::optional<Output<Server::Event>> Server::poll(Instant now) {
  if (!idle_since_) idle_since_ = now;
  while (outputs_.empty()) {
    const auto received = inbox_.take();
    if (!received) break;
    take(*received);
  }
  if (outputs_.empty() && peer_closed_ && open_.empty() && carrier_ == Carrier::Stream && !closed_) {
    closed_ = true;
    outputs_.push_back(Close{});
  }
  if (outputs_.empty()) return std::nullopt;
  Output<Event> next = std::move(outputs_.front());
  outputs_.pop_front();
  if (const auto* step = std::get_if<Step>(&next)) state_ = step->to;
  return next;
}

void Server::take(const Inbox::Received& received) {
  const StateId before = open_.empty() ? listening : answering;
  std::optional<Message> query = decode(received.message);
  if (query && query->response) return;  // answering answers would let two servers talk for ever
  if (!query) {
    const std::optional<Message> refusal = refusal_of(received.message);
    if (!refusal) return;
    outputs_.push_back(
        Step{Direction::Received, received.bytes, before, answering, "malformed message", "dns/query/malformed", true});
    return reply({}, *refusal);
  }
  // A client that hears nothing asks again: the answer to its first query will do.
  if (std::ranges::any_of(open_, [&](const auto& entry) { return entry.second == *query; })) return;
  const std::string type = query->questions.empty() ? "none" : type_name(query->questions.front().type);
  outputs_.push_back(
      Step{Direction::Received, received.bytes, before, answering, summary(*query), "dns/query/" + type, false});
  if (query->edns && !edns_) return reply({}, empty_response(*query, Rcode::FormatError));
  if (query->edns && query->edns->version != 0) return reply(*query, empty_response(*query, Rcode::BadVersion));
  if (open_.size() >= open_max) return reply(*query, empty_response(*query, Rcode::ServerFailure));
  open_.emplace(next_key_, *query);
  outputs_.push_back(Event{QueryReceived{next_key_++, *std::move(query)}});
}

void Server::answer(Instant now, std::uint64_t key, const std::optional<Message>& response) {
  const auto open = open_.extract(key);
  if (open.empty()) return;
  idle_since_ = now;
  if (response) reply(open.mapped(), *response);
}

/// RFC 6891 §6.1.1, §6.2.3: who asks with OPT is answered with it, and in datagrams as long as both can take.
void Server::reply(const Message& query, Message response) {
  std::size_t octets_max = carrier_ == Carrier::Stream ? stream_octets_max : datagram_octets_max;
  if (query.edns) {
    response.edns = Edns{edns_octets_max, 0, query.edns->dnssec_ok};
    octets_max = std::max<std::size_t>(octets_max, std::min(query.edns->datagram_octets, edns_octets_max));
  }
  std::string octets = framed(encode(response, octets_max), carrier_);
  Message sent = response;
  if (carrier_ == Carrier::Datagram) sent = decode(octets).value_or(response);  // it may have been truncated
  outputs_.push_back(Step{Direction::Sent,
                          {sent_, sent_ + octets.size()},
                          answering,
                          open_.empty() ? listening : answering,
                          summary(sent),
                          answer_topic(sent),
                          sent.rcode != Rcode::NoError});
  sent_ += octets.size();
  outputs_.push_back(Transmit{std::move(octets)});
}

}  // namespace mailscope::dns
