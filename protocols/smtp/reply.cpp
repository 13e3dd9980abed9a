#include "protocols/smtp/reply.hpp"

#include <algorithm>

namespace mailscope::smtp {

std::string Reply::wire() const {
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::string line = std::to_string(code) + (i + 1 < lines.size() ? '-' : ' ');
    if (!enhanced.empty()) line += enhanced + ' ';
    line += lines[i];
    // A line end inside a line would let its author forge a further reply.
    std::ranges::replace_if(
        line, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    result.append(line, 0, reply_line_octets_max - 2).append("\r\n");
  }
  return result;
}

}  // namespace mailscope::smtp
