// Texts that resemble what was searched for (FUZZY, RFC 6203): words that differ in case, accents or a few letters, in
// any order. How well is a number that can be explained. Knows no message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::imap {

/// The highest score (RFC 6203 §4).
inline constexpr unsigned relevancy_max = 100;

class FuzzyText {
 public:
  /// Words of a search: with more of them it is looked for exactly. Each is held against every word of a text.
  static constexpr std::size_t words_max = 16;
  /// Characters of a word that has misspellings: longer ones are no words that people write.
  static constexpr std::size_t word_characters_max = 32;
  /// What of a text is looked at word by word; behind it the search is exact. A long letter has some 10,000 octets.
  static constexpr std::size_t text_octets_max = 256 << 10;

  FuzzyText() = default;
  /// `wanted` is casemap()ped.
  explicit FuzzyText(std::string wanted);

  /// relevancy_max where the text holds what is wanted as it is, but for case. Else the mean over the wanted words of
  /// how near the nearest word of the text is; 0 where one of them has none. A word of 3 to 5 letters may have one
  /// letter wrong (half the score), a longer one two (a third less for each), a shorter one none; without its accents
  /// it has nothing wrong.
  [[nodiscard]] unsigned score(std::string_view text) const;

 private:
  std::string wanted_;
  std::vector<std::u32string> words_;
};

}  // namespace mailscope::imap
