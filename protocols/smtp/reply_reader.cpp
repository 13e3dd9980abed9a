#include "protocols/smtp/reply_reader.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/line_text.hpp"

namespace mailscope::smtp {

namespace {

struct ReplyLine {
  std::uint16_t code{};
  bool last{};
  std::string text;
};

/// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF,
/// Reply-code = %x32-35 %x30-35 %x30-39 (§4.2)
std::optional<ReplyLine> parse(std::string_view line) {
  const std::string_view digits = line.substr(0, 3);
  if (digits.size() < 3 || !std::ranges::all_of(digits, ascii::is_digit)) return std::nullopt;
  if (digits[0] < '2' || digits[0] > '5' || digits[1] > '5') return std::nullopt;
  const bool bare = line.size() == 3;
  if (!bare && line[3] != ' ' && line[3] != '-') return std::nullopt;
  return ReplyLine{*ascii::number<std::uint16_t>(digits), bare || line[3] == ' ',
                   std::string(bare ? "" : line.substr(4))};
}

/// status-code = class "." subject "." detail, of the reply's class, at the start of a line (RFC 2034 §4).
std::string_view enhanced_code(std::uint16_t code, std::string_view line) {
  Cursor at(line);
  const auto number_size = [&] { return at.take_while(ascii::is_digit).size(); };
  const bool of_class = at.take(static_cast<char>('0' + code / 100));
  if (!of_class || !at.take('.')) return {};
  if (const std::size_t size = number_size(); size < 1 || size > 3 || !at.take('.')) return {};
  if (const std::size_t size = number_size(); size < 1 || size > 3 || !(at.at_end() || at.at(' '))) return {};
  return line.substr(0, line.size() - at.rest().size());
}

void split_enhanced_code(Reply& reply) {
  const std::string found(enhanced_code(reply.code, reply.lines.front()));
  const auto has_it = [&](const std::string& line) { return enhanced_code(reply.code, line) == found; };
  if (found.empty() || !std::ranges::all_of(reply.lines, has_it)) return;
  reply.enhanced = found;
  for (std::string& line : reply.lines) line.erase(0, std::min(line.size(), found.size() + 1));
}

}  // namespace

std::optional<ReceivedReply> ReplyReader::take(InputBuffer& input) {
  while (std::optional<Line> line = framer_.take(input)) {
    if (unfinished_.reply.lines.empty()) unfinished_.bytes.begin = line->bytes.begin;
    unfinished_.bytes.end = line->bytes.end;
    if (unfinished_.text.size() < step_text_octets_max) unfinished_.text += line->text + "\r\n";
    std::optional<ReplyLine> parsed = parse(line->text);
    const bool first = unfinished_.reply.lines.empty();
    if (!parsed || (!first && parsed->code != unfinished_.reply.code) ||
        unfinished_.reply.lines.size() == reply_lines_max) {
      unfinished_.reply = Reply{0, "", {std::move(line->text)}};
    } else {
      // A bare CR or LF is no line end (§2.3.8) and must not become one where this text is quoted.
      std::ranges::replace_if(
          parsed->text, [](char c) { return c == '\r' || c == '\n'; }, ' ');
      unfinished_.reply.code = parsed->code;
      unfinished_.reply.lines.push_back(std::move(parsed->text));
      if (!parsed->last) continue;
      unfinished_.valid = true;
      split_enhanced_code(unfinished_.reply);
    }
    unfinished_.text = step_text(unfinished_.text);
    return std::exchange(unfinished_, {});
  }
  return std::nullopt;
}

}  // namespace mailscope::smtp
