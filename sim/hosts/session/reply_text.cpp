#include "sim/hosts/session/reply_text.hpp"

namespace mailscope {

std::string one_line(const smtp::Reply& reply) {
  std::string text = reply.code ? std::to_string(reply.code) : "";
  const auto add = [&text](const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : " ") + part;
  };
  add(reply.enhanced);
  for (const std::string& line : reply.lines) add(line);
  return text;
}

}  // namespace mailscope
