#include "protocols/core/dot_body.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/line_text.hpp"

namespace mailscope {

namespace {

/// An unfinished line waits in the input up to this length; a longer one is consumed in pieces.
constexpr std::size_t unfinished_octets_max = 4096;

}  // namespace

// Works on whole lines, found by their LF: one look at each octet for the LF and one for a bare CR, both by memchr.
std::optional<DotBody> DotBodyDecoder::take(InputBuffer& input) {
  if (!std::exchange(begun_, true)) body_.bytes = {input.offset(), input.offset()};
  const std::string_view pending = input.view();
  std::size_t done = 0, plain = 0;  // the octets from `plain` to `done` are plain lines that wait to be kept
  bool ended = false;
  for (std::size_t from = input.searched; !ended;) {
    const std::size_t feed = pending.find('\n', from);
    if (feed == std::string_view::npos) break;
    const std::string_view line = pending.substr(done, feed + 1 - done);
    done = from = feed + 1;
    if (at_start_ && line.size() > 1 && line.front() != '.' && line.find('\r') == line.size() - 2) {
      body_.longest_line = std::max(body_.longest_line, line.size());
      continue;
    }
    keep(pending.substr(plain, done - line.size() - plain));
    plain = done;
    ended = ends(line);
  }
  keep(pending.substr(plain, done - plain));
  if (!ended && pending.size() - done > unfinished_octets_max) {
    // A CR at the very end may be the first half of a line end.
    const std::size_t safe = pending.ends_with('\r') ? pending.size() - 1 : pending.size();
    static_cast<void>(ends(pending.substr(done, safe - done)));
    done = safe;
  }
  if (const std::size_t room = step_text_octets_max - body_.text.size(); watched_ && room > 0)
    body_.text += pending.substr(0, std::min(done, room));
  const std::size_t left = pending.size() - done;
  body_.bytes.end = input.consume(done).end;
  input.searched = pending.ends_with('\r') && left > 0 ? left - 1 : left;
  if (!ended) return std::nullopt;
  input.searched = 0;
  body_.text = step_text(body_.text);
  begun_ = false;
  return std::exchange(body_, {});
}

/// `piece` is a line with its LF, the rest of such a line, or a part of a line without its end. True when it is the
/// line that ends the body.
bool DotBodyDecoder::ends(std::string_view piece) {
  const bool crlf = piece.ends_with("\r\n");
  const bool feed = piece.ends_with('\n');
  const bool line_end = crlf || (feed && bare_ == BareLineFeed::EndsLine);
  if (at_start_ && piece.starts_with('.')) {
    piece.remove_prefix(1);
    if (line_end && (piece == "\r\n" || piece == "\n")) return true;
  }
  const std::string_view text = piece.substr(0, piece.size() - (crlf ? 2 : feed ? 1 : 0));
  if (feed && !line_end) body_.bare_end = true;
  if (text.find('\r') != std::string_view::npos) body_.bare_end = true;
  keep(line_end ? text : piece);
  if (line_end) keep("\r\n");
  line_ += text.size() + 2;
  body_.longest_line = std::max(body_.longest_line, line_);
  if (!line_end) line_ -= feed ? 1 : 2;
  if (line_end) line_ = 0;
  at_start_ = line_end;
  return false;
}

void DotBodyDecoder::drop() {
  body_.dropped = true;
  std::string().swap(body_.content);
}

void DotBodyDecoder::keep(std::string_view octets) {
  body_.octets += octets.size();
  if (body_.dropped) return;
  const std::size_t room = octets_max_ - body_.content.size();
  if (octets.size() > room) body_.too_long = true;
  body_.content += octets.substr(0, room);
}

std::string dot_encode(std::string_view content) {
  constexpr std::string_view line_end = "\r\n";
  const bool ended = content.empty() || content.ends_with(line_end);
  std::string wire;
  wire.reserve(content.size() + content.size() / 32 + 5);
  if (content.starts_with('.')) wire += '.';
  for (std::size_t dot = content.find("\r\n."); dot != std::string_view::npos; dot = content.find("\r\n.")) {
    wire.append(content.substr(0, dot + line_end.size())) += '.';
    content.remove_prefix(dot + line_end.size());
  }
  wire += content;
  if (!ended) wire += line_end;
  wire += ".\r\n";
  return wire;  // moved: an expression would be copied
}

}  // namespace mailscope
