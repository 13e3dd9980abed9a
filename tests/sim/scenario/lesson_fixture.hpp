// The shipped lesson's text and a small lesson to break, for the tests of the scenario reader.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/read/read_scenario.hpp"

namespace mailscope::test {

/// scenarios/send-and-retrieve.yaml
[[nodiscard]] std::string shipped_lesson();
/// The shortest lesson with every kind of host, link, action, moment and expectation; it reads without errors.
[[nodiscard]] std::string small_lesson();
/// small_lesson() with the first occurrence of `from` replaced; fails the test where there is none.
[[nodiscard]] std::string with(std::string_view from, std::string_view to);
/// "LINE:COLUMN: error: found …, expected …; advice" of every fault but missing translations.
[[nodiscard]] std::vector<std::string> faults_of(std::string_view yaml);
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

}  // namespace mailscope::test
