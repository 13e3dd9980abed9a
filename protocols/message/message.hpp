// Internet messages (RFC 5322) in short: what everybody reads off a header. part.hpp has the whole structure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/message/date.hpp"
#include "protocols/message/draft.hpp"

namespace mailscope::message {

/// One header field: the name, and the body unfolded (RFC 5322 §2.2.3), without white space at its ends.
struct Field {
  std::string name, body;
};
/// The fields of the header in order; a line that is no field continues the one before it. Never fails.
[[nodiscard]] std::vector<Field> header_fields(std::string_view content);
/// The bodies of the fields of that name (ASCII case ignored), each as in Field. Cheaper than all fields.
[[nodiscard]] std::vector<std::string> field_bodies(std::string_view content, std::string_view name);
/// The first field of that name (ASCII case ignored), with encoded words decoded to UTF-8.
[[nodiscard]] std::optional<std::string> decoded_field(std::string_view content, std::string_view name);
/// Splits a message at its first empty line: header with that line's CR LF, and body.
struct Parts {
  std::string_view header, body;
};
[[nodiscard]] Parts split(std::string_view content);

}  // namespace mailscope::message
