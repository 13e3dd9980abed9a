#include "protocols/imap/data/url_request.hpp"

#include <algorithm>
#include <utility>

#include "protocols/imap/data/body_structure.hpp"
#include "protocols/imap/data/url_access.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/message/body.hpp"

namespace mailscope::imap {

namespace {

/// url-fetch-param = "BODY" / "BINARY" / "BODYPARTSTRUCTURE" / atom
constexpr std::pair<std::string_view, bool UrlFetch::*> parameters[] = {
    {"BODYPARTSTRUCTURE", &UrlFetch::structure}, {"BODY", &UrlFetch::body}, {"BINARY", &UrlFetch::binary}};

bool read_parameter(Cursor& cursor, UrlFetch& fetch) {
  const auto* const known =
      std::ranges::find_if(parameters, [&cursor](const auto& parameter) { return cursor.word(parameter.first); });
  return known != std::end(parameters) && !std::exchange(fetch.*known->second, true);
}

/// url-fetch-arg = url-full / "(" url-full *(SP url-fetch-param) ")"
std::optional<UrlFetch> read_argument(Cursor& cursor) {
  const bool is_list = cursor.take('(');
  auto url = cursor.astring();
  if (!url) return std::nullopt;
  UrlFetch fetch{std::move(*url)};
  while (is_list && cursor.space())
    if (!read_parameter(cursor, fetch)) return std::nullopt;
  if ((is_list && !cursor.take(')')) || (fetch.body && fetch.binary)) return std::nullopt;
  return fetch;
}

/// The part that the section is, or is of; null where there is none.
const message::Part* part_of(const Section& section, const message::Part& root) {
  const message::Part* part = message::find_part(root, section.numbers);
  const bool within = part && section.part == Section::Part::Text && part->is_message();
  return within ? &part->children.front() : part;
}

/// The octets without a transfer encoding, which headers and whole messages have not.
std::optional<std::string> decoded(const UrlContent& content, Presentation& shown, const message::Part& part,
                                   std::string as_they_are) {
  const bool is_whole = content.section.part == Section::Part::Whole && !content.section.numbers.empty();
  if (!is_whole && content.section.part != Section::Part::Text) return as_they_are;
  const auto octets = message::decoded_octets(shown.octets(), part);
  if (!octets) return std::nullopt;
  return std::string(partial_octets(*octets, content.section.partial));
}

/// BODYPARTSTRUCTURE of a part that was decoded: as if it had come so (§3.2).
std::string structure_of_decoded(message::Part part, std::string_view octets) {
  part.encoding = "binary";
  part.body = {0, octets.size()};
  part.lines = static_cast<std::size_t>(std::ranges::count(octets, '\n'));
  return body_structure(octets, part, Extensions::No);
}

}  // namespace

std::optional<std::vector<UrlFetch>> read_url_fetch(Cursor& arguments) {
  std::vector<UrlFetch> fetches;
  do {
    auto fetch = arguments.space() ? read_argument(arguments) : std::nullopt;
    if (!fetch) return std::nullopt;
    fetches.push_back(std::move(*fetch));
  } while (!arguments.at_end());
  return fetches;
}

std::string url_data(const UrlFetch& wanted, const std::optional<UrlContent>& content, mailstore::Memos& memos,
                     bool utf8_client) {
  if (!content) return " NIL";
  Presentation shown(content->message, memos, utf8_client);
  auto octets = content->octets(shown);
  if (!octets) return " NIL";
  if (!wanted.is_extended()) return " " + literal(*octets);
  const message::Part& part = *part_of(content->section, shown.root());
  const std::string body = wanted.body ? " (BODY " + literal(*octets) + ")" : "";
  const auto binary = wanted.binary ? decoded(*content, shown, part, std::move(*octets)) : std::nullopt;
  std::string text;
  if (wanted.structure)
    text = " (BODYPARTSTRUCTURE " +
           (binary && part.children.empty() ? structure_of_decoded(part, *binary)
                                            : body_structure(shown.octets(), part, Extensions::No, utf8_client)) +
           ")";
  if (wanted.binary) text += " (BINARY " + (binary ? literal_or_literal8(*binary) : "NIL") + ")";
  return text + body;
}

}  // namespace mailscope::imap
