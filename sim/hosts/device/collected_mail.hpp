// What a device remembers of POP3 messages that it has collected and that may be on the server still: their unique-ids,
// and since when (RFC 1939 §7, UIDL); and what each contains, for servers, and times, without unique-ids.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"
#include "protocols/sasl/crypto.hpp"

namespace mailscope {

class CollectedMail {
 public:
  /// A session begins: what it brings is counted anew.
  void begin_session() { seen_.clear(); }
  /// A message came, with its unique-id or without. False where the device has it already.
  [[nodiscard]] bool take(const std::string& unique_id, std::string_view content, Instant now) {
    const std::string digest = sasl::digest(sasl::Hash::Sha256, content);
    if (!unique_id.empty()) {
      named_.try_emplace(unique_id, Named{now, digest});
      const auto unnamed = unnamed_.find(digest);  // it came while the server gave no ids
      if (unnamed == unnamed_.end()) return true;
      if (--unnamed->second == 0) unnamed_.erase(unnamed);
      return false;
    }
    // Two messages may be alike to the last octet: as many are new as there are more than were collected.
    std::size_t known = unnamed_.contains(digest) ? unnamed_.at(digest) : 0;
    for (const auto& [id, one] : named_) known += one.digest == digest;
    if (++seen_[digest] <= known) return false;
    ++unnamed_[digest];
    return true;
  }
  [[nodiscard]] std::set<std::string> ids() const { return ids_until(std::nullopt); }
  /// Those that were collected at `until` or before; nothing: all.
  [[nodiscard]] std::set<std::string> ids_until(std::optional<Instant> until) const {
    std::set<std::string> ids;
    for (const auto& [id, one] : named_)
      if (!until || one.since <= *until) ids.insert(id);
    return ids;
  }
  /// The server lists these now. One that is missing is forgotten when it was missing absences_max times in a row: a
  /// server that has lost its index for a while shows an empty maildrop.
  void listed(const std::set<std::string>& ids) {
    for (auto& [id, one] : named_) one.absences = ids.contains(id) ? 0 : one.absences + 1;
    std::erase_if(named_, [](const auto& entry) { return entry.second.absences >= absences_max; });
  }
  /// A session without ids has come to its end: what it has not brought is no longer there.
  void seen_all() {
    std::erase_if(unnamed_, [this](const auto& entry) { return !seen_.contains(entry.first); });
  }

  static constexpr unsigned absences_max = 10;

 private:
  struct Named {
    Instant since;
    std::string digest;
    unsigned absences{};
  };
  std::map<std::string, Named> named_;
  std::map<std::string, std::size_t> unnamed_, seen_;  ///< how many, by digest
};

}  // namespace mailscope
