// What a server says that it can do: the lines of EHLO's reply, read (RFC 5321 §4.1.1.1). Knows no command.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"

namespace mailscope::smtp {

/// Each member is the extension of that keyword; a default one offers what HELO offers: nothing. A parameter that
/// cannot be read counts as left out, an unknown keyword is skipped.
struct Offers {
  bool pipelining{};                         ///< RFC 2920
  bool eight_bit_mime{};                     ///< RFC 6152
  bool utf8{};                               ///< SMTPUTF8, RFC 6531
  bool chunking{};                           ///< RFC 3030
  bool binary_mime{};                        ///< RFC 3030; never without `chunking` (§3)
  bool dsn{};                                ///< RFC 3461
  bool enhanced_status_codes{};              ///< RFC 2034
  bool starttls{};                           ///< RFC 3207
  bool require_tls{};                        ///< RFC 8689
  bool priority{};                           ///< MT-PRIORITY, RFC 6710
  bool etrn{};                               ///< RFC 1985
  bool burl{};                               ///< of authorised IMAP URLs (RFC 4468 §3.3)
  std::vector<std::string> mechanisms;       ///< of AUTH, upper case (RFC 4954)
  std::optional<std::uint64_t> size;         ///< SIZE; 0: no fixed limit (RFC 1870 §4)
  std::optional<std::chrono::seconds> by;    ///< DELIVERBY: the shortest time for mode R (RFC 2852 §2)
  std::optional<std::chrono::seconds> hold;  ///< FUTURERELEASE: the longest HOLDFOR (RFC 4865 §3)
  std::optional<Instant> hold_until;         ///< and the latest HOLDUNTIL
  std::optional<std::uint32_t> recipients_max, domains_max, messages_max;  ///< LIMITS (RFC 9422 §4): RCPTMAX …
};

/// The lines of EHLO's positive reply, without the first, which is the server's greeting.
[[nodiscard]] Offers parse_offers(std::span<const std::string> lines);

}  // namespace mailscope::smtp
