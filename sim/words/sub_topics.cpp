#include "sim/words/sub_topics.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>

#include "protocols/core/ascii.hpp"
#include "sim/words/explanations.hpp"

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

/// The topic as its explanation is called: names of header fields, flags and data items differ in case alone (RFC 5322
/// §1.2.2, RFC 3501 §9).
std::string known_topic(std::string wanted) {
  for (const std::string_view topic : explained_topics())
    if (ascii::iequals(topic, wanted)) return std::string(topic);
  return wanted;
}

void add_known(std::vector<SubTopic>& found, std::string_view label, std::string_view kind) {
  add(found, label, known_topic(std::string(kind).append(label)));
}

void smtp_reply(std::vector<SubTopic>& found, std::string_view topic, std::string_view text) {
  const std::string_view code = word_behind_code(take_line(text));
  add(found, code, "smtp/enhanced/" + std::string(code));
  while (topic == "smtp/reply/EHLO/250" && !text.empty()) {
    const std::string_view keyword = word_behind_code(take_line(text));
    add(found, keyword, "smtp/extension/" + ascii::upper(keyword));
  }
}

void header_fields(std::vector<SubTopic>& found, std::string_view text) {
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = line.find(':');
    const bool folded = line.starts_with(' ') || line.starts_with('\t');
    const std::string_view name = ascii::trim(line.substr(0, colon));
    if (!folded && colon != std::string_view::npos) add_known(found, name, "header/");
  }
}

/// The words of a line of IMAP, up to its first literal and without its strings in quotes: none of those names
/// anything.
std::vector<std::string_view> imap_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty() && text.front() != '{' && text.front() != '\n') {
    if (text.front() == '"') {
      const std::size_t end = text.find('"', 1);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" ()[]<>\"{\n"), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    const bool at_separator = end < text.size() && std::string_view("\"{\n").find(text[end]) == std::string_view::npos;
    text.remove_prefix(at_separator ? end + 1 : end);
  }
  return words;
}

/// capability = ("AUTH=" auth-type) / atom: explained as a whole, or by what stands before "=".
void capabilities(std::vector<SubTopic>& found, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    const std::string whole = "imap/capability/" + ascii::upper(word);
    add(found, word, explanation(whole) ? whole : whole.substr(0, whole.find('=')));
  }
}

void flags(std::vector<SubTopic>& found, std::span<const std::string_view> words) {
  for (const std::string_view word : words)
    if (word.starts_with('\\') || word.starts_with('$')) add_known(found, word, "imap/flag/");
}

/// fetch-att and msg-att-static: BODY.PEEK is a way of asking for BODY, RFC822.TEXT a part of RFC822.
void data_items(std::vector<SubTopic>& found, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    const std::string whole = "imap/item/" + ascii::upper(word);
    add(found, word, explanation(whole) ? whole : whole.substr(0, whole.find('.')));
  }
  flags(found, words);
}

/// resp-text = ["[" resp-text-code "]" SP] text, behind a tag and OK, NO, BAD, BYE or PREAUTH
void response_code(std::vector<SubTopic>& found, std::string_view text) {
  for (int words = 0; words < 2; ++words) text.remove_prefix(std::min(text.size(), text.find(' ') + 1));
  if (!text.starts_with('[')) return;
  const auto words = imap_words(text.substr(0, text.find(']')));
  if (words.empty()) return;
  add(found, words.front(), "imap/code/" + ascii::upper(words.front()));
  const auto rest = std::span(words).subspan(1);
  if (ascii::iequals(words.front(), "CAPABILITY")) capabilities(found, rest);
  if (ascii::iequals(words.front(), "PERMANENTFLAGS")) flags(found, rest);
}

void imap_line(std::vector<SubTopic>& found, std::string_view topic, std::string_view text) {
  constexpr std::string_view conditions[] = {"OK", "NO", "BAD", "BYE", "PREAUTH", "greeting"};
  const bool command = topic.starts_with("imap/command/");
  const std::string_view name = topic.substr(topic.rfind('/') + 1);
  if (topic.starts_with("imap/reply/") || (!command && std::ranges::find(conditions, name) != std::end(conditions)))
    return response_code(found, text);
  const std::vector<std::string_view> all = imap_words(text);
  // Behind the tag and the verb of a command, or "*", the number and the name of a response.
  const bool numbered = name.ends_with("FETCH") && !command, by_uid = command && name.starts_with("UID ");
  const auto words = std::span(all).subspan(std::min<std::size_t>(all.size(), numbered || by_uid ? 3 : 2));
  if (name.ends_with("FETCH")) return data_items(found, words);
  if (name == "CAPABILITY" || name == "ENABLED" || name == "ENABLE") return capabilities(found, words);
  const bool changes = name.ends_with("STORE") || name.ends_with("REPLACE") || name == "APPEND";
  if (command && (changes || name.ends_with("SEARCH") || name.ends_with("SORT")))
    for (const std::string_view word : words)
      if (ascii::iequals(word, "ANNOTATION")) add(found, word, "imap/item/ANNOTATION");
  if (changes || name == "FLAGS") return flags(found, words);
  if (name == "STATUS")
    for (const std::string_view word : imap_words(text.substr(std::min(text.size(), text.rfind('(')))))
      add(found, word, "imap/status/" + ascii::upper(word));
  if (!command && (name == "LIST" || name == "LSUB"))
    for (const std::string_view word : imap_words(text.substr(0, text.find(')'))))
      if (word.starts_with('\\')) add_known(found, word, "imap/attribute/");
}

/// "-ERR [IN-USE] …" (RFC 2449 §8), and what CAPA lists.
void pop3_reply(std::vector<SubTopic>& found, std::string_view topic, std::string_view text) {
  std::string_view line = take_line(text);
  const std::size_t bracket = line.find(" [");
  if (bracket != std::string_view::npos && bracket == line.find(' ')) {
    const std::string_view code = line.substr(bracket + 2, line.find(']') - bracket - 2);
    add(found, code, "pop3/code/" + ascii::upper(code));
  }
  while (topic == "pop3/reply/CAPA/+OK" && !text.empty()) {
    line = take_line(text);
    const std::string_view tag = line.substr(0, line.find(' '));
    add(found, tag, "pop3/capability/" + ascii::upper(tag));
  }
}

}  // namespace

std::vector<SubTopic> sub_topics(std::string_view topic, std::string_view text) {
  std::vector<SubTopic> found;
  if (topic.starts_with("smtp/reply/")) smtp_reply(found, topic, text);
  if (topic == "smtp/content" || topic == "smtp/chunk") header_fields(found, text);
  if (topic.starts_with("imap/")) imap_line(found, topic, text);
  if (topic.starts_with("pop3/reply/")) pop3_reply(found, topic, text);
  return found;
}

}  // namespace mailscope
