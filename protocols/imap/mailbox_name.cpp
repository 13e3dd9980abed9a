#include "protocols/imap/mailbox_name.hpp"

#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"

namespace mailscope::imap {

bool is_mailbox_name(std::string_view name) {
  return mailstore::is_mailbox_name(name) && std::ranges::all_of(name, [](char c) { return ascii::is_printable(c); });
}

bool matches_pattern(std::string_view pattern, std::string_view name) {
  const bool any_case = name == "INBOX";
  // All places in the pattern that the name read so far can have reached: no backtracking, whatever the pattern.
  std::vector<bool> reached(pattern.size() + 1);
  const auto is_wildcard = [pattern](std::size_t at) { return pattern[at] == '*' || pattern[at] == '%'; };
  const auto skip_wildcards = [&] {
    for (std::size_t at = 0; at < pattern.size(); ++at)
      if (reached[at] && is_wildcard(at)) reached[at + 1] = true;
  };
  reached[0] = true;
  skip_wildcards();
  for (const char c : name) {
    std::vector<bool> next(pattern.size() + 1);
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      if (!reached[at]) continue;
      if (is_wildcard(at)) {
        if (pattern[at] == '*' || c != hierarchy_delimiter) next[at] = true;
      } else if (pattern[at] == c || (any_case && ascii::upper(pattern[at]) == c)) {
        next[at + 1] = true;
      }
    }
    reached = std::move(next);
    skip_wildcards();
  }
  return reached[pattern.size()];
}

}  // namespace mailscope::imap
