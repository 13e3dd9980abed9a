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
/// "192.0.2.1" of the domain "[192.0.2.1]" (RFC 5321 §4.1.3), else nothing.
[[nodiscard]] std::optional<std::string> address_literal(std::string_view domain);

}  // namespace mailscope
