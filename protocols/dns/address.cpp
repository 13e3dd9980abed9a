#include "protocols/dns/address.hpp"

#include <array>
#include <charconv>

#include "protocols/core/ascii.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

namespace {

constexpr std::size_t group_count = 8;

/// h16 of RFC 3986 §3.2.2: 1*4HEXDIG.
std::optional<std::uint16_t> group_from(std::string_view text) {
  std::uint16_t group = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), group, 16);
  if (text.size() > 4 || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return group;
}

/// Groups with ':' between them; "" has none.
std::optional<std::vector<std::uint16_t>> groups_from(std::string_view text) {
  std::vector<std::uint16_t> groups;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const auto group = group_from(text.substr(0, colon));
    const bool ends_in_colon = colon != std::string_view::npos && colon + 1 == text.size();
    if (!group || ends_in_colon || groups.size() == group_count) return std::nullopt;
    groups.push_back(*group);
    text = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  }
  return groups;
}

}  // namespace

std::optional<std::string> ipv4_octets(std::string_view text) {
  std::string octets;
  while (octets.size() < 4) {
    const std::size_t dot = text.find('.');
    const bool is_last = octets.size() == 3;
    const std::string_view digits = text.substr(0, dot);
    const auto octet = ascii::number<std::uint8_t>(digits);
    // A leading zero would mean octal to some readers: refused.
    if (!octet || (digits.size() > 1 && digits[0] == '0') || is_last != (dot == std::string_view::npos))
      return std::nullopt;
    octets += static_cast<char>(*octet);
    if (!is_last) text.remove_prefix(dot + 1);
  }
  return octets;
}

std::string ipv4_text(std::string_view octets) {
  std::string text;
  for (const char octet : octets) text += (text.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(octet));
  return text;
}

std::optional<std::string> ipv6_octets(std::string_view text) {
  const std::size_t gap = text.find("::");
  const auto head = groups_from(text.substr(0, gap));
  const auto tail = gap == std::string_view::npos ? std::vector<std::uint16_t>() : groups_from(text.substr(gap + 2));
  if (!head || !tail) return std::nullopt;
  const std::size_t written = head->size() + tail->size();
  // "::" stands for at least one group of zeros (RFC 4291 §2.2).
  if (gap == std::string_view::npos ? written != group_count : written >= group_count) return std::nullopt;
  std::vector<std::uint16_t> groups = *head;
  groups.resize(group_count - tail->size());
  groups.insert(groups.end(), tail->begin(), tail->end());
  std::string octets;
  for (const std::uint16_t group : groups) octets += {static_cast<char>(group >> 8), static_cast<char>(group & 0xff)};
  return octets;
}

std::optional<std::string> reverse_name(std::string_view address) {
  std::string name;
  if (const auto octets = ipv4_octets(address)) {
    for (const char octet : *octets) name = std::to_string(static_cast<unsigned char>(octet)) + '.' + name;
    return name + "in-addr.arpa";
  }
  const auto octets = ipv6_octets(address);
  if (!octets) return std::nullopt;
  constexpr std::string_view digits = "0123456789abcdef";
  for (const char octet : *octets) {
    const auto value = static_cast<unsigned char>(octet);
    name = std::string{digits[value & 0xf], '.', digits[value >> 4], '.'} + name;
  }
  return name + "ip6.arpa";
}

std::string ipv6_text(std::string_view octets) {
  std::array<unsigned, group_count> groups{};
  for (std::size_t at = 0; at < octets.size(); ++at)
    groups.at(at / 2) = groups.at(at / 2) << 8 | static_cast<unsigned char>(octets[at]);
  std::size_t gap = 0, gap_length = 1;  // RFC 5952 §4.2.2: a lone group of zeros is written out
  for (std::size_t begin = 0; begin < group_count; ++begin) {
    std::size_t end = begin;
    while (end < group_count && groups.at(end) == 0) ++end;
    if (end - begin <= gap_length) continue;
    gap = begin;
    gap_length = end - begin;
  }
  std::string text;
  for (std::size_t at = 0; at < group_count; ++at) {
    if (gap_length > 1 && at == gap) {
      text += "::";
      at += gap_length - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    char digits[4];
    text.append(digits, std::to_chars(digits, digits + 4, groups.at(at), 16).ptr);
  }
  return text;
}

}  // namespace mailscope::dns
