#include "protocols/core/input_buffer.hpp"

#include <algorithm>
#include <cassert>

namespace mailscope {

void InputBuffer::append(std::string_view bytes) {
  if (empty()) {
    bytes_.clear();
    consumed_ = 0;
  }
  // Reclaim the consumed front only when it is the larger part: each octet is then moved at most once on average.
  if (consumed_ > bytes_.size() / 2) {
    bytes_.erase(0, consumed_);
    consumed_ = 0;
  }
  bytes_.append(bytes);
}

std::string InputBuffer::give_back() {
  std::string back(view());
  bytes_.resize(consumed_);
  searched = 0;
  return back;
}

void InputBuffer::release() {
  constexpr std::size_t idle_octets_max = 1024;  // a few commands
  if (!empty() || bytes_.capacity() <= idle_octets_max) return;
  std::string().swap(bytes_);  // an assigned empty string would keep the old one's memory
  consumed_ = 0;
}

std::size_t InputBuffer::unfinished_line() const {
  constexpr std::size_t octets_max = 1024;  // looked at whenever some have come: more would make small pieces costly
  const bool waits = view().size() <= octets_max && view().find("\r\n") == std::string_view::npos;
  return waits ? view().size() : 0;
}

ByteRange InputBuffer::consume(std::size_t octets) {
  assert(octets <= view().size());
  const ByteRange range{offset_, offset_ + octets};
  consumed_ += octets;
  offset_ += octets;
  searched = 0;
  return range;
}

namespace {

bool holds_bare_end(std::string_view text) { return text.find_first_of("\r\n") != std::string_view::npos; }

}  // namespace

std::optional<Line> LineFramer::take(InputBuffer& input) {
  const std::string_view pending = input.view();
  const bool lenient = bare_ == BareLineFeed::EndsLine;
  std::size_t end = lenient ? pending.find('\n', input.searched) : pending.find("\r\n", input.searched);
  if (end == std::string_view::npos) {
    // A CR at the very end may be the first half of a line end.
    const std::size_t safe = pending.ends_with('\r') ? pending.size() - 1 : pending.size();
    if (!discarding_ && safe >= octets_max_) {
      discarding_ = true;
      discarded_ = Line{std::string(pending.substr(0, octets_max_)), {input.offset(), input.offset()}, true, false};
    }
    if (discarding_) {
      input.consume(safe);
    } else {
      input.searched = safe;
    }
    return std::nullopt;
  }
  const std::size_t next = end + (lenient ? 1 : 2);
  if (lenient && pending.substr(0, end).ends_with('\r')) --end;
  Line line;
  if (discarding_) {
    discarding_ = false;
    line = std::move(discarded_);
    line.bytes.end = input.consume(next).end;
  } else {
    line.too_long = next > octets_max_;
    line.text = pending.substr(0, std::min(end, octets_max_));
    line.bytes = input.consume(next);
  }
  line.bare_end = holds_bare_end(line.text);
  return line;
}

std::optional<std::string> take_octets(InputBuffer& input, std::size_t octets) {
  if (input.view().size() < octets) return std::nullopt;
  std::string taken(input.view().substr(0, octets));
  input.consume(octets);
  return taken;
}

}  // namespace mailscope
