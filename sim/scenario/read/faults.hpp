// Collects the faults of one file and words what was found. It knows no key and no rule of a lesson.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/read/yaml_tree.hpp"

namespace mailscope {

/// After so many errors reading ends: nobody reads more, and a hostile file could make millions.
inline constexpr std::size_t errors_max = 500;

class Faults {
 public:
  void error(Where where, std::string found, std::string expected, std::string advice = {});
  void warning(Where where, std::string found, std::string expected, std::string advice = {});
  /// The warning that a text lacks some languages.
  void untranslated(Where where, std::vector<Language> lacking);
  [[nodiscard]] bool any_error() const { return errors_ > 0; }
  /// There are so many errors that no more are kept.
  [[nodiscard]] bool full() const { return errors_ >= errors_max; }
  /// All faults by line and column; where they are full, a last one says that there may be more.
  [[nodiscard]] std::vector<Fault> in_file_order() &&;

 private:
  void add(Fault fault);

  std::vector<Fault> faults_;
  std::size_t errors_{};
};

/// In double quotes, control characters escaped, cut after 60 characters.
[[nodiscard]] std::string in_quotes(std::string_view text);
/// "nothing", "a list", "a map", or the scalar's text, quoted.
[[nodiscard]] std::string found_in(const YamlNode& node);
/// "a", "a or b", "a, b or c".
[[nodiscard]] std::string alternatives(std::span<const std::string_view> words);
/// `did you mean "relay"?` for the candidate that is a slip of the pen away from `word`; else empty.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);
/// The same, or else "write a, b or c" (empty for no candidates, or more than 12).
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace mailscope
