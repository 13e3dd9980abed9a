// The ordered outputs that an engine of a text protocol has made and its host has not polled yet. It writes each
// Step with its place in the stream and knows no protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/line_text.hpp"

namespace mailscope {

/// Octets that are there already, and what keeps them; or a text of one's own.
struct Slice {
  std::string text{};
  std::shared_ptr<const void> keeps{};
  std::string_view kept{};  ///< what is there, where it is kept
  [[nodiscard]] std::size_t size() const { return octets().size(); }
  [[nodiscard]] std::string_view octets() const { return keeps ? kept : std::string_view(text); }
};

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
  /// The same of octets in slices, which are copied only as they are taken, a piece at a time. `text` is for Step::text:
  /// the first octets.
  void say(std::vector<Slice> wire, std::string_view text, StateId from, StateId to, std::string topic) {
    std::uint64_t octets = 0;
    for (const Slice& slice : wire) octets += slice.size();
    const ByteRange range{sent_, sent_ + octets};
    sent_ = range.end;
    if (watched_) outputs_.push_back(Step{Direction::Sent, range, from, to, step_text(text), std::move(topic), false});
    slices_ = std::move(wire);
    slices_at_ = outputs_.size();
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

  [[nodiscard]] bool empty() const { return first_ == outputs_.size() && slices_.empty(); }
  [[nodiscard]] std::optional<Output<Event>> take() {
    if (!slices_.empty() && first_ == slices_at_) return next_piece();
    if (first_ == outputs_.size()) return std::nullopt;
    std::optional<Output<Event>> taken(std::move(outputs_[first_]));
    if (++first_ < outputs_.size() || !slices_.empty()) return taken;
    // A burst's memory is given back: an idle session keeps room for a line and its answer.
    if (outputs_.capacity() > 8) outputs_ = {};
    outputs_.clear();
    first_ = 0;
    return taken;
  }

  /// Where nobody watches the conversation, Steps are not written.
  void watch(bool watched) { watched_ = watched; }
  [[nodiscard]] bool watched() const { return watched_; }

  /// Octets of slices that one Transmit has.
  static constexpr std::size_t piece_octets_max = 64 << 10;

 private:
  Transmit next_piece() {
    Transmit piece;
    while (slice_ < slices_.size() && piece.bytes.size() < piece_octets_max) {
      const std::string_view rest = slices_[slice_].octets().substr(in_slice_);
      const std::string_view now = rest.substr(0, piece_octets_max - piece.bytes.size());
      piece.bytes += now;
      in_slice_ = now.size() < rest.size() ? in_slice_ + now.size() : 0;
      if (in_slice_ == 0) ++slice_;
    }
    if (slice_ == slices_.size()) {
      slices_ = {};
      slice_ = 0;
    }
    return piece;
  }

  std::vector<Output<Event>> outputs_;  ///< from first_ on; those before have been taken
  std::size_t first_{};
  std::vector<Slice> slices_;                ///< come when first_ is slices_at_
  std::size_t slices_at_{}, slice_{}, in_slice_{};
  std::uint64_t sent_{};
  bool watched_{true};
};

}  // namespace mailscope
