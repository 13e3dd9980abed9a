// The states of an SMTP session and its legal moves (RFC 5321 §4.1.4), as data. Client and server are in the same
// state when the same reply has been sent and received: every move is made by a reply, none by a command alone.
// NOOP, HELP, VRFY and EXPN may come in any order and move nothing; 421 closes from anywhere (§3.8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/core/engine.hpp"

namespace mailscope::smtp {

enum class State : std::uint8_t {
  Connected,  ///< no EHLO yet
  Ready,      ///< a mail transaction may begin
  Mail,       ///< the sender is known
  Rcpt,       ///< at least one recipient was accepted
  Data,       ///< the message's content is travelling
  Chunks,     ///< at least one chunk of the content was taken, the last has not come (RFC 3030 §2)
  Closed,
  Auth,     ///< between 334 and the end of the SASL exchange (RFC 4954 §4)
  Greeted,  ///< submission: EHLO was said, authentication is owed (RFC 6409 §4.3)
};
[[nodiscard]] constexpr StateId id(State state) { return {static_cast<std::uint8_t>(state)}; }

/// What kind of session: it decides which moves exist.
enum class Session : std::uint8_t { Relay, RelayWithAuth, Submission };

/// Names of moves other than verbs. A verb names the positive reply to its command; "BDAT" the one to a chunk that is
/// not the last.
inline constexpr std::string_view on_last_chunk = "BDAT LAST";         ///< the message was taken
inline constexpr std::string_view on_chunk_refused = "BDAT 4yz, 5yz";  ///< the transaction has failed
inline constexpr std::string_view on_content = "content";              ///< any reply to the end of the content
inline constexpr std::string_view on_challenge = "AUTH 334";           ///< the SASL exchange begins
inline constexpr std::string_view on_auth_at_once = "AUTH 235";        ///< an initial response was enough
inline constexpr std::string_view on_auth = "235";                     ///< the SASL exchange succeeded
inline constexpr std::string_view on_auth_refused = "4yz, 5yz";        ///< it failed or was cancelled

[[nodiscard]] const Machine& server_machine(Session session);
[[nodiscard]] const Machine& client_machine(Session session);

/// Key of a reply's explanation; `context` is "greeting", the verb answered, "auth-response" or "content", and
/// empty for a reply that answers nothing.
[[nodiscard]] std::string reply_topic(std::string_view context, std::uint16_t code);

/// Octets of a command line, its end included: 512 (RFC 5321 §4.5.3.1.4), and what MAIL's parameters add:
/// 26 for SIZE (RFC 1870 §3), 17 for BODY (RFC 6152 §2), 500 for AUTH (RFC 4954 §3).
inline constexpr std::size_t command_octets_max = 512 + 26 + 17 + 500;
/// A client's own commands keep to the plain limit, but for MAIL.
inline constexpr std::size_t plain_command_octets_max = 512;
/// Octets of a line in a SASL exchange, both ways (RFC 4954 §4 holds this for sufficient).
inline constexpr std::size_t auth_line_octets_max = 12'288;

}  // namespace mailscope::smtp
