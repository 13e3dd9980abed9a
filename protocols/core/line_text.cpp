#include "protocols/core/line_text.hpp"

#include "protocols/core/engine.hpp"

namespace mailscope {

std::string step_text(std::string_view wire) {
  wire = wire.substr(0, step_text_octets_max);
  if (wire.ends_with('\n')) wire.remove_suffix(1);
  if (wire.ends_with('\r')) wire.remove_suffix(1);
  std::string text;
  text.reserve(wire.size());
  for (std::size_t at = 0; at < wire.size(); ++at) {
    if (wire.substr(at, 2) == "\r\n") continue;
    text += wire[at];
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
