// Message disposition notifications (RFC 8098), "read receipts": who asks for one, whether a program may give it, and
// the report itself. Whether a person agrees is the mail program's matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/message/report.hpp"

namespace mailscope::message {

/// disposition-type (RFC 8098 §3.2.6.2)
enum class DispositionType : std::uint8_t { Displayed, Deleted, Dispatched, Processed };

/// What a notification says to programs (RFC 8098 §3.2).
struct DispositionStatus {
  std::string reporting_ua;         ///< program, and after ";" its product; may be empty
  std::optional<Typed> original{};  ///< Original-Recipient, if the message named it
  std::string recipient;            ///< Final-Recipient, without its type
  std::string message_id;           ///< Original-Message-ID without angle brackets; empty if there was none
  DispositionType type{};
  bool automatic_action{};    ///< the action was a program's, not a person's
  bool sent_automatically{};  ///< the person did not agree to this one notification
  friend bool operator==(const DispositionStatus&, const DispositionStatus&) = default;
};

/// A complete notification. It asks for none itself (§3), and goes with the null reverse-path.
[[nodiscard]] std::string build_disposition(const DispositionStatus& status, const ReportCover& cover);

/// What a message that came as a notification says; nothing where it is none, or where it has no Final-Recipient or no
/// Disposition that could be read. Modifiers are skipped (§3.2.6.3).
[[nodiscard]] std::optional<DispositionStatus> parse_disposition_status(std::string_view content);

/// What a message asks for (RFC 8098 §2.1).
struct DispositionRequest {
  std::vector<std::string> to;  ///< addresses of Disposition-Notification-To, each once; never empty
  std::optional<Typed> original;
  std::string subject;      ///< with encoded words as they stand
  std::string message_id;   ///< without angle brackets
  bool may_be_automatic{};  ///< one address, and that of Return-Path: else a person must agree each time
};
/// To more addresses than this nothing is sent: it would be a mail bomb (§6.4).
inline constexpr std::size_t disposition_addresses_max = 20;
/// Nothing where no notification is asked for, or none may be given: to one that is a notification itself, to one that
/// has an empty Return-Path, to a request that stands there twice or has a required option (none is known, §2.2).
[[nodiscard]] std::optional<DispositionRequest> disposition_request(std::string_view content);

}  // namespace mailscope::message
