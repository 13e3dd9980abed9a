#include "protocols/message/flowed.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "protocols/core/utf8.hpp"

namespace mailscope::message {

namespace {

constexpr std::size_t line_characters_max = 72;  // §4.2 advises 78 or less, with room for quote marks of later replies
constexpr std::size_t text_characters_min = 20;  // of a line, however deep it is quoted
constexpr std::string_view signature = "-- ";    // §4.3: ends in a space and is not flowed all the same

/// Takes a line off `text`, without its LF or CR LF.
std::string_view take_line(std::string_view& text) {
  const std::size_t feed = text.find('\n');
  std::string_view line = text.substr(0, feed);
  text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t take_quote_marks(std::string_view& line) {
  const std::size_t depth = std::min(line.find_first_not_of('>'), line.size());
  line.remove_prefix(depth);
  return depth;
}

void put_line(std::string& result, std::size_t depth, std::string_view line) {
  result.append(depth, '>');
  const bool stuffed = depth > 0 || line.starts_with(' ') || line.starts_with('>') || line.starts_with("From ");
  if (stuffed && !(depth > 0 && line.empty())) result += ' ';
  result.append(line).append("\n");
}

/// Octets of the line that begins `text`, with the space it is broken at; all of it where no break is needed or found.
std::size_t line_octets(std::string_view text, std::size_t characters_max) {
  std::size_t octets = 0, fold = 0;
  for (std::size_t characters = 0; octets < text.size(); ++characters) {
    if (characters >= characters_max && fold > 0) return fold;
    if (text[octets] == ' ' && octets + 1 < text.size()) fold = octets + 1;
    octets += std::max<std::size_t>(utf8_length(text.substr(octets)), 1);
  }
  return octets;
}

}  // namespace

std::string flow(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    std::size_t depth = take_quote_marks(line);
    while (line.starts_with(" >")) {  // "> > twice"
      line.remove_prefix(1);
      depth += take_quote_marks(line);
    }
    if (depth > 0 && line.starts_with(' ')) line.remove_prefix(1);
    if (line == signature) {
      put_line(result, depth, line);
      continue;
    }
    line = line.substr(0, line.find_last_not_of(' ') + 1);
    const std::size_t room =
        depth + 1 + text_characters_min < line_characters_max ? line_characters_max - depth - 1 : text_characters_min;
    do {
      const std::size_t octets = line_octets(line, room);
      put_line(result, depth, line.substr(0, octets));
      line.remove_prefix(octets);
    } while (!line.empty());
  }
  return result;
}

std::string unflow(std::string_view text, bool delete_space) {
  std::string result;
  std::optional<std::size_t> open_depth;  // of a paragraph that goes on
  while (!text.empty()) {
    std::string_view line = take_line(text);
    const std::size_t depth = take_quote_marks(line);
    if (line.starts_with(' ')) line.remove_prefix(1);
    const bool is_signature = line == signature;
    const bool flows = line.ends_with(' ') && !is_signature;
    if (open_depth && (*open_depth != depth || is_signature)) {  // §4.5: a soft break before another depth is none
      result += '\n';
      open_depth.reset();
    }
    if (!open_depth && depth > 0) result.append(depth, '>').append(" ");
    if (flows && delete_space) line.remove_suffix(1);
    result += line;
    open_depth = flows ? std::optional(depth) : std::nullopt;
    if (!flows) result += '\n';
  }
  if (open_depth) result += '\n';
  return result;
}

std::string quoted(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    result += line.empty() || line.starts_with('>') ? ">" : "> ";
    result.append(line).append("\n");
  }
  return result;
}

}  // namespace mailscope::message
