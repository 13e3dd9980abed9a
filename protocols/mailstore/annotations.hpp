// Annotations of one message (RFC 5257), as data: each value is everybody's who may see the message, or one user's.
// Names come as the grammar checked them; which entries there may be, whoever serves a user knows.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "protocols/mailstore/types.hpp"

namespace mailscope::mailstore {

/// What one value is to become.
struct Annotation {
  std::string entry;
  bool shared{};                     ///< else it is the user's own
  std::optional<std::string> value;  ///< nothing: there is to be none
};

/// Copies are cheap: they share their values.
class Annotations {
 public:
  /// Values that one user may have, and that may be shared: a note or two per program that a person uses, and flags of
  /// a message's parts (RFC 5257 §4.1 wants at least 10).
  static constexpr std::size_t values_max = 64;
  static constexpr std::size_t entry_octets_max = 255;
  /// A page or two of text; it is no file store (§4.1 wants at least 1024).
  static constexpr std::size_t value_octets_max = 16 << 10;

  struct Key {
    std::string entry;
    std::string user;  ///< whose it is; empty: shared
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  using Values = std::map<Key, std::shared_ptr<const std::string>>;

  /// Cannot: too long a name or value. Limit: too many values.
  Outcome set(std::string_view user, const Annotation& annotation);
  /// The user's own, or where `user` is empty the shared one; null where there is none.
  [[nodiscard]] const std::string* find(std::string_view user, std::string_view entry) const;
  [[nodiscard]] const Values& values() const { return values_; }
  [[nodiscard]] std::uint64_t octets() const { return octets_; }  ///< of names and values

  /// Those that `keep` takes.
  [[nodiscard]] Annotations only(const std::function<bool(const Key&)>& keep) const;
  /// Names of the entries whose values are other ones in `other`, as far as `user` may see them.
  [[nodiscard]] std::set<std::string> differing(const Annotations& other, std::string_view user) const;
  friend bool operator==(const Annotations& one, const Annotations& other);

 private:
  Values values_;
  std::uint64_t octets_{};
};

/// Null where there are none.
using AnnotationsPointer = std::shared_ptr<const Annotations>;
[[nodiscard]] AnnotationsPointer pointer_to(Annotations annotations);
/// Empty ones for null.
[[nodiscard]] const Annotations& annotations_of(const AnnotationsPointer& annotations);

}  // namespace mailscope::mailstore
