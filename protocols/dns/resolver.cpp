#include "protocols/dns/resolver.hpp"

#include <array>
#include <cassert>

namespace mailscope::dns {

namespace {

constexpr StateId idle{0}, asked{1}, done{2};
constexpr std::array<std::string_view, 3> state_names{"idle", "asked", "done"};
constexpr std::array transitions{
    Transition{idle, "QUERY", asked},   Transition{asked, "QUERY", asked},           Transition{asked, "ANSWER", done},
    Transition{asked, "TIMEOUT", done}, Transition{asked, "PORT UNREACHABLE", done}, Transition{asked, "CLOSED", done},
};
constexpr Machine resolver_machine{"DNS resolver", state_names, transitions};

}  // namespace

Resolver::Resolver(Question question, std::uint16_t id, Carrier carrier, std::vector<Duration> waits, bool edns)
    : carrier_(carrier), waits_(std::move(waits)), inbox_(carrier, waiting_max), state_(idle) {
  assert(valid_name(question.name) && !waits_.empty());
  query_.id = id;
  query_.recursion_desired = true;
  query_.questions.push_back(std::move(question));
  if (edns) query_.edns = Edns{edns_octets_max};
}

void Resolver::receive(Instant, std::string_view octets) { inbox_.receive(octets); }

void Resolver::receive_eof(Instant) { ended_ = true; }

void Resolver::deadline_passed(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  if (attempts_ < waits_.size() && carrier_ == Carrier::Datagram) return ask(now);
  finish("TIMEOUT", {});
}

std::optional<Instant> Resolver::deadline() const { return deadline_; }

const Machine& Resolver::machine() const { return resolver_machine; }

StateId Resolver::state() const { return state_; }

std::optional<Output<Resolver::Event>> Resolver::poll(Instant now) {
  if (state_ == idle) ask(now);
  while (outputs_.empty()) {
    const auto received = inbox_.take();
    if (received) {
      take(*received);
    } else if (ended_ && state_ == asked) {
      finish(carrier_ == Carrier::Stream ? "CLOSED" : "PORT UNREACHABLE", {});
    } else {
      return std::nullopt;
    }
  }
  Output<Event> next = std::move(outputs_.front());
  outputs_.pop_front();
  return next;
}

void Resolver::ask(Instant now) {
  if (attempts_ > 0 && attempts_ + 1 == waits_.size()) query_.edns.reset();
  std::string octets = framed(encode(query_), carrier_);
  const Question& question = query_.questions.front();
  outputs_.push_back(Step{Direction::Sent,
                          {sent_, sent_ + octets.size()},
                          state_,
                          asked,
                          summary(query_),
                          "dns/query/" + type_name(question.type),
                          false});
  sent_ += octets.size();
  outputs_.push_back(Transmit{std::move(octets)});
  state_ = asked;
  deadline_ = now + waits_.at(attempts_++);
}

/// RFC 5452 §9.1: what does not answer our question, under our number, was never received.
bool Resolver::answers_ours(const Message& message) const {
  if (!message.response || message.id != query_.id || message.opcode != 0 || message.questions.size() != 1)
    return false;
  const Question& ours = query_.questions.front();
  const Question& theirs = message.questions.front();
  return same_name(ours.name, theirs.name) && ours.type == theirs.type && ours.of == theirs.of;
}

void Resolver::take(const Inbox::Received& received) {
  std::optional<Message> message = decode(received.message);
  if (state_ != asked || !message || !answers_ours(*message)) return;
  outputs_.push_back(Step{Direction::Received, received.bytes, asked, done, summary(*message), answer_topic(*message),
                          message->rcode != Rcode::NoError});
  finish("ANSWER", {std::move(message)});
}

void Resolver::finish(std::string_view on, AnswerReceived outcome) {
  state_ = resolver_machine.next(state_, on).value_or(done);
  deadline_.reset();
  outputs_.push_back(Event{std::move(outcome)});
  outputs_.push_back(Close{});
}

}  // namespace mailscope::dns
