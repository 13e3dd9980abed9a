// The envelope of a message: what MAIL and RCPT say of it, parameters of all extensions included (RFC 5321 §2.3.1).
// Plain values, decoded; how they are written on the wire is the grammar's matter.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/time.hpp"

namespace mailscope::smtp {

/// BODY= (RFC 6152 §2, RFC 3030 §3).
enum class Body : std::uint8_t { SevenBit, EightBitMime, BinaryMime };

/// RET=: how much of the message a report of failure carries back (RFC 3461 §4.3).
enum class Return : std::uint8_t { Unsaid, Full, Headers };

/// NOTIFY= (RFC 3461 §4.1). Not said at all: failures are reported, delays may be. `never` stands alone.
struct Notify {
  bool never{}, success{}, failure{}, delay{};
  [[nodiscard]] bool said() const { return never || success || failure || delay; }
  friend bool operator==(const Notify&, const Notify&) = default;
};

/// ORCPT= (RFC 3461 §4.2), decoded: "rfc822" and "anna@alba.example". Letters keep their case on the way (§5.2.1).
struct OriginalRecipient {
  std::string type, address;
  friend bool operator==(const OriginalRecipient&, const OriginalRecipient&) = default;
};
/// The address type of RFC 6533 §3.
[[nodiscard]] bool is_utf8_type(std::string_view type);

/// BY= (RFC 2852 §4). What is still undelivered after `time` is returned, or the delay is reported. Only a report may
/// already be due: `time` is positive where `returned` is set.
struct DeliverBy {
  std::chrono::seconds time{};
  bool returned{};  ///< mode R; else N, notify
  bool trace{};     ///< modifier T: each relay reports that it has passed the message on
  friend bool operator==(const DeliverBy&, const DeliverBy&) = default;
};

/// HOLDFOR= (from acceptance on) or HOLDUNTIL= (RFC 4865 §3).
using Hold = std::variant<std::chrono::seconds, Instant>;
/// When a message that was accepted at `accepted` is released.
[[nodiscard]] Instant release_of(const Hold& hold, Instant accepted);

struct Recipient {
  std::string forward_path;  ///< without angle brackets
  Notify notify;
  std::optional<OriginalRecipient> original;
  friend bool operator==(const Recipient&, const Recipient&) = default;
};

/// Everything but the paths has a default: the parameter was not given.
struct Envelope {
  std::string reverse_path;  ///< without angle brackets; empty is the null sender of reports (RFC 5321 §4.5.5)
  std::vector<Recipient> recipients;

  std::optional<std::uint64_t> size;    ///< SIZE=, octets as the client estimated them (RFC 1870 §6)
  Body body{};                          ///< BODY=
  bool utf8{};                          ///< SMTPUTF8 (RFC 6531 §3.4)
  bool require_tls{};                   ///< REQUIRETLS (RFC 8689 §2)
  std::optional<std::string> auth;      ///< AUTH=, decoded; empty for "<>" (RFC 4954 §5)
  Return returned{};                    ///< RET=
  std::string id;                       ///< ENVID=, decoded; empty when not given (RFC 3461 §4.4)
  std::optional<DeliverBy> by;          ///< BY=
  std::optional<Hold> hold;             ///< HOLDFOR= or HOLDUNTIL=
  std::optional<std::int8_t> priority;  ///< MT-PRIORITY=, -9 to 9 (RFC 6710 §3)

  friend bool operator==(const Envelope&, const Envelope&) = default;
};

/// An envelope without parameters.
[[nodiscard]] Envelope envelope(std::string reverse_path, const std::vector<std::string>& forward_paths);

}  // namespace mailscope::smtp
