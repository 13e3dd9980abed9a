#include "sim/scenario/read/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "protocols/core/utf8.hpp"
#include "sim/trace/printable.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

/// How many octets must be inserted, removed, replaced, or swapped with their neighbour (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

void Faults::add(Fault fault) {
  const bool error = fault.severity == Fault::Severity::Error;
  if (error && full()) return;
  errors_ += error ? 1 : 0;
  faults_.push_back(std::move(fault));
}

void Faults::error(Where where, std::string found, std::string expected, std::string advice) {
  add({Fault::Severity::Error, where.line, where.column, std::move(found), std::move(expected), std::move(advice), {}});
}

void Faults::warning(Where where, std::string found, std::string expected, std::string advice) {
  add({Fault::Severity::Warning,
       where.line,
       where.column,
       std::move(found),
       std::move(expected),
       std::move(advice),
       {}});
}

void Faults::untranslated(Where where, std::vector<Language> lacking) {
  std::string names;
  for (const Language language : lacking) names += (names.empty() ? "" : ", ") + std::string(code(language));
  add({Fault::Severity::Warning, where.line, where.column, tr("a text without {0}", {names}), tr("all languages"),
       tr("readers of these see English"), std::move(lacking)});
}

std::vector<Fault> Faults::in_file_order() && {
  std::ranges::stable_sort(faults_, {}, [](const Fault& fault) { return std::tuple(fault.line, fault.column); });
  if (full())
    faults_.push_back({Fault::Severity::Error,
                       0,
                       0,
                       tr("{0} errors", {std::to_string(errors_max)}),
                       tr("no error"),
                       tr("there may be more; mend those above first"),
                       {}});
  return std::move(faults_);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t characters_max = 60;
  std::string result = "\"";
  std::size_t characters{};
  for (std::size_t offset{}; offset < text.size(); ++characters) {
    if (characters == characters_max) return result + "…\"";
    const auto length = std::max<std::size_t>(utf8_length(text.substr(offset)), 1);
    const std::string_view character = text.substr(offset, length);
    if (character == "\n")
      result += "\\n";
    else if (character == "\t")
      result += "\\t";
    else
      result += printable(character);
    offset += character.size();
  }
  return result + "\"";
}

std::string found_in(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Nothing:
      return tr("nothing");
    case YamlNode::Kind::List:
      return tr("a list");
    case YamlNode::Kind::Map:
      return tr("a map");
    case YamlNode::Kind::Scalar:
      break;
  }
  return in_quotes(node.text);
}

std::string alternatives(std::span<const std::string_view> words) {
  if (words.empty()) return {};
  const std::string last(words.back());
  const std::string others = fmt::format("{}", fmt::join(words.first(words.size() - 1), ", "));
  return others.empty() ? last : tr("{0} or {1}", {others, last});
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  // The distance takes time with the product of the lengths, and no name that is meant is longer.
  if (candidates.empty() || word.size() > 64) return {};
  const auto distance = [&](std::string_view candidate) { return edit_distance(word, candidate); };
  const std::string_view nearest = *std::ranges::min_element(candidates, {}, distance);
  const bool near = distance(nearest) <= std::max<std::size_t>(1, (nearest.size() + 1) / 3);
  return near ? tr("did you mean \"{0}\"?", {std::string(nearest)}) : std::string{};
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  const std::string near = did_you_mean(word, candidates);
  return !near.empty() || candidates.empty() || candidates.size() > 12 ? near
                                                                       : tr("write {0}", {alternatives(candidates)});
}

}  // namespace mailscope
