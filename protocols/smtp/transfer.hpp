// How one message can go to one server: which parameters its MAIL and RCPT carry, in which form its content travels,
// and why it cannot go. It knows offers and envelopes; it refuses to know the order of commands.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/offers.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailscope::smtp {

/// Is BDAT used where DATA would do?
enum class Chunking : std::uint8_t { WhereNeeded, WhereOffered };

/// How the client wants it.
struct Handling {
  Chunking chunking{};
  bool mends_lines{true};  ///< bare CR and LF become CR LF
  std::string url{};       ///< of the content, or empty: see OutgoingMessage
};

struct Transfer {
  struct To {
    std::string argument;          ///< of RCPT
    std::optional<Reply> refusal;  ///< this recipient cannot be named to this server
    /// The client owes a "relayed" report when the recipient is accepted: the server cannot be asked for what was
    /// wanted (RFC 3461 §5.2.2), or the sender asked for a trace (RFC 2852 §4.1.4).
    bool owes_report{};
  };
  std::optional<Reply> refusal;  ///< nothing of the message can go to this server; the rest is then empty
  std::string mail;              ///< argument of MAIL
  std::vector<To> recipients;    ///< in the envelope's order
  std::string content;           ///< ends in CR LF and is 7bit where it must be; as given where it goes as binary
  bool chunks{};                 ///< by BDAT, not DATA
  std::string url;               ///< by BURL, where it is not empty
};

/// A domain beyond US-ASCII behind a local part in US-ASCII travels as A-labels (RFC 6531 §3.2), unless the message
/// needs SMTPUTF8 for something else and the server has it. Replies of our own, as if the server had given them:
/// 553 5.1.7 and 5.1.3: a path that may not stand in a command; 550 5.6.7 (sender), 553 5.6.7 (recipient) and 554 5.6.9
/// (header): not US-ASCII, and no SMTPUTF8 (RFC 6531 §3.5); 554 5.6.3: 8-bit or binary content that the server does
/// not take and that cannot be converted (RFC 6152 §3, RFC 3030 §3); 552 5.3.4: larger than announced (RFC 1870 §6.1);
/// 550 5.7.10 and 5.7.30: REQUIRETLS without TLS, or not offered (RFC 8689 §4.2.1); 550 5.3.3: BY in mode R
/// (RFC 2852 §4.1.4.1) or a hold (RFC 4865 §4.1) that the server does not take; 554 5.4.7: BY in mode R is over.
[[nodiscard]] Transfer plan_transfer(const Envelope& envelope, std::string content, const Offers& offers, bool secured,
                                     const Handling& handling);

}  // namespace mailscope::smtp
