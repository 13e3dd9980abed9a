#include "protocols/smtp/header_scan.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::smtp {

namespace {

/// Takes the next line of the header, without its end, off `content`; false at the empty line and at the end.
bool take_line(std::string_view& content, std::string_view& line) {
  const std::size_t feed = content.find('\n');
  line = content.substr(0, feed);
  content.remove_prefix(feed == std::string_view::npos ? content.size() : feed + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return !line.empty();
}

/// field = field-name ":" …; the obsolete syntax has white space before the colon (RFC 5322 §4.5)
bool is_field(std::string_view line, std::string_view name) {
  if (!ascii::istarts_with(line, name)) return false;
  line.remove_prefix(name.size());
  while (line.starts_with(' ') || line.starts_with('\t')) line.remove_prefix(1);
  return line.starts_with(':');
}

}  // namespace

std::size_t count_fields(std::string_view content, std::string_view name) {
  std::size_t count = 0;
  for (std::string_view line; take_line(content, line);)
    if (is_field(line, name)) ++count;
  return count;
}

std::string_view first_line_of(std::string_view content, std::string_view name) {
  for (std::string_view line; take_line(content, line);)
    if (is_field(line, name)) return ascii::trim(line.substr(line.find(':') + 1));
  return {};
}

bool begins_with_field(std::string_view content) {
  std::string_view line;
  if (!take_line(content, line)) return false;
  const std::size_t colon = line.find(':');
  // ftext = %d33-57 / %d59-126
  return colon != std::string_view::npos && colon > 0 &&
         std::ranges::all_of(line.substr(0, colon), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace mailscope::smtp
