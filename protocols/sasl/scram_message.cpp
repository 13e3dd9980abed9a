#include "protocols/sasl/scram_message.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"

namespace mailscope::sasl {

namespace {

/// cb-name = 1*(ALPHA / DIGIT / "." / "-") (RFC 5802 §7)
bool is_binding_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return ascii::is_alnum(c) || c == '.' || c == '-'; });
}

/// What stands before the next comma, which is taken too; nothing where there is no comma.
std::optional<std::string_view> take_field(std::string_view& message) {
  const std::size_t comma = message.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view field = message.substr(0, comma);
  message.remove_prefix(comma + 1);
  return field;
}

}  // namespace

std::optional<Gs2Header> read_gs2_header(std::string_view& message) {
  const std::string_view whole = message;
  const auto flag = take_field(message);
  const auto identity = flag ? take_field(message) : std::nullopt;
  if (!identity || flag->empty()) return std::nullopt;
  Gs2Header header{flag->front(), {}, {}, std::string(whole.substr(0, whole.size() - message.size()))};
  if (header.flag == 'p') {
    if (!flag->starts_with("p=") || !is_binding_name(flag->substr(2))) return std::nullopt;
    header.binding_type = flag->substr(2);
  } else if (*flag != "n" && *flag != "y") {
    return std::nullopt;
  }
  if (!identity->empty()) {
    const auto name = identity->starts_with("a=") ? read_saslname(identity->substr(2)) : std::nullopt;
    if (!name) return std::nullopt;
    header.authorization = *name;
  }
  return header;
}

std::string saslname(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ',') {
      text += "=2C";
    } else if (c == '=') {
      text += "=3D";
    } else {
      text += c;
    }
  }
  return text;
}

std::optional<std::string> read_saslname(std::string_view text) {
  std::string name;
  while (!text.empty()) {
    const bool comma = text.starts_with("=2C"), escaped = comma || text.starts_with("=3D");
    if (!escaped && (text.front() == '=' || text.front() == '\0')) return std::nullopt;
    name += !escaped ? text.front() : comma ? ',' : '=';
    text.remove_prefix(escaped ? 3 : 1);
  }
  return name.empty() ? std::nullopt : std::optional(name);
}

std::optional<std::string_view> take_attribute(std::string_view& message, char name) {
  if (message.size() < 3 || message[0] != name || message[1] != '=') return std::nullopt;
  const std::size_t comma = std::min(message.find(','), message.size());
  const std::string_view value = message.substr(2, comma - 2);
  message.remove_prefix(std::min(comma + 1, message.size()));
  return value.empty() ? std::nullopt : std::optional(value);
}

bool is_nonce(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != ','; });
}

std::string fresh_nonce(const RandomSource& random) { return base64_encode(random(18)); }

Hash hash_of(Mechanism mechanism) {
  const bool sha1 = mechanism == Mechanism::ScramSha1 || mechanism == Mechanism::ScramSha1Plus;
  return sha1 ? Hash::Sha1 : Hash::Sha256;
}

}  // namespace mailscope::sasl
