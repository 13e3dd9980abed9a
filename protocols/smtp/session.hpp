// The states of an SMTP session and its legal moves (RFC 5321 §4.1.4), as data. Client and server are in the same
// state when the same reply has been sent and received: every move is made by a reply, none by a command alone.
// NOOP, HELP, VRFY and EXPN may come in any order and move nothing; 421 closes from anywhere (§3.8).
#pragma once

#include <algorithm>
#include <cstddef>
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

/// Octets of a command line, its end included (RFC 5321 §4.5.3.1.4), without what extensions add. A client's own
/// commands keep to it, but for MAIL.
inline constexpr std::size_t plain_command_octets_max = 512;
/// What each extension adds to MAIL: the number that its RFC names, else its parameters' longest text.
inline constexpr std::size_t mail_parameter_octets_max = 26     // SIZE (RFC 1870 §3)
                                                         + 17   // BODY (RFC 6152 §2); BINARYMIME's 16 are within it
                                                         + 500  // AUTH (RFC 4954 §3)
                                                         + 10   // SMTPUTF8 (RFC 6531 §3.1)
                                                         + 11   // REQUIRETLS (RFC 8689 §2)
                                                         + 116  // " RET=FULL ENVID=" and 100 octets (RFC 3461 §4.4)
                                                         + 17   // " BY=-999999999;RT" (RFC 2852 §2)
                                                         + 36   // " HOLDUNTIL=2026-03-02T09:00:00+00:00" (RFC 4865 §3)
                                                         + 15;  // " MT-PRIORITY=-9" (RFC 6710 §3)
/// NOTIFY and ORCPT add this to RCPT (RFC 3461 §5.4): less than MAIL may have.
inline constexpr std::size_t rcpt_parameter_octets_max = 530;
/// Octets of any command line that the server reads.
inline constexpr std::size_t command_octets_max =
    plain_command_octets_max + std::max(mail_parameter_octets_max, rcpt_parameter_octets_max);

}  // namespace mailscope::smtp
