#include "protocols/imap/search/search_options.hpp"

#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

bool read_option(Cursor& cursor, SearchOptions& options) {
  if (cursor.word("MIN")) return options.min = true;
  if (cursor.word("MAX")) return options.max = true;
  if (cursor.word("ALL")) return options.all = true;
  if (cursor.word("COUNT")) return options.count = true;
  if (cursor.word("SAVE")) return options.save = true;
  if (cursor.word("UPDATE")) return options.update = true;
  if (cursor.word("RELEVANCY")) return options.relevancy = true;
  if (cursor.word("CONTEXT")) return true;  // a hint (RFC 5267 §4.2)
  if (options.partial || !cursor.word("PARTIAL") || !cursor.space()) return false;
  options.partial = read_partial_range(cursor);
  return options.partial.has_value();
}

}  // namespace

std::optional<SearchOptions> read_search_options(Cursor& cursor) {
  SearchOptions options;
  if (!cursor.word("RETURN")) return options;
  options.given = true;
  if (!cursor.space() || !cursor.take('(')) return std::nullopt;
  if (!cursor.next_is(')')) {
    do {
      if (!read_option(cursor, options)) return std::nullopt;
    } while (cursor.space());
  }
  if (!cursor.take(')') || !cursor.space() || (options.all && options.partial)) return std::nullopt;
  if (!options.answers() && !options.save && !options.update) options.all = true;
  return options;
}

std::string search_return_data(const SearchOptions& options, std::span<const std::uint32_t> numbers,
                               std::span<const unsigned> relevancies) {
  std::string text;
  if (options.min && !numbers.empty()) text += " MIN " + std::to_string(numbers.front());
  if (options.max && !numbers.empty()) text += " MAX " + std::to_string(numbers.back());
  if (options.count) text += " COUNT " + std::to_string(numbers.size());
  if (options.all && !numbers.empty()) text += " ALL " + number_set(numbers);
  if (options.partial) {
    const auto part = options.partial->of(numbers);
    text += " PARTIAL (" + options.partial->text() + " " + (part.empty() ? "NIL" : number_set(part)) + ")";
  }
  if (options.relevancy) {  // score-list = "(" [score *(SP score)] ")" (RFC 6203 §7)
    std::string list;
    for (const unsigned score : relevancies) list += (list.empty() ? "" : " ") + std::to_string(score);
    text += " RELEVANCY (" + list + ")";
  }
  return text;
}

}  // namespace mailscope::imap
