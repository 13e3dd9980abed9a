#include "sim/scenario/read/scenario_values.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "protocols/core/utf8.hpp"
#include "sim/scenario/read/map_reader.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/units.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

/// Locale-free: the rules of mail and DNS are ASCII's.
bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// label = let-dig [ *(let-dig / "-") let-dig ], at most 63 octets (RFC 1123 §2.1).
bool is_label(std::string_view label) {
  const auto legal = [](char c) { return is_alphanumeric(c) || c == '-'; };
  return !label.empty() && label.size() <= limits::label_octets && std::ranges::all_of(label, legal) &&
         label.front() != '-' && label.back() != '-';
}

/// domain = label *("." label), at most 255 octets.
bool is_domain(std::string_view name) {
  if (name.size() > limits::name_octets) return false;
  for (std::size_t dot{}; dot != std::string_view::npos; name.remove_prefix(dot + 1)) {
    dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
  }
  return true;
}

/// dot-string = atom *("." atom), of atext (RFC 5322 §3.2.3) or UTF-8 (RFC 6531 §3.3), at most 64 octets.
bool is_local_part(std::string_view text) {
  const auto legal = [](char c) {
    return is_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view(".!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= limits::local_part_octets && std::ranges::all_of(text, legal) &&
         text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos &&
         utf8_valid_prefix(text) == text.size();
}

/// The node's text; null, and a fault, for what is no scalar.
const std::string* scalar(Faults& faults, const YamlNode* node, std::string_view expected) {
  if (!node) return nullptr;
  if (node->kind == YamlNode::Kind::Scalar) return &node->text;
  faults.error(node->where, found_in(*node), std::string(expected));
  return nullptr;
}

/// A scalar that `accepts`, or a fault and an empty text.
template <class Accepts>
std::string checked(Faults& faults, const YamlNode* node, std::string_view expected, Accepts accepts) {
  const std::string* text = scalar(faults, node, expected);
  if (!text) return {};
  if (accepts(*text)) return *text;
  faults.error(node->where, found_in(*node), std::string(expected));
  return {};
}

/// A scalar that `parse` understands and that lies within bounds, or a fault and `absent`.
template <class Value, class Parse>
Value parsed(Faults& faults, const YamlNode* node, const std::string& expected, Value min, Value max, Value absent,
             Parse parse) {
  const std::string* text = scalar(faults, node, expected);
  if (!text) return absent;
  const std::optional<Value> value = parse(*text);
  if (value && *value >= min && *value <= max) return *value;
  faults.error(node->where, found_in(*node), expected);
  return absent;
}

bool has_control(std::string_view text, std::string_view allowed) {
  return std::ranges::any_of(text, [&](char c) {
    return (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) && allowed.find(c) == std::string_view::npos;
  });
}

std::string bounded(Faults& faults, const YamlNode* node, std::size_t octets_max, std::string_view controls,
                    std::string_view what) {
  const std::string* text = scalar(faults, node, what);
  if (!text) return {};
  if (text->size() > octets_max)
    faults.error(node->where, tr("{0} octets", {std::to_string(text->size())}),
                 tr("at most {0}", {std::to_string(octets_max)}), tr("shorten the text"));
  else if (has_control(*text, controls))
    faults.error(node->where, found_in(*node), std::string(what), tr("remove line breaks and control characters"));
  else
    return *text;
  return {};
}

}  // namespace

std::string read_line(Faults& faults, const YamlNode* node, std::size_t octets_max) {
  return bounded(faults, node, octets_max, "", tr("one line of text"));
}

std::string read_word(Faults& faults, const YamlNode* node, std::size_t octets_max) {
  std::string text = read_line(faults, node, octets_max);
  if (node && node->kind == YamlNode::Kind::Scalar && node->text.empty())
    faults.error(node->where, tr("an empty text"), tr("one line of text"));
  return text;
}

std::string read_lines(Faults& faults, const YamlNode* node, std::size_t octets_max) {
  return bounded(faults, node, octets_max, "\n\t", tr("text"));
}

Text read_text(Faults& faults, const YamlNode* node) {
  Text text;
  if (!node) return text;
  const auto read = [&](Language language, const YamlNode* words) {
    std::string& target = text.by_language[static_cast<std::size_t>(language)];
    target = read_lines(faults, words, limits::text_octets);
    if (words && words->kind == YamlNode::Kind::Scalar && words->text.empty())
      faults.error(words->where, tr("an empty text"), tr("some words"));
  };
  if (node->kind == YamlNode::Kind::Scalar) {
    read(Language::English, node);
  } else if (node->kind != YamlNode::Kind::Map) {
    faults.error(node->where, found_in(*node), tr("a text, or a map of languages (en, ca, es, it)"));
  } else {
    const MapReader map(faults, *node, shapes::text);
    for (const Language language : all_languages) read(language, map.find(code(language)));
  }
  if (std::vector<Language> lacking = text.missing(); !lacking.empty())
    faults.untranslated(node->where, std::move(lacking));
  return text;
}

bool read_truth(Faults& faults, const YamlNode* node, bool absent) {
  static constexpr std::pair<std::string_view, bool> names[] = {{"true", true}, {"false", false}};
  if (node && node->kind == YamlNode::Kind::Scalar && !node->plain) {
    faults.error(node->where, tr("{0} in quotes", {found_in(*node)}),
                 alternatives(std::array{names[0].first, names[1].first}), tr("remove the quotes"));
    return absent;
  }
  return read_choice<bool>(faults, node, names, absent);
}

std::uint64_t read_number(Faults& faults, const YamlNode* node, std::uint64_t min, std::uint64_t max,
                          std::uint64_t absent) {
  const std::string expected = max == UINT64_MAX
                                   ? tr("a whole number")
                                   : tr("a whole number from {0} to {1}", {std::to_string(min), std::to_string(max)});
  if (node && node->kind == YamlNode::Kind::Scalar && !node->plain) {
    faults.error(node->where, tr("{0} in quotes", {found_in(*node)}), expected, tr("remove the quotes"));
    return absent;
  }
  return parsed<std::uint64_t>(faults, node, expected, min, max, absent, [](const std::string& text) {
    std::uint64_t value{};
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    return error == std::errc{} && stopped == end ? std::optional(value) : std::nullopt;
  });
}

std::int8_t read_priority(Faults& faults, const YamlNode* node) {
  return parsed<std::int8_t>(
      faults, node, tr("a whole number from {0} to {1}", {"-9", "9"}), -9, 9, 0, [](std::string_view text) {
        std::int8_t value{};
        const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole = error == std::errc{} && stopped == text.data() + text.size();
        return whole ? std::optional(value) : std::nullopt;
      });
}

Port read_port(Faults& faults, const YamlNode* node, Port absent) {
  return Port{static_cast<std::uint16_t>(read_number(faults, node, 1, 65'535, absent.number))};
}

Duration read_duration(Faults& faults, const YamlNode* node, Duration min, Duration max, Duration absent) {
  const std::string bounds = max >= std::chrono::hours(1)
                                 ? fmt::format("{} h", std::chrono::duration_cast<std::chrono::hours>(max).count())
                                 : fmt::format("{} s", std::chrono::duration_cast<std::chrono::seconds>(max).count());
  const std::string expected =
      min > Duration::zero()
          ? tr("a span of time such as 20 ms, 1.5 s or 2 min, more than zero and at most {0}", {bounds})
          : tr("a span of time such as 20 ms, 1.5 s or 2 min, at most {0}", {bounds});
  return parsed(faults, node, expected, min, max, absent, parse_duration);
}

std::uint64_t read_bandwidth(Faults& faults, const YamlNode* node, std::uint64_t absent) {
  return parsed(faults, node, tr("a bandwidth such as 64 kbit/s, 20 Mbit/s or 1 Gbit/s, from 100 bit/s to 100 Gbit/s"),
                limits::bandwidth_min, limits::bandwidth_max, absent, parse_bandwidth);
}

std::uint64_t read_octets(Faults& faults, const YamlNode* node, std::uint64_t min, std::uint64_t max,
                          std::uint64_t absent) {
  return parsed(faults, node,
                tr("a size such as 100 kB or 10 MB, from {0} B to {1} B", {std::to_string(min), std::to_string(max)}),
                min, max, absent, parse_octets);
}

std::uint32_t read_share(Faults& faults, const YamlNode* node) {
  return parsed<std::uint32_t>(faults, node, tr("a share such as 5 % or 0.1 %, at most 100 %"), 0, UINT32_MAX, 0,
                               parse_share);
}

Instant read_instant(Faults& faults, const YamlNode* node) {
  return parsed(faults, node, tr("an instant in UTC such as 2026-03-02T09:00:00Z"), Instant::min(), Instant::max(),
                Instant{}, parse_instant);
}

std::string read_ipv4(Faults& faults, const YamlNode* node) {
  return checked(faults, node, tr("an IPv4 address such as 192.0.2.25"), [](const std::string& text) {
    in_addr address{};
    return inet_pton(AF_INET, text.c_str(), &address) == 1;
  });
}

std::string read_ipv6(Faults& faults, const YamlNode* node) {
  return checked(faults, node, tr("an IPv6 address such as 2001:db8::25"), [](const std::string& text) {
    in6_addr address{};
    return inet_pton(AF_INET6, text.c_str(), &address) == 1;
  });
}

std::string read_host_name(Faults& faults, const YamlNode* node) {
  std::string name = checked(faults, node, tr("a name of letters, digits and hyphens, with dots between its parts"),
                             [](std::string_view text) {
                               if (text.ends_with('.')) text.remove_suffix(1);
                               return is_domain(text);
                             });
  if (name.ends_with('.')) name.pop_back();
  return name;
}

std::string read_domain(Faults& faults, const YamlNode* node) {
  if (!node) return {};
  YamlNode in_a_labels = *node;  // what IDNA does not allow stays as it is, and is refused as such
  in_a_labels.text = to_a_labels(node->text).value_or(node->text);
  return read_host_name(faults, &in_a_labels);
}

std::string read_mail_address(Faults& faults, const YamlNode* node) {
  return checked(faults, node, tr("a mail address such as anna@alba.example"), [](std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) return false;
    const auto domain = to_a_labels(text.substr(at + 1));
    return is_local_part(text.substr(0, at)) && domain && is_domain(*domain);
  });
}

std::string read_user(Faults& faults, const YamlNode* node) {
  return checked(faults, node, tr("a user's name: the part of an address before the @"), is_local_part);
}

}  // namespace mailscope
