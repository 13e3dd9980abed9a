// The ordered outputs that an engine of a text protocol has made and its host has not polled yet. It writes each
// Step with its place in the stream and knows no protocol.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "protocols/core/engine.hpp"
#include "protocols/core/line_text.hpp"

namespace mailscope {

template <class Event>
class Outbox {
 public:
  /// Octets for the peer that are one textbook line: the Step, then its Transmit.
  void say(std::string wire, StateId from, StateId to, std::string topic, bool is_error = false) {
    const ByteRange range{sent_, sent_ + wire.size()};
    sent_ = range.end;
    outputs_.push_back(Step{Direction::Sent, range, from, to, step_text(wire), std::move(topic), is_error});
    outputs_.push_back(Transmit{std::move(wire)});
  }
  /// One textbook line of the peer. `text` is for Step::text.
  void hear(ByteRange bytes, StateId from, StateId to, std::string text, std::string topic, bool is_error = false) {
    outputs_.push_back(Step{Direction::Received, bytes, from, to, std::move(text), std::move(topic), is_error});
  }
  /// One of Event's alternatives.
  template <class Alternative>
  void tell(Alternative event) {
    outputs_.emplace_back(std::in_place_type<Event>, std::move(event));
  }
  void start_tls() { outputs_.push_back(StartTls{}); }
  void close() { outputs_.push_back(Close{}); }

  [[nodiscard]] std::optional<Output<Event>> take() {
    if (outputs_.empty()) return std::nullopt;
    Output<Event> first = std::move(outputs_.front());
    outputs_.pop_front();
    return first;
  }

 private:
  std::deque<Output<Event>> outputs_;
  std::uint64_t sent_{};
};

}  // namespace mailscope
