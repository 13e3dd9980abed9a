#include "protocols/mailstore/annotations.hpp"

#include <algorithm>
#include <utility>

namespace mailscope::mailstore {

Outcome Annotations::set(std::string_view user, const Annotation& annotation) {
  if (annotation.entry.size() > entry_octets_max) return Outcome::Cannot;
  Key key{annotation.entry, annotation.shared ? "" : std::string(user)};
  const auto known = values_.find(key);
  const auto size_of = [](const auto& entry) { return entry.first.entry.size() + entry.second->size(); };
  if (!annotation.value) {
    if (known == values_.end()) return Outcome::Ok;
    octets_ -= size_of(*known);
    values_.erase(known);
    return Outcome::Ok;
  }
  if (annotation.value->size() > value_octets_max) return Outcome::Cannot;
  if (known == values_.end()) {
    const auto is_theirs = [&key](const auto& entry) { return entry.first.user == key.user; };
    if (static_cast<std::size_t>(std::ranges::count_if(values_, is_theirs)) == values_max) return Outcome::Limit;
  } else {
    octets_ -= size_of(*known);
  }
  const auto place = values_.insert_or_assign(std::move(key), std::make_shared<const std::string>(*annotation.value));
  octets_ += size_of(*place.first);
  return Outcome::Ok;
}

const std::string* Annotations::find(std::string_view user, std::string_view entry) const {
  const auto known = values_.find({std::string(entry), std::string(user)});
  return known == values_.end() ? nullptr : known->second.get();
}

Annotations Annotations::only(const std::function<bool(const Key&)>& keep) const {
  Annotations kept;
  for (const auto& [key, value] : values_) {
    if (!keep(key)) continue;
    kept.values_.emplace(key, value);
    kept.octets_ += key.entry.size() + value->size();
  }
  return kept;
}

std::set<std::string> Annotations::differing(const Annotations& other, std::string_view user) const {
  std::set<std::string> entries;
  const auto compare = [&](const Annotations& one, const Annotations& two) {
    for (const auto& [key, value] : one.values_) {
      if (!key.user.empty() && key.user != user) continue;
      const std::string* there = two.find(key.user, key.entry);
      if (!there || *there != *value) entries.insert(key.entry);
    }
  };
  compare(*this, other);
  compare(other, *this);
  return entries;
}

bool operator==(const Annotations& one, const Annotations& other) {
  return std::ranges::equal(one.values_, other.values_,
                            [](const auto& a, const auto& b) { return a.first == b.first && *a.second == *b.second; });
}

AnnotationsPointer pointer_to(Annotations annotations) {
  return annotations.values().empty() ? nullptr : std::make_shared<const Annotations>(std::move(annotations));
}

const Annotations& annotations_of(const AnnotationsPointer& annotations) {
  static const Annotations none;
  return annotations ? *annotations : none;
}

}  // namespace mailscope::mailstore
