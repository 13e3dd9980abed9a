// The two halves of a mail address, as a server's policy needs them (RFC 5321 §2.3.11).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// What stands before the last "@"; everything where there is none.
[[nodiscard]] std::string_view local_part_of(std::string_view address);
/// What stands after the last "@"; empty where there is none.
[[nodiscard]] std::string_view domain_of(std::string_view address);
/// ASCII letters in lower case: domains ignore case, and so do our local parts (RFC 5321 §2.4 lets the owner decide).
[[nodiscard]] std::string lower_case(std::string_view text);
/// "192.0.2.1" of the domain "[192.0.2.1]" (RFC 5321 §4.1.3), else nothing.
[[nodiscard]] std::optional<std::string> address_literal(std::string_view domain);

}  // namespace mailscope
