#include "sim/words/explanations.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <cstdio>
#include <cstdlib>

#include "assets/assets.hpp"

namespace mailscope {
namespace {

[[noreturn]] void refuse(const YAML::Node& node, const std::string& what) {
  throw YAML::RepresentationException(node.Mark(), what);
}

std::string scalar(const YAML::Node& node) {
  if (!node.IsScalar() || node.Scalar().empty()) refuse(node, "a text is wanted");
  return node.Scalar();
}

/// Calls `use(key, value)` for each pair of a map, and refuses a key that comes twice.
template <class Use>
void for_each_pair(const YAML::Node& map, Use use) {
  if (!map.IsMap()) refuse(map, "a map is wanted");
  std::set<std::string> seen;
  for (const auto& pair : map) {
    const std::string key = scalar(pair.first);
    if (!seen.insert(key).second) refuse(pair.first, fmt::format("'{}' comes twice", key));
    use(key, pair.first, pair.second);
  }
}

Text text(const YAML::Node& map) {
  Text text;
  for_each_pair(map, [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
    const auto language = language_from(key);
    if (!language || code(*language) != key) refuse(at, fmt::format("'{}' is no language here", key));
    text.by_language[static_cast<std::size_t>(*language)] = scalar(value);
  });
  if (text.empty()) refuse(map, "the English text is missing");
  return text;
}

std::string_view first_word(std::string_view wire) { return wire.substr(0, wire.find(' ')); }

Explanation::Answer answer(const YAML::Node& map) {
  Explanation::Answer answer;
  for_each_pair(map, [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
    if (key == "wire")
      answer.wire = scalar(value);
    else if (key == "meaning")
      answer.meaning = text(value);
    else
      refuse(at, fmt::format("'{}' is no part of an answer", key));
  });
  if (answer.wire.empty() || answer.meaning.empty()) refuse(map, "an answer has wire and meaning");
  const std::string_view word = first_word(answer.wire);
  const bool three_digits = word.size() == 3 && word.find_first_not_of("0123456789") == std::string_view::npos;
  constexpr std::array<std::string_view, 8> errors{"-ERR",     "NO",      "BAD",     "NXDOMAIN",
                                                   "SERVFAIL", "REFUSED", "FORMERR", "NOTIMP"};
  answer.is_transient = word == "SERVFAIL" || (three_digits && word[0] == '4');
  answer.is_error =
      answer.is_transient || (three_digits && word[0] == '5') || std::ranges::find(errors, word) != errors.end();
  return answer;
}

/// Is it a word inside a line of IMAP or POP3? One sentence says it all.
bool is_part(std::string_view topic) {
  constexpr std::string_view parts[] = {"imap/code/", "imap/capability/", "imap/flag/", "imap/attribute/",
                                        "imap/item/", "imap/status/",     "pop3/code/", "pop3/capability/"};
  return std::ranges::any_of(parts, [topic](std::string_view part) { return topic.starts_with(part); });
}

Explanation entry(const std::string& topic, const YAML::Node& map) {
  Explanation entry;
  entry.topic = topic;
  for_each_pair(map, [&](const std::string& key, const YAML::Node& at, const YAML::Node& value) {
    if (key == "title")
      entry.title = text(value);
    else if (key == "meaning")
      entry.meaning = text(value);
    else if (key == "why")
      entry.why_now = text(value);
    else if (key == "answers")
      for (const YAML::Node& one : value) entry.could_answer.push_back(answer(one));
    else if (key == "standard")
      entry.standard = scalar(value);
    else
      refuse(at, fmt::format("'{}' is no part of an explanation", key));
  });
  if (entry.title.empty()) refuse(map, fmt::format("{} has no title", topic));
  if (topic.starts_with("notice/")) return entry;
  const bool whole = is_part(topic) || (!entry.meaning.empty() && !entry.why_now.empty());
  if (!whole || entry.standard.empty()) refuse(map, fmt::format("{} wants meaning, why and standard", topic));
  return entry;
}

using ByTopic = std::map<std::string, Explanation, std::less<>>;

/// The parts of a/b/c/d; nothing for a topic of fewer or more.
std::optional<std::array<std::string_view, 4>> four_parts(std::string_view topic) {
  if (std::ranges::count(topic, '/') != 3) return std::nullopt;
  std::array<std::string_view, 4> parts;
  for (std::string_view& part : parts) {
    part = topic.substr(0, topic.find('/'));
    topic.remove_prefix(std::min(part.size() + 1, topic.size()));
  }
  return parts;
}

/// What else could have been said where this reply was: the answers to the command, but for this one.
std::vector<Explanation::Answer> other_answers(const ByTopic& all, std::string_view reply_topic) {
  const auto parts = four_parts(reply_topic);
  if (!parts) return {};
  const auto& [protocol, kind, context, code] = *parts;
  std::vector<Explanation::Answer> others;
  for (const std::string_view asked : {"command/", "query/", ""}) {
    const auto found = all.find(fmt::format("{}/{}{}", protocol, asked, context));
    if (found == all.end()) continue;
    const std::string_view said = code == "NOERROR" ? context : code;  // a DNS record is shown by its type
    std::ranges::copy_if(found->second.could_answer, std::back_inserter(others),
                         [&](const Explanation::Answer& other) { return first_word(other.wire) != said; });
  }
  return others;
}

ByTopic load() {
  ByTopic all;
  const auto fail = [](const std::string& what) {
    fmt::print(stderr, "mailscope: a built-in file is wrong: {}\n", what);
    std::abort();
  };
  for (const std::string_view path : asset_paths()) {
    if (!path.starts_with("explanations/")) continue;
    ExplanationReading reading = read_explanations(path, asset(path).value());
    if (reading.fault) fail(*reading.fault);
    for (Explanation& one : reading.explanations) {
      const std::string topic = one.topic;
      if (!all.try_emplace(topic, std::move(one)).second)
        fail(fmt::format("{}: {} is explained in another file too", path, topic));
    }
  }
  for (auto& [topic, one] : all)
    if (one.could_answer.empty()) one.could_answer = other_answers(all, topic);
  return all;
}

const ByTopic& explanations() {
  static const ByTopic all = load();
  return all;
}

}  // namespace

ExplanationReading read_explanations(std::string_view file, std::string_view yaml) {
  ExplanationReading reading;
  try {
    for_each_pair(YAML::Load(std::string(yaml)),
                  [&](const std::string& topic, const YAML::Node&, const YAML::Node& map) {
                    reading.explanations.push_back(entry(topic, map));
                  });
  } catch (const YAML::Exception& error) {
    reading.fault = fmt::format("{}:{}: {}", file, error.mark.line + 1, error.msg);
  }
  return reading;
}

const Explanation* explanation(std::string_view topic) {
  const ByTopic& all = explanations();
  auto found = all.find(topic);
  if (const auto parts = four_parts(topic); found == all.end() && parts)
    found = all.find(fmt::format("{}/{}/{}", parts->at(0), parts->at(1), parts->at(3)));
  return found == all.end() ? nullptr : &found->second;
}

std::vector<std::string_view> explained_topics() {
  std::vector<std::string_view> topics;
  for (const auto& [topic, entry] : explanations()) topics.push_back(topic);
  return topics;
}

}  // namespace mailscope
