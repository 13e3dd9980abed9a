// Which message was taken for which recipient already. A 250 that is lost on the way makes the sender try again (RFC
// 1047), and mail would arrive twice: the Message-ID tells that it is the same. Knows identifiers, and no content.
#pragma once

#include <deque>
#include <set>
#include <string>
#include <string_view>

namespace mailscope {

class SeenMessages {
 public:
  /// As many as a server takes in the days in which a sender may still repeat one; the oldest are forgotten.
  static constexpr std::size_t entries_max = 100'000;

  /// Notes the pair; false when it was noted before. A message without Message-ID is always new.
  [[nodiscard]] bool is_new(std::string_view content, std::string_view recipient);

 private:
  std::set<std::string> seen_;
  std::deque<std::string> order_;
};

}  // namespace mailscope
