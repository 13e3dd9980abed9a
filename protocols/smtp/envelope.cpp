#include "protocols/smtp/envelope.hpp"

#include <utility>

#include "protocols/core/ascii.hpp"

namespace mailscope::smtp {

Instant release_of(const Hold& hold, Instant accepted) {
  const auto* interval = std::get_if<std::chrono::seconds>(&hold);
  return interval != nullptr ? accepted + *interval : std::get<Instant>(hold);
}

bool is_utf8_type(std::string_view type) { return ascii::iequals(type, "utf-8"); }

Envelope envelope(std::string reverse_path, const std::vector<std::string>& forward_paths) {
  Envelope result;
  result.reverse_path = std::move(reverse_path);
  for (const std::string& path : forward_paths) result.recipients.push_back({path, {}, {}});
  return result;
}

}  // namespace mailscope::smtp
