// What commands, replies, notices and packets mean, in every language, from assets/explanations.
// It knows no engine: topics are keys, wire texts are shown as they are.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/words/text.hpp"

namespace mailscope {

/// A notice has a topic and a title only; a word inside a line of IMAP or POP3 (a code, a flag, a data item…) also a
/// standard, and what else helps; every other explanation is complete but for `could_answer`.
struct Explanation {
  std::string topic;  ///< "smtp/command/RCPT"
  Text title;         ///< one sentence: "Names one recipient of the envelope."
  Text meaning;       ///< a few sentences more
  Text why_now;       ///< why it comes at this point
  struct Answer {
    std::string wire;     ///< "250 2.1.5"
    Text meaning;         ///< "Recipient accepted"
    bool is_error{};      ///< 4yz, 5yz, -ERR, NO, BAD, or a DNS error: told by `wire`
    bool is_transient{};  ///< 4yz or SERVFAIL: the same again may succeed later
  };
  std::vector<Answer> could_answer;  ///< to a command or query; of a reply in its context: the other ones
  std::string standard;              ///< "RFC 5321 §4.1.1.3"
};

/// The explanation of this topic, or null. Loaded once from the embedded assets. A topic of four parts that has none
/// falls back to the one without its third part: smtp/reply/RCPT/250 to smtp/reply/250.
[[nodiscard]] const Explanation* explanation(std::string_view topic);
/// Every topic that has an explanation, sorted.
[[nodiscard]] std::vector<std::string_view> explained_topics();

/// What a file of explanations holds, in file order, up to its first fault.
struct ExplanationReading {
  std::vector<Explanation> explanations;
  std::optional<std::string> fault;  ///< "FILE:LINE: what is wrong"
};
[[nodiscard]] ExplanationReading read_explanations(std::string_view file, std::string_view yaml);

}  // namespace mailscope
