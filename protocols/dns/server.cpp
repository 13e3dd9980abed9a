#include "protocols/dns/server.hpp"

#include <array>

namespace mailscope::dns {

namespace {

constexpr StateId listening{0}, answering{1};
constexpr std::array<std::string_view, 2> state_names{"listening", "answering"};
constexpr std::array transitions{Transition{listening, "QUERY", answering}, Transition{answering, "ANSWER", listening}};
constexpr Machine server_machine{"DNS server", state_names, transitions};

/// RFC 1035 §4.1.1: enough of a header to answer what cannot be read; nothing for what is no query at all.
std::optional<Message> refusal_of(std::string_view datagram) {
  constexpr std::size_t header_octets = 12;
  const bool is_query = datagram.size() >= header_octets && (static_cast<unsigned char>(datagram[2]) & 0x80) == 0;
  if (!is_query) return std::nullopt;
  Message refusal;
  refusal.id = static_cast<std::uint16_t>(static_cast<unsigned char>(datagram[0]) << 8 |
                                          static_cast<unsigned char>(datagram[1]));
  refusal.response = true;
  refusal.opcode = static_cast<unsigned char>(datagram[2]) >> 3 & 0xf;
  refusal.rcode = Rcode::FormatError;
  return refusal;
}

}  // namespace

Server::Server(const std::vector<Zone>& zones) : zones_(&zones), state_(listening) {}

void Server::receive(Instant, std::string_view datagram) {
  if (waiting_.size() < waiting_max) waiting_.emplace_back(datagram);
}

void Server::receive_eof(Instant) {}

void Server::deadline_passed(Instant) {}

std::optional<Instant> Server::deadline() const { return std::nullopt; }

const Machine& Server::machine() const { return server_machine; }

StateId Server::state() const { return state_; }

std::optional<Output<Server::Event>> Server::poll(Instant) {
  while (outputs_.empty()) {
    if (waiting_.empty()) return std::nullopt;
    take(waiting_.front());
    waiting_.pop_front();
  }
  Output<Event> next = std::move(outputs_.front());
  outputs_.pop_front();
  if (const auto* step = std::get_if<Step>(&next)) state_ = step->to;
  return next;
}

void Server::take(const std::string& datagram) {
  const ByteRange bytes{received_, received_ + datagram.size()};
  received_ = bytes.end;
  const std::optional<Message> query = decode(datagram);
  if (query && query->response) return;  // answering answers would let two servers talk for ever
  if (query) {
    const std::string type = query->questions.empty() ? "none" : type_name(query->questions.front().type);
    outputs_.push_back(
        Step{Direction::Received, bytes, listening, answering, summary(*query), "dns/query/" + type, false});
    return reply(answer(*zones_, *query));
  }
  const std::optional<Message> refusal = refusal_of(datagram);
  if (!refusal) return;
  outputs_.push_back(
      Step{Direction::Received, bytes, listening, answering, "malformed message", "dns/query/malformed", true});
  reply(*refusal);
}

void Server::reply(const Message& response) {
  std::string datagram = encode(response);
  outputs_.push_back(Step{Direction::Sent,
                          {sent_, sent_ + datagram.size()},
                          answering,
                          listening,
                          summary(response),
                          answer_topic(response),
                          response.rcode != Rcode::NoError});
  sent_ += datagram.size();
  outputs_.push_back(Transmit{std::move(datagram)});
}

}  // namespace mailscope::dns
