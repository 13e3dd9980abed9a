#include "protocols/imap/syntax/encode.hpp"

#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted += '"';
}

}  // namespace

std::string literal_size(std::size_t octets) { return "{" + std::to_string(octets) + "}\r\n"; }

std::string literal(std::string_view octets) {
  const std::string size = literal_size(octets.size());
  std::string text;
  text.reserve(size.size() + octets.size());
  text.append(size).append(octets);
  for (std::size_t at = text.find('\0'); at != std::string::npos; at = text.find('\0', at + 1)) text[at] = '\x80';
  return text;
}

std::string literal8(std::string_view octets) {
  return ("~{" + std::to_string(octets.size()) + "}\r\n").append(octets);
}

std::string literal_or_literal8(std::string_view octets) {
  return octets.find('\0') == std::string_view::npos ? literal(octets) : literal8(octets);
}

std::string astring(std::string_view text) {
  // NIL would be read as no string at all where an nstring may stand.
  if (!text.empty() && std::ranges::all_of(text, is_astring_char) && !ascii::iequals(text, "NIL"))
    return std::string(text);
  return quoted_or_literal(text);
}

std::string utf8_astring(std::string_view text) {
  const bool one_line = text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  const bool needs_utf8 = one_line && !std::ranges::all_of(text, is_text_char);
  return needs_utf8 ? quoted(text) : astring(text);
}

std::string quoted_or_literal(std::string_view text) {
  return std::ranges::all_of(text, is_text_char) ? quoted(text) : literal(text);
}

std::string string_or_literal8(std::string_view octets) {
  return octets.find('\0') == std::string_view::npos ? quoted_or_literal(octets) : literal_or_literal8(octets);
}

std::string nstring(std::string_view text) { return text.empty() ? "NIL" : quoted_or_literal(text); }

std::string flag_list(const std::set<std::string>& flags) {
  std::string list = "(";
  for (const std::string& flag : flags) list.append(list.size() > 1 ? " " : "").append(flag);
  return list += ')';
}

std::string date_time(Instant at) {
  const auto day = std::chrono::floor<std::chrono::days>(at.time_since_epoch());
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at.time_since_epoch() - day)};
  const auto two = [](auto number, char fill) {
    const auto value = static_cast<unsigned>(number);
    return value < 10 ? fill + std::to_string(value) : std::to_string(value);
  };
  std::string year = std::to_string(static_cast<int>(date.year()));
  year.insert(0, 4 - std::min<std::size_t>(4, year.size()), '0');
  return "\"" + two(static_cast<unsigned>(date.day()), ' ') + "-" +
         std::string(months[static_cast<unsigned>(date.month()) - 1]) + "-" + year + " " +
         two(time.hours().count(), '0') + ":" + two(time.minutes().count(), '0') + ":" +
         two(time.seconds().count(), '0') + " +0000\"";
}

std::string number_set(std::span<const std::uint32_t> numbers) {
  std::string text;
  for (std::size_t at = 0; at < numbers.size();) {
    std::size_t end = at + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    text.append(text.empty() ? "" : ",").append(consecutive({numbers[at]}, end - at));
    at = end;
  }
  return text;
}

std::string uid_set(std::span<const mailstore::Uid> uids) {
  std::vector<std::uint32_t> numbers;
  for (const mailstore::Uid uid : uids) numbers.push_back(uid.value);
  return number_set(numbers);
}

std::string uid_set(std::span<const mailstore::UidRange> ranges) {
  std::string text;
  for (const mailstore::UidRange& range : ranges)
    text.append(text.empty() ? "" : ",").append(consecutive(range.first, range.last.value - range.first.value + 1));
  return text;
}

std::string consecutive(mailstore::Uid first, std::size_t count) {
  const std::string text = std::to_string(first.value);
  return count == 1 ? text : text + ":" + std::to_string(first.value + count - 1);
}

}  // namespace mailscope::imap
