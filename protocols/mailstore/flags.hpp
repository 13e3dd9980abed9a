// Flags of messages as a bit set: the system flags, and keywords numbered by their mailbox. Knows no syntax; \Recent
// belongs to a session and is not kept here (RFC 9051 §2.3.2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::mailstore {

/// A system flag, or the number of a keyword in its mailbox's Keywords (from keyword_first on).
enum class Flag : std::uint8_t { Answered, Flagged, Deleted, Seen, Draft };

/// The names of the first Flags, in canonical spelling.
inline constexpr std::array<std::string_view, 5> system_flag_names{"\\Answered", "\\Flagged", "\\Deleted", "\\Seen",
                                                                   "\\Draft"};
inline constexpr std::size_t keyword_first = system_flag_names.size();
/// One word of 64 bits holds all flags of a message; people use a handful of keywords, programs a dozen.
inline constexpr std::size_t keywords_max = 64 - keyword_first;
/// A longer keyword is no label but a store of somebody's data.
inline constexpr std::size_t keyword_octets_max = 100;

class Flags {
 public:
  constexpr Flags() = default;
  constexpr Flags(std::initializer_list<Flag> flags) {
    for (const Flag flag : flags) insert(flag);
  }
  [[nodiscard]] constexpr bool contains(Flag flag) const { return (bits_ & bit(flag)) != 0; }
  constexpr void insert(Flag flag) { bits_ |= bit(flag); }
  constexpr void erase(Flag flag) { bits_ &= ~bit(flag); }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  friend constexpr Flags operator|(Flags a, Flags b) { return Flags(a.bits_ | b.bits_); }
  /// Those of `a` that `b` has not.
  friend constexpr Flags operator-(Flags a, Flags b) { return Flags(a.bits_ & ~b.bits_); }
  friend constexpr Flags operator&(Flags a, Flags b) { return Flags(a.bits_ & b.bits_); }
  friend constexpr bool operator==(Flags, Flags) = default;
  [[nodiscard]] static constexpr Flags all() { return Flags(~std::uint64_t{0}); }

  /// Calls `take(Flag)` for each, system flags first.
  template <class Take>
  constexpr void each(Take take) const {
    for (std::uint8_t number = 0; number < 64; ++number)
      if (contains(Flag{number})) take(Flag{number});
  }

 private:
  constexpr explicit Flags(std::uint64_t bits) : bits_(bits) {}
  [[nodiscard]] static constexpr std::uint64_t bit(Flag flag) {
    return std::uint64_t{1} << static_cast<std::uint8_t>(flag);
  }
  std::uint64_t bits_{};
};

/// The keywords of one mailbox: each has a number as long as the mailbox is, or until nobody uses it.
class Keywords {
 public:
  /// A system flag's or a known keyword's; case is ignored (RFC 9051 §2.3.2).
  [[nodiscard]] std::optional<Flag> find(std::string_view name) const;
  /// The same, or a new number. Nothing where the name is no keyword (is_keyword()) or all numbers are taken.
  [[nodiscard]] std::optional<Flag> add(std::string_view name);
  [[nodiscard]] bool full() const;
  /// Frees the numbers that are not in `used`.
  void forget_unused(Flags used);
  [[nodiscard]] std::string name(Flag flag) const;
  /// Those in use, in the order of their numbers.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::vector<std::string> names_;  ///< by number less keyword_first; empty where it is free
};

/// atom = 1*ATOM-CHAR, of at most keyword_octets_max octets (RFC 9051 §9, rule flag-keyword).
[[nodiscard]] bool is_keyword(std::string_view name);

}  // namespace mailscope::mailstore
