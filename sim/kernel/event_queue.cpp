#include "sim/kernel/event_queue.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace mailscope {

namespace {

/// The standard heap keeps the greatest in front; the earliest is to be in front here.
bool later(const EventQueue::Entry& a, const EventQueue::Entry& b) {
  return std::tie(a.at, a.sequence) > std::tie(b.at, b.sequence);
}

}  // namespace

void EventQueue::schedule(Instant at, Event event) {
  heap_.push_back({at, sequence_++, event});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

std::optional<Instant> EventQueue::next_at() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().at;
}

EventQueue::Entry EventQueue::pop() {
  assert(!heap_.empty());
  std::pop_heap(heap_.begin(), heap_.end(), later);
  const Entry next = heap_.back();
  heap_.pop_back();
  return next;
}

}  // namespace mailscope
