// What SEARCH and SORT are to return (RFC 4731, RFC 5182, RFC 5267, RFC 6203, RFC 9394), and the ESEARCH response
// that returns it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/imap/syntax/partial_range.hpp"

namespace mailscope::imap {

struct SearchOptions {
  bool given{};  ///< RETURN was there: the response is ESEARCH
  bool min{}, max{}, all{}, count{}, save{};
  bool update{};     ///< the results are kept up to date (RFC 5267 §4.3)
  bool relevancy{};  ///< of each result that the other options speak of (RFC 6203 §4)
  std::optional<PartialRange> partial;

  /// With SAVE alone there is no ESEARCH (RFC 5182 §2.1); with UPDATE alone it says nothing but that it is heard.
  [[nodiscard]] bool answers() const { return min || max || all || count || partial || relevancy; }
  /// Those of `results`, which has them in order, that the options speak of: what SAVE keeps and MODSEQ is told of
  /// (RFC 4731 §3.2, RFC 5182 §2.4, RFC 9394 §3.2). Ascending where `results` is.
  template <class T>
  [[nodiscard]] std::vector<T> chosen(std::span<const T> results) const {
    const bool some = (min || max || partial) && !all && !count;
    if (!some) return {results.begin(), results.end()};
    std::vector<T> kept;
    if (partial) {
      const auto part = partial->of(results);
      kept.assign(part.begin(), part.end());
    }
    const auto add = [&kept](auto place, const T& one) {
      for (const T& known : kept)
        if (known == one) return;
      kept.insert(place, one);
    };
    if (min && !results.empty()) add(kept.begin(), results.front());
    if (max && !results.empty()) add(kept.end(), results.back());
    return kept;
  }
};

/// ["RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" SP]. An empty list is ALL. Nothing where the syntax
/// is wrong, an option is not known, or ALL and PARTIAL stand together (RFC 9394 §3.1).
[[nodiscard]] std::optional<SearchOptions> read_search_options(Cursor& cursor);

/// search-return-data, each with a space before it, for numbers in the order of the result. `relevancies`: of those
/// that chosen() gives, where they are wanted.
[[nodiscard]] std::string search_return_data(const SearchOptions& options, std::span<const std::uint32_t> numbers,
                                             std::span<const unsigned> relevancies);

}  // namespace mailscope::imap
