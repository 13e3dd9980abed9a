#include "protocols/core/line_text.hpp"

#include "protocols/core/engine.hpp"

namespace mailscope {

std::string step_text(std::string_view wire) {
  wire = wire.substr(0, step_text_octets_max);
  if (wire.ends_with('\n')) wire.remove_suffix(1);
  if (wire.ends_with('\r')) wire.remove_suffix(1);
  std::string text;
  text.reserve(wire.size());
  while (!wire.empty()) {
    const std::size_t line = wire.find('\r');
    text += wire.substr(0, line);
    if (line == std::string_view::npos) break;
    if (wire.substr(line, 2) != "\r\n") text += '\r';
    wire.remove_prefix(line + 1);
  }
  return text;
}

std::string with_crlf(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r' && text[at] != '\n') {
      result += text[at];
      continue;
    }
    result += "\r\n";
    if (text.substr(at, 2) == "\r\n") ++at;
  }
  return result;
}

}  // namespace mailscope
