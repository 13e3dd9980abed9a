// The messages of APPEND and REPLACE as they are asked for (RFC 3501 §6.3.11, RFC 3502, RFC 4469). Knows no store.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/mailstore/annotations.hpp"

namespace mailscope::imap {

/// A piece of a message: octets, or the URL of some.
struct AppendPart {
  bool is_url{};
  std::string text;
};

struct AppendMessage {
  std::set<std::string> flags;
  std::optional<Instant> date;
  std::vector<mailstore::Annotation> annotations;  ///< RFC 5257 §4.7
  std::vector<AppendPart> parts;                   ///< in order; at least one
};

/// append-message = [SP flag-list] [SP date-time] [SP att-annotate] SP append-data. Nothing where the syntax is wrong.
[[nodiscard]] std::optional<AppendMessage> read_append_message(Cursor& arguments);

}  // namespace mailscope::imap
