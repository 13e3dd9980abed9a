#include "protocols/mailstore/rights.hpp"

namespace mailscope::mailstore {

std::optional<Rights> Rights::of(std::string_view text) {
  std::uint32_t bits = 0;
  for (const char letter : text) {
    const std::size_t at = letters.find(letter);
    if (at == std::string_view::npos) return std::nullopt;
    bits |= 1U << at;
  }
  return Rights(bits);
}

std::string Rights::text() const {
  std::string text;
  for (const char letter : letters)
    if (contains(letter)) text += letter;
  return text;
}

Outcome Acl::set(std::string_view identifier, Rights rights) {
  if (identifier.empty() || identifier == "-" || identifier.size() > identifier_octets_max) return Outcome::Cannot;
  const auto known = entries_.find(identifier);
  if (rights.empty()) {
    if (known != entries_.end()) entries_.erase(known);
    return Outcome::Ok;
  }
  if (known == entries_.end() && entries_.size() == identifiers_max) return Outcome::Limit;
  entries_.insert_or_assign(std::string(identifier), rights);
  return Outcome::Ok;
}

Rights Acl::listed(std::string_view identifier) const {
  const auto known = entries_.find(identifier);
  return known == entries_.end() ? Rights() : known->second;
}

Rights Acl::rights_of(std::string_view user) const {
  return (listed(user) | listed("anyone")) - (listed("-" + std::string(user)) | listed("-anyone"));
}

}  // namespace mailscope::mailstore
