// Reads a scenario file. Whatever is wrong is said with line and column, what was found and what was expected.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace mailscope {

/// One fault of a file.
struct Fault {
  enum class Severity : std::uint8_t { Error, Warning } severity{};
  int line{}, column{};                 ///< 1-based; 0: the file as a whole
  std::string found, expected, advice;  ///< what stands there, what should, what to do
  std::vector<Language> untranslated;   ///< not empty: the warning that a text lacks these languages
};

/// `scenario` is present exactly if no fault is an Error. Warnings: translations that are missing, and the like.
struct ScenarioReading {
  std::optional<Scenario> scenario;
  std::vector<Fault> faults;  ///< in file order
};

/// Files larger than this are refused: a lesson of 200 steps in four languages has 200 KB.
inline constexpr std::size_t scenario_octets_max = 1'048'576;

/// `folder`: where the file stands; names of other files in it count from there.
[[nodiscard]] ScenarioReading read_scenario(std::string_view yaml, const std::filesystem::path& folder = {});
/// A regular file's octets, at most scenario_octets_max and one more; nothing where it cannot be read.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& file);
[[nodiscard]] ScenarioReading read_scenario_file(const std::filesystem::path& file);

/// "FILE:LINE:COLUMN: error: found …, expected …; advice", then the line of `yaml` and a caret under the column.
[[nodiscard]] std::string describe(const Fault& fault, std::string_view file, std::string_view yaml);

}  // namespace mailscope
