#include "protocols/imap/search/fuzzy_text.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/casemap.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::imap {

namespace {

/// Accents, once casemap() has set them off from their letters (Combining Diacritical Marks).
bool is_mark(char32_t code) { return code >= 0x300 && code <= 0x36f; }

/// Letters and digits; beyond US-ASCII everything but the punctuation and spaces of Latin-1 and General Punctuation.
bool is_letter(char32_t code) {
  if (code < 0x80) return ascii::is_alnum(static_cast<char>(code));
  return code > 0xbf && (code < 0x2000 || code > 0x206f) && code != 0x3000 && code != 0xfffd;
}

/// Calls `take` with each word of the casemap()ped text, without its accents, until it says that it has enough.
void each_word(std::string_view text, const std::function<bool(const std::u32string&)>& take) {
  std::u32string word;
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    if (is_mark(code)) continue;
    if (is_letter(code)) {
      word += code;
    } else if (!word.empty() && take(std::exchange(word, {}))) {
      return;
    }
  }
  if (!word.empty()) take(word);
}

/// Letters that may be wrong in a word of that length.
std::size_t mistakes_max(std::size_t letters) {
  if (letters > FuzzyText::word_characters_max || letters < 3) return 0;
  return letters < 6 ? 1 : 2;
}

/// How many letters have to be changed, left out, put in, or changed with their neighbour (optimal string alignment);
/// nothing where they are more than `most`. Neither word is longer than word_characters_max and two.
std::optional<std::size_t> mistakes(const std::u32string& one, const std::u32string& other, std::size_t most) {
  using Row = std::array<std::size_t, FuzzyText::word_characters_max + 3>;
  Row before{}, last{}, row{};
  for (std::size_t at = 0; at <= other.size(); ++at) last[at] = at;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t changed = one[i - 1] == other[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + changed});
      const bool swapped = i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, row);
  }
  return last[other.size()] <= most ? std::optional(last[other.size()]) : std::nullopt;
}

unsigned nearness(const std::u32string& wanted, const std::u32string& word) {
  if (wanted == word) return relevancy_max;
  const std::size_t most = mistakes_max(wanted.size());
  if (most == 0 || word.size() > wanted.size() + most || wanted.size() > word.size() + most) return 0;
  const auto wrong = mistakes(wanted, word, most);
  return wrong ? relevancy_max - relevancy_max * static_cast<unsigned>(*wrong) / static_cast<unsigned>(most + 1) : 0;
}

}  // namespace

FuzzyText::FuzzyText(std::string wanted) : wanted_(std::move(wanted)) {
  each_word(wanted_, [this](const std::u32string& word) {
    words_.push_back(word);
    return words_.size() > words_max;
  });
  if (words_.size() > words_max) words_.clear();
}

unsigned FuzzyText::score(std::string_view text) const {
  if (text_holds(text, wanted_)) return relevancy_max;
  if (words_.empty()) return 0;
  std::vector<unsigned> nearest(words_.size());
  each_word(casemap(text.substr(0, text_octets_max)), [&](const std::u32string& word) {
    for (std::size_t at = 0; at < words_.size(); ++at) nearest[at] = std::max(nearest[at], nearness(words_[at], word));
    return std::ranges::all_of(nearest, [](unsigned score) { return score == relevancy_max; });
  });
  unsigned sum = 0;
  for (const unsigned score : nearest) {
    if (score == 0) return 0;
    sum += score;
  }
  return sum / static_cast<unsigned>(nearest.size());
}

}  // namespace mailscope::imap
