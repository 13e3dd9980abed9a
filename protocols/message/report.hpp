// Delivery status notifications: a multipart/report (RFC 6522) with a message/delivery-status inside (RFC 3464), and
// their forms beyond US-ASCII (RFC 6533). It writes and reads what happened; who is told of what is the host's policy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"

namespace mailscope::message {

/// Action (RFC 3464 §2.3.3).
enum class ReportAction : std::uint8_t { Failed, Delayed, Delivered, Relayed, Expanded };
/// "failed", "delayed" …
[[nodiscard]] std::string_view name(ReportAction action);

/// An address or a host's name with its type, as in "rfc822; anna@alba.example".
struct Typed {
  std::string type, value;
  friend bool operator==(const Typed&, const Typed&) = default;
};

/// One group of per-recipient fields (RFC 3464 §2.3). Only the first three must be there.
struct RecipientStatus {
  std::string
      recipient;  ///< Final-Recipient, without its type: that is "utf-8" where it is not US-ASCII, else "rfc822"
  ReportAction action{};
  std::string status;                                ///< "5.1.1" (RFC 3463)
  std::optional<Typed> original;                     ///< Original-Recipient: what ORCPT said
  std::optional<Typed> remote_mta, diagnostic;       ///< who answered ("dns"), and what ("smtp")
  std::string log_id;                                ///< Final-Log-ID
  std::optional<Instant> last_attempt, retry_until;  ///< to the second; retry_until only with Delayed
  friend bool operator==(const RecipientStatus&, const RecipientStatus&) = default;
};

/// What a report says to programs (RFC 3464 §2.2).
struct DeliveryStatus {
  std::string envelope_id;  ///< Original-Envelope-Id: what ENVID said, decoded; may be empty
  Typed reporting_mta;
  std::optional<Typed> gateway, received_from;  ///< DSN-Gateway, Received-From-MTA
  std::optional<Instant> arrival;
  std::vector<RecipientStatus> recipients;
  std::optional<Instant> deliver_by{};  ///< Deliver-By-Date (RFC 2852 §5)
  std::string future_release{};         ///< Future-Release-Request: "for;60" (RFC 4865 §5.1.2); may be empty
  friend bool operator==(const DeliveryStatus&, const DeliveryStatus&) = default;
};

/// The message around it, for people.
struct ReportCover {
  std::string from, to, subject;  ///< values of these fields; US-ASCII but for addresses
  std::string text;               ///< UTF-8, lines ended by '\n'
  Instant date;
  std::string message_id;     ///< without angle brackets; the boundary is made of it
  std::string_view original;  ///< the message that is reported on, or its header
  bool returns_content{};     ///< all of `original` comes back, not its header alone (RET, RFC 3461 §4.3)
};

/// A complete message with CR LF. Control characters in values become spaces.
[[nodiscard]] std::string build_report(const DeliveryStatus& status, const ReportCover& cover);

/// What a message that came as a report says; nothing where it is none. Fields of other names are skipped, of repeated
/// ones the first counts; a group without Final-Recipient or with an unknown Action is left out.
[[nodiscard]] std::optional<DeliveryStatus> parse_report(std::string_view content);

/// A value longer than this is cut, so that no line of a report comes near 998 octets (RFC 5322 §2.1.1).
inline constexpr std::size_t report_value_octets_max = 900;
/// A report on more recipients than this is read up to there: a message has hundreds at most.
inline constexpr std::size_t report_recipients_max = 1'000;

}  // namespace mailscope::message
