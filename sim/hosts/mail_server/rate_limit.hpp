// How much each client may ask for in a span of time. Knows names of clients and nothing of what they ask.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "sim/scenario/mail_policy.hpp"

namespace mailscope {

class RateLimit {
 public:
  /// Counts one more of this client, unless that would be too many within the last `rate.per`.
  [[nodiscard]] bool allows(Instant now, const std::string& client, const MailPolicy::Rate& rate) {
    std::deque<Instant>& recent = recent_[client];
    while (!recent.empty() && now - recent.front() >= rate.per) recent.pop_front();
    if (recent.size() >= rate.messages) return false;
    recent.push_back(now);
    return true;
  }
  void forget() { recent_.clear(); }

 private:
  std::map<std::string, std::deque<Instant>> recent_;  ///< by client; a world has as many as hosts
};

}  // namespace mailscope
