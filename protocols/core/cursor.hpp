// A place in a text for hand-written grammar functions. It only moves forward over what was accepted.
#pragma once

#include <string_view>

#include "protocols/core/ascii.hpp"

namespace mailscope {

class Cursor {
 public:
  explicit constexpr Cursor(std::string_view text) : rest_(text) {}

  [[nodiscard]] constexpr bool at_end() const { return rest_.empty(); }
  [[nodiscard]] constexpr bool at(char c) const { return rest_.starts_with(c); }
  [[nodiscard]] constexpr std::string_view rest() const { return rest_; }

  constexpr bool take(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// The case of ASCII letters is ignored, as in ABNF (RFC 5234 §2.3).
  constexpr bool take(std::string_view word) {
    if (!ascii::istarts_with(rest_, word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// The longest run of characters that satisfy `accepted`; may be empty.
  template <class Predicate>
  constexpr std::string_view take_while(Predicate accepted) {
    std::size_t length = 0;
    while (length < rest_.size() && accepted(rest_[length])) ++length;
    return take_octets(length);
  }
  /// The next `octets` characters, or those that are left.
  constexpr std::string_view take_octets(std::size_t octets) {
    const std::string_view taken = rest_.substr(0, octets);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

}  // namespace mailscope
