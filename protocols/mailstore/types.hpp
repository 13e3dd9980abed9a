// The small values of the mail store: numbers that must not be mixed up, and how an operation may end.
#pragma once

#include <compare>
#include <cstdint>

namespace mailscope::mailstore {

/// Unique identifier of a message in its mailbox: ascending, never reused, not 0 (RFC 9051 §2.3.1.1).
struct Uid {
  std::uint32_t value{};
  friend auto operator<=>(Uid, Uid) = default;
};

/// `first` to `last`, both included.
struct UidRange {
  Uid first, last;
  friend bool operator==(const UidRange&, const UidRange&) = default;
};

/// When a message last changed, counted by its mailbox: ascending, never reused, from 1, under 2^63 (RFC 7162 §3.1).
struct ModSeq {
  std::uint64_t value{};
  friend auto operator<=>(ModSeq, ModSeq) = default;
};

/// How an operation ended. Whatever is not Ok has changed nothing.
enum class Outcome : std::uint8_t {
  Ok,
  NonExistent,    ///< no such mailbox
  AlreadyExists,  ///< a mailbox has that name
  Cannot,         ///< the name, or what was asked of it, can never be
  HasChildren,    ///< the name is only a level above other mailboxes
  Limit,          ///< a limit of the store, whoever asks
  OverQuota,      ///< a limit that this user was given (RFC 9208)
  UseTaken,       ///< another mailbox has that special use (RFC 6154)
};

}  // namespace mailscope::mailstore
