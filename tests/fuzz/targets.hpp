// What reads octets from strangers, each as a function of any octets whatever: it returns, or something is wrong.
#pragma once

#include <span>
#include <string_view>

namespace mailscope::fuzz {

struct Target {
  std::string_view name;  ///< also the folder of its corpus
  /// Fails the running test (REQUIRE) where `input` brings out what must not be: engines whose answers depend on how
  /// their input is cut, values that are not what was written.
  void (*run)(std::string_view input);
};

[[nodiscard]] std::span<const Target> targets();

}  // namespace mailscope::fuzz
