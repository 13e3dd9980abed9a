// The grammar of SMTP commands (RFC 5321 §4.1.2, §4.1.3). It knows neither order nor meaning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mailscope::smtp {

struct Command {
  std::string verb;           ///< upper case
  std::string_view argument;  ///< view of the line; without white space at its end (§4.1.1)
};
/// command = verb [SP argument]. Never fails: what has no verb gets an unknown one.
[[nodiscard]] Command parse_command(std::string_view line);

/// esmtp-param; keyword in upper case, value empty where there is none.
struct Parameter {
  std::string keyword, value;
};

struct PathArgument {
  /// Local-part "@" Domain with the least quoting and without source route; empty for "<>"; "postmaster" in any
  /// case of letters may stand alone in RCPT (§4.1.1.3).
  std::string path;
  std::vector<Parameter> parameters;
};
/// What is wrong with an argument of MAIL or RCPT.
enum class PathFault : std::uint8_t {
  Syntax,       ///< not "FROM:<…>" or "TO:<…>"; no space may stand beside the colon (§3.3)
  Mailbox,      ///< what stands in the angle brackets is no mailbox
  Unqualified,  ///< the mailbox has no domain
  TooLong,      ///< longer than §4.5.3.1.1 to .3 allow
  Parameters,   ///< not SP-separated esmtp-params, or one given twice
};
/// "FROM:" Reverse-path [SP Mail-parameters] (§4.1.1.2); not `strict`: spaces may stand before the path, as many
/// programs put one there.
[[nodiscard]] std::variant<PathArgument, PathFault> parse_mail(std::string_view argument, bool strict = true);
/// "TO:" ( "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] (§4.1.1.3)
[[nodiscard]] std::variant<PathArgument, PathFault> parse_rcpt(std::string_view argument, bool strict = true);

/// Domain / address-literal, as EHLO introduces a client (§4.1.1.1).
[[nodiscard]] bool is_domain_or_literal(std::string_view text);

inline constexpr std::size_t local_part_octets_max = 64;  ///< RFC 5321 §4.5.3.1.1
inline constexpr std::size_t domain_octets_max = 255;     ///< RFC 5321 §4.5.3.1.2
inline constexpr std::size_t path_octets_max = 256;       ///< RFC 5321 §4.5.3.1.3, angle brackets included

}  // namespace mailscope::smtp
