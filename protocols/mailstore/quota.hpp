// How much one account may hold (RFC 9208), and how much it holds.
#pragma once

#include <cstdint>
#include <optional>

namespace mailscope::mailstore {

/// What an account holds. A copy counts like any other message.
struct Usage {
  std::uint64_t octets{}, messages{}, mailboxes{};
  /// The resource STORAGE, in units of 1024 octets (RFC 9208 §5.1).
  [[nodiscard]] constexpr std::uint64_t storage() const { return (octets + 1023) / 1024; }
};

/// Limits of the resources STORAGE (in units of 1024 octets), MESSAGE and MAILBOX (RFC 9208 §5); nothing: unlimited.
struct Quota {
  std::optional<std::uint64_t> storage, messages, mailboxes;
};

}  // namespace mailscope::mailstore
