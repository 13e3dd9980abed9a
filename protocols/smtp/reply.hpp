// SMTP replies as values (RFC 5321 §4.2). Knows no connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mailscope::smtp {

/// Octets of a reply line, code and line end included (RFC 5321 §4.5.3.1.5).
inline constexpr std::size_t reply_line_octets_max = 512;

/// A reply; `lines` has at least one element. `enhanced` is "2.1.5" or empty (RFC 2034).
struct Reply {
  std::uint16_t code{};
  std::string enhanced;
  std::vector<std::string> lines;

  [[nodiscard]] bool positive() const { return code >= 200 && code < 400; }
  [[nodiscard]] bool transient() const { return code >= 400 && code < 500; }
  [[nodiscard]] bool permanent() const { return code >= 500; }
  /// As on the wire: every line with its code, "-" before all but the last, CR LF (RFC 5321 §4.2.1). The
  /// enhanced code stands on each line (RFC 2034 §4). CR and LF inside a line become spaces; a line is cut at
  /// reply_line_octets_max.
  [[nodiscard]] std::string wire(bool with_enhanced = true) const;
};

}  // namespace mailscope::smtp
