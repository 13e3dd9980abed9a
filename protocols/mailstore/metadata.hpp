// Annotations of a mailbox or of an account (RFC 5464), as data. Names come as the grammar checked them.
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/mailstore/types.hpp"

namespace mailscope::mailstore {

class Metadata {
 public:
  /// A note or two per program that a person uses; it is no file store (RFC 5464 §4.3 TOOMANY, MAXSIZE).
  static constexpr std::size_t entries_max = 64;
  static constexpr std::size_t entry_octets_max = 255;
  static constexpr std::size_t value_octets_max = 16 << 10;

  struct Key {
    std::string entry;  ///< in lower case: names ignore case (RFC 5464 §3)
    std::string user;   ///< whose it is, below "/private"; empty below "/shared"
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  /// Sets, or removes where there is no value. Cannot: neither below "/private/" nor "/shared/", or too long a name.
  /// OverQuota: too large a value. Limit: too many entries.
  Outcome set(std::string_view user, std::string_view entry, std::optional<std::string> value);
  /// As `user` sees it; null where there is none.
  [[nodiscard]] const std::string* find(std::string_view user, std::string_view entry) const;
  [[nodiscard]] const std::map<Key, std::string>& entries() const { return entries_; }

 private:
  std::map<Key, std::string> entries_;
};

}  // namespace mailscope::mailstore
