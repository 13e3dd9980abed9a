// The words that IMAP's two sides share: flags, months, limits, and the keys of explanations.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocols/mailstore/flags.hpp"

namespace mailscope::imap {

/// RFC 3501 §2.3.2, but for \Recent, which no client can change.
inline constexpr const auto& system_flags = mailstore::system_flag_names;
inline constexpr std::string_view recent_flag = "\\Recent";

inline constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

[[nodiscard]] inline std::string command_topic(std::string_view verb) {
  return std::string("imap/command/").append(verb);
}
/// `status` is OK, NO or BAD.
[[nodiscard]] inline std::string tagged_topic(std::string_view verb, std::string_view status) {
  return std::string("imap/reply/").append(verb).append("/").append(status);
}
[[nodiscard]] inline std::string untagged_topic(std::string_view name) {
  return std::string("imap/untagged/").append(name);
}
inline constexpr std::string_view continuation_topic = "imap/continuation";
inline constexpr std::string_view idling_topic = "imap/continuation/idling";

}  // namespace mailscope::imap
