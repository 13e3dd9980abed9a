#include "protocols/smtp/reply.hpp"

#include <algorithm>

namespace mailscope::smtp {

std::string Reply::wire(bool with_enhanced) const {
  std::string result;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t begin = result.size();
    // Code, hyphen or space, enhanced code, space, text, CR LF
    result.reserve(begin + 4 + enhanced.size() + 1 + lines[i].size() + 2);
    result += std::to_string(code);
    result += i + 1 < lines.size() ? '-' : ' ';
    if (with_enhanced && !enhanced.empty()) result.append(enhanced) += ' ';
    result += lines[i];
    // A line end inside a line would let its author forge a further reply.
    std::replace_if(
        result.begin() + static_cast<std::ptrdiff_t>(begin), result.end(),
        [](char c) { return c == '\r' || c == '\n'; }, ' ');
    result.resize(std::min(result.size(), begin + reply_line_octets_max - 2));
    result += "\r\n";
  }
  return result;
}

}  // namespace mailscope::smtp
