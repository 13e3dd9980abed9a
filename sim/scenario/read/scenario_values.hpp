// Single values of a lesson: each function turns one YAML node into a checked value, or says what is wrong with it.
// All of them take null for a key that is absent (that has been said, or is allowed) and then, as after a fault,
// give a default value: a scenario with errors is never handed out, so nobody meets it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "sim/scenario/read/faults.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

/// One line without control characters, at most `octets_max` octets. A plain number counts as text: `says: 235`.
[[nodiscard]] std::string read_line(Faults& faults, const YamlNode* node, std::size_t octets_max);
/// The same, and not empty.
[[nodiscard]] std::string read_word(Faults& faults, const YamlNode* node, std::size_t octets_max);
/// Several lines; '\n' and '\t' are the only control characters.
[[nodiscard]] std::string read_lines(Faults& faults, const YamlNode* node, std::size_t octets_max);
/// A text in English, or a map of languages. Languages that lack are a warning.
[[nodiscard]] Text read_text(Faults& faults, const YamlNode* node);
[[nodiscard]] bool read_truth(Faults& faults, const YamlNode* node, bool absent);
/// A whole number from `min` to `max`, in digits.
[[nodiscard]] std::uint64_t read_number(Faults& faults, const YamlNode* node, std::uint64_t min, std::uint64_t max,
                                        std::uint64_t absent = 0);
/// Of a message, from -9 to 9 (RFC 6710 §5).
[[nodiscard]] std::int8_t read_priority(Faults& faults, const YamlNode* node);
[[nodiscard]] Port read_port(Faults& faults, const YamlNode* node, Port absent);
[[nodiscard]] Duration read_duration(Faults& faults, const YamlNode* node, Duration min, Duration max, Duration absent);
[[nodiscard]] std::uint64_t read_bandwidth(Faults& faults, const YamlNode* node, std::uint64_t absent);
[[nodiscard]] std::uint64_t read_octets(Faults& faults, const YamlNode* node, std::uint64_t min, std::uint64_t max,
                                        std::uint64_t absent);
/// A part of the whole such as "5 %", in millionths; 0 where it is absent.
[[nodiscard]] std::uint32_t read_share(Faults& faults, const YamlNode* node);
[[nodiscard]] Instant read_instant(Faults& faults, const YamlNode* node);
/// Four numbers with dots (RFC 1123 §2.1), or eight groups of hexadecimal digits (RFC 4291 §2.2).
[[nodiscard]] std::string read_ipv4(Faults& faults, const YamlNode* node);
[[nodiscard]] std::string read_ipv6(Faults& faults, const YamlNode* node);
/// A domain name of letters, digits and hyphens (RFC 1123 §2.1), returned without a last dot.
[[nodiscard]] std::string read_host_name(Faults& faults, const YamlNode* node);
/// One that may be written beyond US-ASCII, in A-labels (RFC 5890 §2.3.2.1).
[[nodiscard]] std::string read_domain(Faults& faults, const YamlNode* node);
/// local-part@domain; the local part is a dot-string (RFC 5321 §4.1.2).
[[nodiscard]] std::string read_mail_address(Faults& faults, const YamlNode* node);
/// A local part alone: the name of a user.
[[nodiscard]] std::string read_user(Faults& faults, const YamlNode* node);

/// One of several words. `names` pairs each with its value.
template <class Value>
[[nodiscard]] Value read_choice(Faults& faults, const YamlNode* node,
                                std::span<const std::pair<std::string_view, Value>> names, Value absent = {}) {
  if (!node) return absent;
  std::vector<std::string_view> words;
  for (const auto& [name, value] : names) {
    if (node->kind == YamlNode::Kind::Scalar && node->text == name) return value;
    words.push_back(name);
  }
  // A list or map has no text, and so nothing near it.
  faults.error(node->where, found_in(*node), alternatives(words), did_you_mean(node->text, words));
  return absent;
}

}  // namespace mailscope
