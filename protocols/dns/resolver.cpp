#include "protocols/dns/resolver.hpp"

#include <array>

namespace mailscope::dns {

namespace {

constexpr StateId idle{0}, asked{1}, done{2};
constexpr std::array<std::string_view, 3> state_names{"idle", "asked", "done"};
constexpr std::array transitions{
    Transition{idle, "QUERY", asked},   Transition{idle, "NO SUCH NAME", done},
    Transition{asked, "QUERY", asked},  Transition{asked, "ANSWER", done},
    Transition{asked, "TIMEOUT", done}, Transition{asked, "PORT UNREACHABLE", done},
};
constexpr Machine resolver_machine{"DNS resolver", state_names, transitions};

/// RFC 1035 §4.2.1 advises 2 to 5 seconds between queries; the first repetition comes sooner, so that one lost
/// datagram costs a spectator little.
constexpr std::array<Duration, 3> waits{std::chrono::seconds(1), std::chrono::seconds(2), std::chrono::seconds(4)};

}  // namespace

Resolver::Resolver(Question question, std::uint16_t id) : state_(idle) {
  query_.id = id;
  query_.recursion_desired = true;
  query_.questions.push_back(std::move(question));
}

void Resolver::receive(Instant, std::string_view datagram) {
  if (waiting_.size() < waiting_max) waiting_.emplace_back(datagram);
}

void Resolver::receive_eof(Instant) {
  if (state_ == asked) finish("PORT UNREACHABLE", {});
}

void Resolver::deadline_passed(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  if (attempts_ < waits.size()) return ask(now);
  finish("TIMEOUT", {});
}

std::optional<Instant> Resolver::deadline() const { return deadline_; }

const Machine& Resolver::machine() const { return resolver_machine; }

StateId Resolver::state() const { return state_; }

std::optional<Output<Resolver::Event>> Resolver::poll(Instant now) {
  if (state_ == idle && valid_name(query_.questions.front().name)) {
    ask(now);
  } else if (state_ == idle) {
    Message impossible = query_;
    impossible.response = true;
    impossible.rcode = Rcode::NameError;
    finish("NO SUCH NAME", {std::move(impossible)});
  }
  while (outputs_.empty()) {
    if (waiting_.empty()) return std::nullopt;
    take(waiting_.front());
    waiting_.pop_front();
  }
  Output<Event> next = std::move(outputs_.front());
  outputs_.pop_front();
  return next;
}

void Resolver::ask(Instant now) {
  std::string datagram = encode(query_);
  const Question& question = query_.questions.front();
  outputs_.push_back(Step{Direction::Sent,
                          {sent_, sent_ + datagram.size()},
                          state_,
                          asked,
                          summary(query_),
                          "dns/query/" + type_name(question.type),
                          false});
  sent_ += datagram.size();
  outputs_.push_back(Transmit{std::move(datagram)});
  state_ = asked;
  deadline_ = now + waits.at(attempts_++);
}

/// RFC 5452 §9.1: what does not answer our question, under our number, was never received.
bool Resolver::answers_ours(const Message& message) const {
  if (!message.response || message.id != query_.id || message.opcode != 0 || message.questions.size() != 1)
    return false;
  const Question& ours = query_.questions.front();
  const Question& theirs = message.questions.front();
  return same_name(ours.name, theirs.name) && ours.type == theirs.type && ours.of == theirs.of;
}

void Resolver::take(const std::string& datagram) {
  const ByteRange bytes{received_, received_ + datagram.size()};
  received_ = bytes.end;
  std::optional<Message> message = decode(datagram);
  if (state_ != asked || !message || !answers_ours(*message)) return;
  outputs_.push_back(Step{Direction::Received, bytes, asked, done, summary(*message), answer_topic(*message),
                          message->rcode != Rcode::NoError});
  finish("ANSWER", {std::move(message)});
}

void Resolver::finish(std::string_view on, LookupDone outcome) {
  state_ = resolver_machine.next(state_, on).value_or(done);
  deadline_.reset();
  outputs_.push_back(Event{std::move(outcome)});
  outputs_.push_back(Close{});
}

}  // namespace mailscope::dns
