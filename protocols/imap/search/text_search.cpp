#include "protocols/imap/search/text_search.hpp"

#include <algorithm>
#include <cstring>

#include "protocols/core/ascii.hpp"
#include "protocols/core/casemap.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/encoded_word.hpp"

namespace mailscope::imap {

namespace {

/// Header text: folded lines joined, encoded words decoded. Most fields have neither, and are looked at where they
/// stand.
bool header_holds(std::string_view header, std::string_view wanted) {
  const bool plain = std::ranges::all_of(header, ascii::is_printable) && header.find("=?") == std::string_view::npos;
  if (plain) return text_holds(header, wanted);
  return text_holds(message::decode_words(message::unfolded(header)), wanted);
}

std::string envelope_text(std::string_view value) {
  using Kind = message::AddressEntry::Kind;
  std::string text;
  for (const message::AddressEntry& entry : message::parse_addresses(value)) {
    if (entry.kind == Kind::GroupEnd) continue;
    if (!text.empty()) text += ", ";
    if (entry.kind == Kind::GroupStart) {
      text += message::decode_words(entry.mailbox) + ":";
      continue;
    }
    const std::string address = entry.host.empty() ? entry.mailbox : entry.mailbox + "@" + entry.host;
    text += entry.name.empty() ? address : message::decode_words(entry.name) + " <" + address + ">";
  }
  return text;
}

/// What a body says to who searches. Of a transfer encoding that is not known, and of a message/* that is no message
/// but lines of text, its octets.
std::string searched_text(std::string_view content, const message::Part& part) {
  if (part.type == "text" && message::knows_encoding(part)) return message::text_of(content, part);
  return message::decoded_octets(content, part).value_or(std::string(part.body.of(content)));
}

/// What has no transfer encoding and is read as UTF-8 anyway need not be copied.
bool body_holds(std::string_view content, const message::Part& part, std::string_view wanted) {
  const bool plain = part.encoding == "7bit" || part.encoding == "8bit" || part.encoding == "binary";
  const auto charset = std::ranges::find(part.parameters, "charset", &message::Parameter::name);
  const bool unicode = charset != part.parameters.end() && ascii::iequals(charset->value, "utf-8");
  const bool unnamed = charset == part.parameters.end() || ascii::iequals(charset->value, "us-ascii");
  const std::string_view body = part.body.of(content);
  if (plain && (unicode || (unnamed && ascii::is_ascii(body)))) return text_holds(body, wanted);
  return text_holds(searched_text(content, part), wanted);
}

/// Whether one of the texts is it: headers as they stand, and parts of text/* and message/*. Depth is bounded by
/// message::limits::nesting_max.
template <class HeaderIs, class BodyIs>
bool any_text(std::string_view content, const message::Part& part, bool headers, bool own_header,
              const HeaderIs& header_is, const BodyIs& body_is) {
  if (own_header && header_is(part.header.of(content))) return true;
  if (part.children.empty()) return (part.type == "text" || part.type == "message") && body_is(part);
  return std::ranges::any_of(part.children, [&](const message::Part& child) {
    return any_text(content, child, headers, headers || part.is_message(), header_is, body_is);
  });
}

/// The end of the line that begins at `begin`: behind its LF.
std::size_t line_end(std::string_view content, std::size_t begin) {
  const void* end = std::memchr(content.data() + begin, '\n', content.size() - begin);
  return end ? static_cast<std::size_t>(static_cast<const char*>(end) - content.data()) + 1 : content.size();
}

/// Whether the value of one of the fields of that name is it, as it stands in the header.
template <class ValueIs>
bool any_field(std::string_view content, std::string_view name, const ValueIs& value_is) {
  for (std::size_t begin = 0; begin < content.size();) {
    std::size_t end = line_end(content, begin);
    if (content[begin] == '\n' || content.substr(begin, 2) == "\r\n") return false;  // the header ends
    const bool named = ascii::istarts_with(content.substr(begin, end - begin), name);
    const std::size_t colon = named ? content.find_first_not_of(" \t", begin + name.size()) : std::string_view::npos;
    if (colon < end && content[colon] == ':') {
      while (end < content.size() && ascii::is_space(content[end])) end = line_end(content, end);
      if (value_is(ascii::trim(content.substr(colon + 1, end - colon - 1)))) return true;
    }
    begin = end;
  }
  return false;
}

}  // namespace

bool field_holds(std::string_view content, std::string_view name, std::string_view wanted) {
  return any_field(content, name, [wanted](std::string_view value) { return header_holds(value, wanted); });
}

bool addresses_hold(std::string_view content, std::string_view name, std::string_view wanted) {
  return any_field(content, name,
                   [wanted](std::string_view value) { return text_holds(envelope_text(value), wanted); });
}

bool message_holds(std::string_view content, const message::Part& root, std::string_view wanted, bool headers) {
  return any_text(
      content, root, headers, headers, [wanted](std::string_view header) { return header_holds(header, wanted); },
      [&](const message::Part& part) { return body_holds(content, part, wanted); });
}

unsigned field_resembles(std::string_view content, std::string_view name, const FuzzyText& wanted) {
  unsigned best = 0;
  (void)any_field(content, name, [&](std::string_view value) {
    best = std::max(best, wanted.score(message::decode_words(message::unfolded(value))));
    return best == relevancy_max;
  });
  return best;
}

unsigned message_resembles(std::string_view content, const message::Part& root, const FuzzyText& wanted, bool headers) {
  unsigned best = 0;
  const auto in_header = [&](std::string_view header) {
    best = std::max(best, wanted.score(message::decode_words(message::unfolded(header))));
    return best == relevancy_max;
  };
  const auto in_body = [&](const message::Part& part) {
    const unsigned score = wanted.score(searched_text(content, part));
    best = std::max(best, headers ? (score * 3 + 3) / 4 : score);
    return best == relevancy_max;
  };
  (void)any_text(content, root, headers, headers, in_header, in_body);
  return best;
}

}  // namespace mailscope::imap
