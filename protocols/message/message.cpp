#include "protocols/message/message.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "protocols/core/ascii.hpp"
#include "protocols/message/encoded_word.hpp"

namespace mailscope::message {

namespace {

std::string two_digits(std::int64_t number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// ftext = %d33-57 / %d59-126 (RFC 5322 §3.6.8)
bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; });
}

/// Takes the first line off `text`, without its CR LF.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

}  // namespace

/// date-time = [ day-of-week "," ] date time (RFC 5322 §3.3)
std::string date(Instant at) {
  using namespace std::chrono;
  constexpr std::array days_of_week = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_time<microseconds> utc(at.time_since_epoch());
  const sys_days day = floor<days>(utc);
  const year_month_day calendar(day);
  const hh_mm_ss time(floor<seconds>(utc - day));
  std::string year = std::to_string(static_cast<int>(calendar.year()));
  if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
  std::string text = days_of_week[weekday(day).c_encoding()];
  text += ", " + two_digits(static_cast<unsigned>(calendar.day())) + ' ';
  text += months[static_cast<unsigned>(calendar.month()) - 1];
  return text + ' ' + year + ' ' + two_digits(time.hours().count()) + ':' + two_digits(time.minutes().count()) + ':' +
         two_digits(time.seconds().count()) + " +0000";
}

std::vector<Field> header_fields(std::string_view content) {
  std::string_view header = split(content).header;
  std::vector<Field> fields;
  bool in_field = false;
  while (!header.empty()) {
    const std::string_view line = take_line(header);
    if (line.empty()) break;
    if (ascii::is_space(line.front())) {  // folding (RFC 5322 §2.2.3)
      if (in_field) fields.back().body += line;
      continue;
    }
    const std::size_t colon = line.find(':');
    const std::string_view name = ascii::trim(line.substr(0, colon));  // obs: white space before the colon (§4.5)
    in_field = colon != std::string_view::npos && is_field_name(name);
    if (in_field) fields.push_back({std::string(name), std::string(line.substr(colon + 1))});
  }
  for (Field& field : fields) field.body = std::string(ascii::trim(field.body));
  return fields;
}

std::optional<std::string> decoded_field(std::string_view content, std::string_view name) {
  for (const Field& field : header_fields(content))
    if (ascii::iequals(field.name, name)) return decode_words(field.body);
  return std::nullopt;
}

Parts split(std::string_view content) {
  if (content.starts_with("\r\n")) return {content.substr(0, 2), content.substr(2)};
  const std::size_t end = content.find("\r\n\r\n");
  if (end == std::string_view::npos) return {content, {}};
  return {content.substr(0, end + 4), content.substr(end + 4)};
}

}  // namespace mailscope::message
