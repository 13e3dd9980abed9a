// How much one account may hold (RFC 9208), and how much it holds.
#pragma once

#include <cstdint>
#include <optional>

namespace mailscope::mailstore {

/// What an account holds. A copy counts like any other message.
struct Usage {
  std::uint64_t octets{}, messages{}, mailboxes{};
  std::uint64_t annotation_octets{};  ///< of messages, names and values
  /// The resource STORAGE, in units of 1024 octets (RFC 9208 §5.1).
  [[nodiscard]] constexpr std::uint64_t storage() const { return in_units(octets); }
  /// The resource ANNOTATION-STORAGE, in the same units (§5.4).
  [[nodiscard]] constexpr std::uint64_t annotation_storage() const { return in_units(annotation_octets); }

 private:
  [[nodiscard]] static constexpr std::uint64_t in_units(std::uint64_t octets) { return (octets + 1023) / 1024; }
};

/// Limits of the resources STORAGE (in units of 1024 octets), MESSAGE, MAILBOX and ANNOTATION-STORAGE (RFC 9208 §5);
/// nothing: unlimited.
struct Quota {
  std::optional<std::uint64_t> storage, messages, mailboxes;
  /// 8 MiB of notes: whoever may read a message may write some, and must not fill the memory with them.
  std::optional<std::uint64_t> annotation_storage{8 << 10};
};

}  // namespace mailscope::mailstore
