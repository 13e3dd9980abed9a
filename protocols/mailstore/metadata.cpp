#include "protocols/mailstore/metadata.hpp"

#include <utility>

#include "protocols/core/ascii.hpp"

namespace mailscope::mailstore {

namespace {

constexpr std::string_view private_prefix = "/private/", shared_prefix = "/shared/";

Metadata::Key key_of(std::string_view user, std::string_view entry) {
  Metadata::Key key{ascii::lower(entry), {}};
  if (key.entry.starts_with(private_prefix)) key.user = user;
  return key;
}

}  // namespace

Outcome Metadata::set(std::string_view user, std::string_view entry, std::optional<std::string> value) {
  Key key = key_of(user, entry);
  if (entry.size() > entry_octets_max) return Outcome::Cannot;
  if (!key.entry.starts_with(private_prefix) && !key.entry.starts_with(shared_prefix)) return Outcome::Cannot;
  if (!value) {
    entries_.erase(key);
    return Outcome::Ok;
  }
  if (value->size() > value_octets_max) return Outcome::OverQuota;
  if (entries_.size() == entries_max && !entries_.contains(key)) return Outcome::Limit;
  entries_.insert_or_assign(std::move(key), std::move(*value));
  return Outcome::Ok;
}

const std::string* Metadata::find(std::string_view user, std::string_view entry) const {
  const auto known = entries_.find(key_of(user, entry));
  return known == entries_.end() ? nullptr : &known->second;
}

}  // namespace mailscope::mailstore
