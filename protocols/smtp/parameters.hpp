// The parameters of MAIL and RCPT (RFC 5321 §4.1.1.11): one table each, read into the envelope. What they ask for is
// the host's matter.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/grammar.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailscope::smtp {

/// What this session offers; a parameter of anything else is unknown.
struct Terms {
  Extensions offered{};
  bool authentication{};  ///< AUTH is offered
  bool tls_missing{};     ///< REQUIRETLS would be offered under TLS
  std::uint64_t message_octets_max{};
  std::chrono::seconds by_min{}, hold_max{};
  Instant now;
};

/// Nothing when all are understood and right; else the refusal, and `envelope` is of no use.
[[nodiscard]] std::optional<Reply> read_parameters(const std::vector<Parameter>& parameters, const Terms& terms,
                                                   Envelope& envelope);
[[nodiscard]] std::optional<Reply> read_parameters(const std::vector<Parameter>& parameters, const Terms& terms,
                                                   Recipient& recipient);

inline constexpr std::size_t envelope_id_octets_max = 100;         ///< RFC 3461 §4.4, as on the wire
inline constexpr std::size_t original_recipient_octets_max = 500;  ///< RFC 3461 §4.2, as on the wire

}  // namespace mailscope::smtp
