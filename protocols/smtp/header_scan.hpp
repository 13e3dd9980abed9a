// A quick look at a message's header: which fields it has, without taking them apart.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailscope::smtp {

/// How often a field of that name stands before the first empty line; ASCII case is ignored.
[[nodiscard]] std::size_t count_fields(std::string_view content, std::string_view name);
/// The body of the first such field's first line, without white space at its ends; empty where there is none.
[[nodiscard]] std::string_view first_line_of(std::string_view content, std::string_view name);
/// Does `content` begin with a header field (RFC 5322 §2.2)?
[[nodiscard]] bool begins_with_field(std::string_view content);

}  // namespace mailscope::smtp
