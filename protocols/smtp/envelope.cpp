#include "protocols/smtp/envelope.hpp"

#include <utility>

namespace mailscope::smtp {

Envelope envelope(std::string reverse_path, const std::vector<std::string>& forward_paths) {
  Envelope result;
  result.reverse_path = std::move(reverse_path);
  for (const std::string& path : forward_paths) result.recipients.push_back({path, {}, {}});
  return result;
}

}  // namespace mailscope::smtp
