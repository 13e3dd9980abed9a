#include "protocols/dns/name.hpp"

#include "protocols/core/ascii.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

namespace {

/// Takes one octet of a label from the front of `text`, escaped or plain: "\X" or "\DDD" (RFC 1035 §5.1).
std::optional<char> take_octet(std::string_view& text) {
  if (text.front() != '\\') {
    const char plain = text.front();
    text.remove_prefix(1);
    return plain;
  }
  if (text.size() >= 2 && !ascii::is_digit(text[1])) {
    const char escaped = text[1];
    text.remove_prefix(2);
    return escaped;
  }
  const auto value = ascii::number<unsigned>(text.substr(1, 3));
  if (text.size() < 4 || !value || *value > 255) return std::nullopt;
  text.remove_prefix(4);
  return static_cast<char>(*value);
}

}  // namespace

std::optional<std::vector<std::string>> labels_of(std::string_view name) {
  std::vector<std::string> labels;
  if (name.empty()) return labels;
  std::size_t octets = 2;  // the first label's length, the root
  labels.emplace_back();
  while (!name.empty()) {
    if (name.front() == '.') {
      name.remove_prefix(1);
      if (labels.back().empty()) return std::nullopt;
      labels.emplace_back();
    } else if (const std::optional<char> octet = take_octet(name)) {
      labels.back() += *octet;
    } else {
      return std::nullopt;
    }
    if (++octets > name_octets_max || labels.back().size() > label_octets_max) return std::nullopt;
  }
  if (labels.back().empty()) return std::nullopt;
  return labels;
}

bool valid_name(std::string_view name) { return labels_of(name).has_value(); }

std::string text_of(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) {
    if (&label != &labels.front()) text += '.';
    for (const char octet : label) {
      if (octet == '.' || octet == '\\') {
        text += {'\\', octet};
      } else if (ascii::is_printable(octet) && octet != ' ') {
        text += octet;
      } else {
        const std::string digits = std::to_string(static_cast<unsigned char>(octet));
        text += '\\' + std::string(3 - digits.size(), '0') + digits;
      }
    }
  }
  return text;
}

std::string_view parent(std::string_view name) {
  for (std::size_t at = 0; at < name.size(); ++at) {
    if (name[at] == '.') return name.substr(at + 1);
    if (name[at] == '\\') ++at;
  }
  return {};
}

bool is_within(std::string_view name, std::string_view ancestor) {
  while (!same_name(name, ancestor)) {
    if (name.empty()) return false;
    name = parent(name);
  }
  return true;
}

bool same_name(std::string_view a, std::string_view b) { return ascii::iequals(a, b); }

}  // namespace mailscope::dns
