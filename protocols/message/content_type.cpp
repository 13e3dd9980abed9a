#include "protocols/message/content_type.hpp"

#include <algorithm>
#include <cstdint>
#include <map>

#include "protocols/core/ascii.hpp"
#include "protocols/core/charset.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/limits.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

namespace {

/// token of RFC 2045 §5.1; octets over 127 are let through.
bool is_token_char(char c) {
  return (c > ' ' || c < 0) && c != '\x7f' && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

void skip_white(Cursor& at) {
  at.take_while([](char c) { return ascii::is_space(c); });
}

/// value = token / quoted-string. What is neither goes on to the next ";", as programs write file names with spaces.
std::string parameter_value(Cursor& at) {
  std::string value;
  if (!at.take('"')) {
    value = ascii::trim(at.take_while([](char c) { return c != ';'; }));
    return value;
  }
  while (!at.at_end() && !at.take('"')) {
    if (at.at('\\') && at.rest().size() > 1) at.take_octets(1);
    value += at.take_octets(1);
  }
  return value;
}

/// One section of a parameter (RFC 2231 §3, §4): attribute ["*" section] ["*"].
struct Piece {
  std::string value;
  bool is_extended{};  ///< percent-encoded
};
struct Pieces {
  std::map<std::uint32_t, Piece> sections;
  bool is_whole{};  ///< there was no section number: it stands for itself
};

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int octet = text[at] == '%' ? hex_octet(text.substr(at + 1, 2)) : -1;
    result += octet < 0 ? text[at] : static_cast<char>(octet);
    if (octet >= 0) at += 2;
  }
  return result;
}

std::string without_controls(std::string_view text) {
  std::string result = utf8_guessed(text);
  std::ranges::replace_if(
      result, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return result;
}

/// Sections in order, up to the first that is missing; some programs begin with 1. Only section 0 names charset and
/// language.
Parameter joined(std::string name, const Pieces& pieces) {
  Parameter result{std::move(name), {}, {}, false};
  std::string octets, charset;
  std::uint32_t number = pieces.sections.begin()->first;
  for (const auto& [section, piece] : pieces.sections) {
    if (section != number++) break;
    std::string_view value = piece.value;
    result.wire_value += value;
    if (!piece.is_extended) {
      octets += value;
      continue;
    }
    const std::size_t language = section == 0 ? value.find('\'') : std::string_view::npos;
    const std::size_t text = language == std::string_view::npos ? language : value.find('\'', language + 1);
    if (text != std::string_view::npos) {
      result.is_extended = true;
      charset = value.substr(0, language);
      value.remove_prefix(text + 1);
    }
    octets += percent_decoded(value);
  }
  if (!charset.empty()) {
    result.value = without_controls(utf8_from_charset(octets, charset).value_or(octets));
  } else {
    result.value = decode_words(octets);  // forbidden by RFC 2047 §5, and common
  }
  return result;
}

/// *(";" parameter), from behind the type
std::vector<Parameter> parse_parameters(Cursor& at) {
  std::vector<std::string> order;
  std::map<std::string, Pieces> found;
  for (std::size_t count = 0; !at.at_end() && count < limits::parameters_max; ++count) {
    at.take_while([](char c) { return c == ';' || ascii::is_space(c); });
    std::string name = ascii::lower(at.take_while(is_token_char));
    skip_white(at);
    const bool is_parameter = !name.empty() && at.take('=');
    skip_white(at);
    Piece piece{is_parameter ? parameter_value(at) : std::string{}, false};
    at.take_while([](char c) { return c != ';'; });
    if (!is_parameter) continue;
    if (name.ends_with('*')) {
      piece.is_extended = true;
      name.pop_back();
    }
    const std::size_t star = name.rfind('*');
    const auto section = star == std::string::npos
                             ? std::nullopt
                             : ascii::number<std::uint32_t>(std::string_view(name).substr(star + 1));
    if (section) name.resize(star);
    if (name.empty()) continue;
    const auto [place, is_new] = found.try_emplace(name);
    if (is_new) order.push_back(name);
    Pieces& pieces = place->second;
    // An extended value is there for those who can read it, a plain one for those who cannot.
    if (!section && piece.is_extended && pieces.is_whole && !pieces.sections[0].is_extended) pieces.sections.clear();
    pieces.is_whole = pieces.is_whole || !section;
    pieces.sections.try_emplace(section.value_or(0), std::move(piece));
  }
  std::vector<Parameter> parameters;
  for (const std::string& name : order) {
    parameters.push_back(joined(name, found.at(name)));
  }
  return parameters;
}

}  // namespace

std::optional<ContentType> parse_content_type(std::string_view value) {
  const std::string text = without_comments(value);
  Cursor at(text);
  ContentType result;
  result.type = ascii::lower(at.take_while(is_token_char));
  skip_white(at);
  if (result.type.empty() || !at.take('/')) return std::nullopt;
  skip_white(at);
  result.subtype = ascii::lower(at.take_while(is_token_char));
  if (result.subtype.empty()) return std::nullopt;
  result.parameters = parse_parameters(at);
  return result;
}

std::optional<Disposition> parse_disposition(std::string_view value) {
  const std::string text = without_comments(value);
  Cursor at(text);
  Disposition result{ascii::lower(at.take_while(is_token_char)), {}};
  if (result.type.empty()) return std::nullopt;
  result.parameters = parse_parameters(at);
  return result;
}

std::string_view parameter(const std::vector<Parameter>& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameter::name);
  return found == parameters.end() ? std::string_view{} : std::string_view(found->value);
}

}  // namespace mailscope::message
