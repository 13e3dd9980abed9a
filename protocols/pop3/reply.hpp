// What POP3's two sides share: the form of replies and the keys of their explanations (RFC 1939 §3).
#pragma once

#include <string>
#include <string_view>

#include "protocols/core/ascii.hpp"
#include "protocols/core/engine.hpp"
#include "protocols/core/line_text.hpp"

namespace mailscope::pop3 {

/// A command line, CR LF included (RFC 2449 §4).
inline constexpr std::size_t command_octets_max = 255;
/// A reply's first line, CR LF included (RFC 1939 §3, RFC 2449 §4).
inline constexpr std::size_t reply_octets_max = 512;

/// May it be an argument? No line break can be smuggled into a command.
[[nodiscard]] inline bool is_sendable(std::string_view argument) {
  return !argument.empty() && argument.size() + std::string_view("USER \r\n").size() <= command_octets_max &&
         argument.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

/// Nothing is wrong but the time: another session holds the maildrop, the last login was not long ago, or the server
/// says so (RFC 2449 §8.1, RFC 3206 §4).
[[nodiscard]] inline bool is_passing(std::string_view line) {
  return ascii::istarts_with(line, "-ERR [IN-USE]") || ascii::istarts_with(line, "-ERR [LOGIN-DELAY]") ||
         ascii::istarts_with(line, "-ERR [SYS/TEMP]");
}

/// Step::text of a multi-line reply, from its status line and its body's Step text: the one form on both sides.
[[nodiscard]] inline std::string multi_line_text(std::string_view status_line, std::string_view body_text) {
  return std::string(status_line).append("\n").append(body_text);
}

/// `context` is the verb that is answered, "greeting" or "unknown".
[[nodiscard]] inline std::string reply_topic(std::string_view context, bool ok) {
  return std::string("pop3/reply/").append(context).append(ok ? "/+OK" : "/-ERR");
}

/// The server's lines in a SASL exchange (RFC 5034 §4).
inline constexpr std::string_view challenge_topic = "pop3/reply/AUTH/+";

[[nodiscard]] inline std::string command_topic(std::string_view verb) {
  return std::string("pop3/command/").append(verb);
}

}  // namespace mailscope::pop3
