#include "protocols/imap/syntax/partial_range.hpp"

namespace mailscope::imap {

std::string PartialRange::text() const {
  const std::string sign = from_end ? "-" : "";
  return sign + std::to_string(first) + ":" + sign + std::to_string(last);
}

std::optional<PartialRange> read_partial_range(Cursor& cursor) {
  PartialRange range;
  range.from_end = cursor.take('-');
  const auto first = cursor.nz_number();
  if (!first || !cursor.take(':') || cursor.take('-') != range.from_end) return std::nullopt;
  const auto last = cursor.nz_number();
  if (!last) return std::nullopt;
  range.first = *first;
  range.last = *last;
  return range;
}

}  // namespace mailscope::imap
