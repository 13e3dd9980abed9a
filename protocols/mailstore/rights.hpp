// Who may do what with a mailbox (RFC 4314), as data: the store keeps it, whoever serves a user asks it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/mailstore/types.hpp"

namespace mailscope::mailstore {

/// A set of the standard rights (RFC 4314 §2.1), and "n" to write shared annotations (RFC 5257 §3.4). The obsolete "c"
/// and "d" are syntax and not known here.
class Rights {
 public:
  static constexpr std::string_view letters = "lrswipkxtean";

  constexpr Rights() = default;
  [[nodiscard]] static constexpr Rights all() { return Rights((1U << letters.size()) - 1); }
  /// Each character a letter of `letters`; else nothing.
  [[nodiscard]] static std::optional<Rights> of(std::string_view text);
  [[nodiscard]] constexpr bool contains(char letter) const {
    const std::size_t at = letters.find(letter);
    return at != std::string_view::npos && (bits_ >> at & 1U) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] std::string text() const;
  friend constexpr Rights operator|(Rights a, Rights b) { return Rights(a.bits_ | b.bits_); }
  friend constexpr Rights operator-(Rights a, Rights b) { return Rights(a.bits_ & ~b.bits_); }
  friend constexpr bool operator==(Rights, Rights) = default;

 private:
  constexpr explicit Rights(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_{};
};

/// Access control list: identifier → rights. "anyone" is everybody; "-name" takes rights away (RFC 4314 §2).
class Acl {
 public:
  /// More identifiers than a person could review.
  static constexpr std::size_t identifiers_max = 100;
  static constexpr std::size_t identifier_octets_max = 255;

  /// Sets an identifier's rights; none removes it. Limit, Cannot (empty or too long identifier) or Ok.
  Outcome set(std::string_view identifier, Rights rights);
  [[nodiscard]] Rights listed(std::string_view identifier) const;
  /// What `user` may do: own rights and those of anyone, less the negative ones (RFC 4314 §2).
  [[nodiscard]] Rights rights_of(std::string_view user) const;
  [[nodiscard]] const std::map<std::string, Rights, std::less<>>& entries() const { return entries_; }

 private:
  std::map<std::string, Rights, std::less<>> entries_;
};

}  // namespace mailscope::mailstore
