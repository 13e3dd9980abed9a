#include "protocols/mailstore/mailbox_name.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::mailstore {

bool is_mailbox_name(std::string_view name) {
  if (name.empty() || name.size() > mailbox_name_octets_max || utf8_valid_prefix(name) != name.size()) return false;
  if (name.starts_with(hierarchy_separator) || name.ends_with(hierarchy_separator)) return false;
  if (name.find("//") != std::string_view::npos) return false;
  // Controls and line breaks beyond ASCII (RFC 6855 §3): U+0080 to U+009F, U+2028, U+2029.
  for (std::size_t at = name.find('\xc2'); at != std::string_view::npos; at = name.find('\xc2', at + 1))
    if (static_cast<unsigned char>(name[at + 1]) < 0xa0) return false;
  if (name.find("\xe2\x80\xa8") != std::string_view::npos || name.find("\xe2\x80\xa9") != std::string_view::npos)
    return false;
  return std::ranges::none_of(
      name, [](char c) { return (static_cast<unsigned char>(c) < 0x80 && !ascii::is_printable(c)) || c == '*'; });
}

std::string canonical_name(std::string_view name) {
  const std::string_view top = name.substr(0, name.find(hierarchy_separator));
  if (!ascii::iequals(top, inbox_name)) return std::string(name);
  return std::string(inbox_name).append(name.substr(top.size()));
}

bool is_below(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() && name.starts_with(parent) && name[parent.size()] == hierarchy_separator;
}

}  // namespace mailscope::mailstore
