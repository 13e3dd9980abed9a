#include "protocols/message/fields.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/message/limits.hpp"

namespace mailscope::message {

Line line_at(std::string_view content, std::size_t begin) {
  const std::size_t feed = content.find('\n', begin);
  if (feed == std::string_view::npos) return {content.size(), 0};
  return {feed + 1, feed > begin && content[feed - 1] == '\r' ? 2U : 1U};
}

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != ':'; });
}

bool FieldScanner::take(std::size_t begin, const Line& line) {
  const std::size_t end = line.text_end();
  const bool folded = ascii::is_space(content_[begin]);
  if (!folded) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";  // Windows' editors put it before all
    if (begin == 0 && content_.starts_with(byte_order_mark)) begin += byte_order_mark.size();
    const std::string_view text = content_.substr(begin, end - begin);
    const std::size_t colon = text.find(':');
    const std::string_view name = ascii::trim(text.substr(0, colon));  // obs: white space before the colon (§4.5)
    if (colon != std::string_view::npos && is_field_name(name)) {
      in_field_ = fields_.size() < fields_max_;
      full_ = full_ || !in_field_;
      if (in_field_) fields_.push_back({{begin, line.end}, {begin, begin + name.size()}, {begin + colon + 1, end}});
      return true;
    }
  }
  if (in_field_) fields_.back().value.end = end;
  if (in_field_) fields_.back().whole.end = line.end;
  return folded;
}

std::string unfolded(std::string_view value) {
  std::string result;
  result.reserve(value.size());
  while (!value.empty()) {
    const std::size_t feed = value.find('\n');
    if (feed == std::string_view::npos) break;
    result += value.substr(0, feed);
    if (result.ends_with('\r')) result.pop_back();
    value.remove_prefix(feed + 1);
    if (!value.empty() && !ascii::is_space(value.front())) result += ' ';
  }
  return result.append(value);
}

std::size_t header_end(std::string_view content) {
  for (std::size_t begin = 0; begin < content.size();) {
    const Line line = line_at(content, begin);
    if (line.end_octets > 0 && line.text_end() == begin) return line.end;
    begin = line.end;
  }
  return content.size();
}

std::vector<HeaderField> scan_fields(std::string_view content) {
  std::vector<HeaderField> fields;
  fields.reserve(16);  // most messages have no more
  FieldScanner scanner(content, fields, limits::header_fields_max);
  for (std::size_t begin = 0; begin < content.size();) {
    const Line line = line_at(content, begin);
    if (line.text_end() == begin) break;
    scanner.take(begin, line);
    begin = line.end;
  }
  return fields;
}

const HeaderField* find_field(std::string_view content, const std::vector<HeaderField>& fields, std::string_view name) {
  const auto found = std::ranges::find_if(
      fields, [&](const HeaderField& field) { return ascii::iequals(field.name.of(content), name); });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace mailscope::message
