// What commands, replies, notices and packets mean, in every language, from assets/explanations.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/lesson/text.hpp"

namespace mailscope {

struct Explanation {
  std::string topic;                              ///< "smtp/command/RCPT"
  Text title;                                     ///< one sentence: "Names one recipient of the envelope."
  Text meaning;                                   ///< a few sentences more
  Text why_now;                                   ///< why it comes at this point
  struct Answer {
    std::string wire;                             ///< "250 2.1.5"
    Text meaning;                                 ///< "Recipient accepted"
    bool is_error{};
    bool is_transient{};                          ///< 4yz
  };
  std::vector<Answer> could_answer;
  std::string standard;                           ///< "RFC 5321 §4.1.1.3"
};

/// The explanation of this topic, or null. Loaded once from the embedded assets.
[[nodiscard]] const Explanation* explanation(std::string_view topic);
/// Every topic that has an explanation, sorted.
[[nodiscard]] std::vector<std::string_view> explained_topics();

}  // namespace mailscope
