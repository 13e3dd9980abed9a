// What a device remembers of POP3 messages that it has collected and left on the server: their unique-ids, and since
// when (RFC 1939 §7, UIDL).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "protocols/core/time.hpp"

namespace mailscope {

class CollectedMail {
 public:
  void add(const std::string& unique_id, Instant now) { since_.try_emplace(unique_id, now); }
  [[nodiscard]] std::set<std::string> ids() const { return ids_until(std::nullopt); }
  /// Those that were collected at `until` or before; nothing: all.
  [[nodiscard]] std::set<std::string> ids_until(std::optional<Instant> until) const {
    std::set<std::string> ids;
    for (const auto& [id, since] : since_)
      if (!until || since <= *until) ids.insert(id);
    return ids;
  }
  /// The server has only these now: the others need not be remembered.
  void keep_only(const std::set<std::string>& listed) {
    std::erase_if(since_, [&listed](const auto& entry) { return !listed.contains(entry.first); });
  }

 private:
  std::map<std::string, Instant> since_;
};

}  // namespace mailscope
