// The report that tells a sender what became of a message: who is told of what (RFC 3461 §5, §6), and the message that
// tells it (RFC 3464, RFC 6522). It sends nothing.
#pragma once

#include <optional>
#include <string>

#include "sim/hosts/mail_server/letter.hpp"

namespace mailscope {

/// Whether the sender asked to be told, or has to be: failures unless NOTIFY says otherwise, success only where asked
/// for. Nobody is told about a letter whose reverse path is empty (RFC 5321 §6.1).
[[nodiscard]] bool is_to_be_reported(const Letter& letter, const Outcome& outcome);

/// A complete multipart/report message with CR LF; `unique` distinguishes its Message-ID and boundary. `reader` is whom
/// it is for; `reporting_host` who writes it.
[[nodiscard]] std::string delivery_report(const Letter& letter, const Outcome& outcome,
                                          const std::string& reporting_host, const std::string& reader, Instant now,
                                          const std::string& unique);

}  // namespace mailscope
