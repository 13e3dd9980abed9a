// What SELECT and EXAMINE ask (RFC 3501 §6.3.1, RFC 4466 §2.1, RFC 7162 §3.1.8, §3.2.5, RFC
// 5257 §4.2).
#pragma once

#include <optional>
#include <string>

#include "protocols/imap/data/resync.hpp"

namespace mailscope::imap {

struct SelectRequest {
  std::string mailbox;
  bool condstore{};
  bool annotate{};  ///< changed annotations are to be told (RFC 5257 §4.2)
  std::optional<Resync> resync;
};

/// SP mailbox [SP "(" select-param *(SP select-param) ")"], to its end.
[[nodiscard]] std::optional<SelectRequest> read_select(Cursor& cursor);

}  // namespace mailscope::imap
