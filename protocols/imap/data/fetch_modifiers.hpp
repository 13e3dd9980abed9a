// What restricts FETCH further (RFC 4466 §2.4): CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4.1, §3.2.6), PARTIAL
// (RFC 9394 §3.3).
#pragma once

#include <optional>

#include "protocols/imap/syntax/partial_range.hpp"

namespace mailscope::imap {

struct FetchModifiers {
  std::optional<mailstore::ModSeq> changed_since;
  std::optional<PartialRange> partial;
  bool vanished{};
};

/// [SP "(" fetch-modifier *(SP fetch-modifier) ")"], to the end of the command. Nothing where the syntax is wrong or
/// one stands twice.
[[nodiscard]] std::optional<FetchModifiers> read_fetch_modifiers(Cursor& cursor);

}  // namespace mailscope::imap
