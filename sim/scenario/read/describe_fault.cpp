// How a fault is shown to people: place, words, the line itself and a caret under the column.
#include <fmt/format.h>

#include <algorithm>

#include "protocols/core/utf8.hpp"
#include "sim/scenario/read/read_scenario.hpp"
#include "sim/trace/printable.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

/// Characters before and after the fault's column that fit a terminal's line with it.
constexpr std::size_t context_characters = 60;

std::string_view line_of(std::string_view text, int number) {
  for (int line = 1; line < number; ++line) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// The line around the column and the caret below it. What a terminal would obey or not show becomes "?" or a blank.
std::string excerpt(std::string_view line, std::size_t column) {
  std::string shown, padding;
  std::size_t character = 1;
  for (std::size_t offset{}; offset < line.size() && character <= column + context_characters; ++character) {
    const std::size_t length = std::max<std::size_t>(utf8_length(line.substr(offset)), 1);
    if (character + context_characters >= column) {
      const std::string_view one = line.substr(offset, length);
      shown += one == "\t" ? " " : printable(one) == one ? one : "?";
      if (character < column) padding += ' ';
    }
    offset += length;
  }
  return fmt::format("  {}\n  {}^\n", shown, padding);
}

}  // namespace

std::string describe(const Fault& fault, std::string_view file, std::string_view yaml) {
  const std::string place =
      fault.line == 0 ? std::string(file) : fmt::format("{}:{}:{}", file, fault.line, fault.column);
  const char* kind = fault.severity == Fault::Severity::Error ? tr("error") : tr("warning");
  const std::string sentence = fault.advice.empty()
                                   ? tr("found {0}, expected {1}", {fault.found, fault.expected})
                                   : tr("found {0}, expected {1}; {2}", {fault.found, fault.expected, fault.advice});
  std::string words = fmt::format("{}: {}: {}\n", place, kind, sentence);
  if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);
  if (fault.line > 0) words += excerpt(line_of(yaml, fault.line), static_cast<std::size_t>(fault.column));
  return words;
}

}  // namespace mailscope
