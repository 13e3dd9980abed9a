// A part of a list of results by its places, counted from either end (RFC 9394 §3.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

struct PartialRange {
  std::uint32_t first{}, last{};  ///< as written, in either order, without their signs; from 1
  bool from_end{};

  /// Those of `results` that it covers, in their order.
  template <class T>
  [[nodiscard]] std::span<const T> of(std::span<const T> results) const {
    const std::size_t low = (first < last ? first : last) - std::size_t{1};
    const std::size_t high = first < last ? last : first;
    const std::size_t begin = low < results.size() ? low : results.size();
    const std::size_t end = high < results.size() ? high : results.size();
    return from_end ? results.subspan(results.size() - end, end - begin) : results.subspan(begin, end - begin);
  }
  /// "-1:-100", as it was written.
  [[nodiscard]] std::string text() const;
};

/// partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number (RFC 9394 §4)
[[nodiscard]] std::optional<PartialRange> read_partial_range(Cursor& cursor);

}  // namespace mailscope::imap
