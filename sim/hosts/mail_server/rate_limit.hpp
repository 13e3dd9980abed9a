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
    if (recent_.size() >= clients_max)
      std::erase_if(recent_, [&](const auto& known) { return known.second.empty() || now - known.second.back() >= rate.per; });
    std::deque<Instant>& recent = recent_[client];
    while (!recent.empty() && now - recent.front() >= rate.per) recent.pop_front();
    if (recent.size() >= rate.messages) return false;
    recent.push_back(now);
    return true;
  }
  void forget() { recent_.clear(); }

  /// Beyond so many, those that have said nothing for long are forgotten.
  static constexpr std::size_t clients_max = 1'000;

 private:
  std::map<std::string, std::deque<Instant>> recent_;  ///< by client
};

}  // namespace mailscope
