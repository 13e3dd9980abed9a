// The world's agenda: events ordered by (time, sequence), so that two events of one instant keep the order in which
// they were scheduled, on every machine.
#pragma once

#include <optional>
#include <vector>

#include "sim/kernel/event.hpp"

namespace mailscope {

class EventQueue {
 public:
  struct Entry {
    Instant at;
    std::uint64_t sequence{};
    Event event;
  };
  /// Events may be scheduled in any order of instants; one that is in the past is simply due at once.
  void schedule(Instant at, Event event);
  /// When the next event is due, or nothing when none is pending.
  [[nodiscard]] std::optional<Instant> next_at() const;
  /// Takes the next event. Precondition: one is pending.
  Entry pop();
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  std::vector<Entry> heap_;  ///< binary heap, earliest first
  std::uint64_t sequence_{};
};

}  // namespace mailscope
