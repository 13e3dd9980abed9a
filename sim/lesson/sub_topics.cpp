#include "sim/lesson/sub_topics.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "sim/lesson/explanations.hpp"

namespace mailscope {
namespace {

/// Takes the next line off `text`, without its end.
std::string_view take_line(std::string_view& text) {
  const std::size_t feed = text.find('\n');
  std::string_view line = text.substr(0, feed);
  text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// The word behind the code of a reply's line: "250-SIZE 1000" has SIZE.
std::string_view word_behind_code(std::string_view line) {
  line.remove_prefix(std::min<std::size_t>(line.size(), 4));
  return line.substr(0, line.find(' '));
}

/// Adds the part where it is explained and has not come before.
void add(std::vector<SubTopic>& found, std::string_view label, std::string topic) {
  if (!explanation(topic) || std::ranges::find(found, topic, &SubTopic::topic) != found.end()) return;
  found.push_back({std::string(label), std::move(topic)});
}

/// The name of a header field as its explanation is called: names differ in case alone (RFC 5322 §1.2.2).
std::string header_topic(std::string_view name) {
  const std::string wanted = "header/" + std::string(name);
  for (const std::string_view topic : explained_topics())
    if (ascii::iequals(topic, wanted)) return std::string(topic);
  return wanted;
}

}  // namespace

std::vector<SubTopic> sub_topics(std::string_view topic, std::string_view text) {
  std::vector<SubTopic> found;
  if (topic.starts_with("smtp/reply/")) {
    const std::string_view code = word_behind_code(take_line(text));
    add(found, code, "smtp/enhanced/" + std::string(code));
    while (topic == "smtp/reply/EHLO/250" && !text.empty()) {
      const std::string_view keyword = word_behind_code(take_line(text));
      add(found, keyword, "smtp/extension/" + ascii::upper(keyword));
    }
  } else if (topic == "smtp/content" || topic == "smtp/chunk") {
    for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
      const std::size_t colon = line.find(':');
      const bool folded = line.starts_with(' ') || line.starts_with('\t');
      const std::string_view name = ascii::trim(line.substr(0, colon));
      if (!folded && colon != std::string_view::npos) add(found, name, header_topic(name));
    }
  }
  return found;
}

}  // namespace mailscope
