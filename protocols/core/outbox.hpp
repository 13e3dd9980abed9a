// The ordered outputs that an engine of a text protocol has made and its host has not polled yet. It writes each
// Step with its place in the stream and knows no protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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
    if (watched_)
      outputs_.push_back(Step{Direction::Sent, range, from, to, step_text(wire), std::move(topic), is_error});
    outputs_.push_back(Transmit{std::move(wire)});
  }
  /// One textbook line of the peer. `text` is for Step::text.
  void hear(ByteRange bytes, StateId from, StateId to, std::string text, std::string topic, bool is_error = false) {
    if (watched_)
      outputs_.push_back(Step{Direction::Received, bytes, from, to, std::move(text), std::move(topic), is_error});
  }
  /// One of Event's alternatives.
  template <class Alternative>
  void tell(Alternative event) {
    outputs_.emplace_back(std::in_place_type<Event>, std::move(event));
  }
  void start_tls() { outputs_.push_back(StartTls{}); }
  void start_compression() { outputs_.push_back(StartCompression{}); }
  void stop_compression() { outputs_.push_back(StopCompression{}); }
  void close() { outputs_.push_back(Close{}); }

  [[nodiscard]] std::optional<Output<Event>> take() {
    if (first_ == outputs_.size()) return std::nullopt;
    std::optional<Output<Event>> taken(std::move(outputs_[first_]));
    if (++first_ < outputs_.size()) return taken;
    // A burst's memory is given back: an idle session keeps room for a line and its answer.
    if (outputs_.capacity() > 8) outputs_ = {};
    outputs_.clear();
    first_ = 0;
    return taken;
  }

  /// Where nobody watches the conversation, Steps are not written.
  void watch(bool watched) { watched_ = watched; }
  [[nodiscard]] bool watched() const { return watched_; }

 private:
  std::vector<Output<Event>> outputs_;  ///< from first_ on; those before have been taken
  std::size_t first_{};
  std::uint64_t sent_{};
  bool watched_{true};
};

}  // namespace mailscope
