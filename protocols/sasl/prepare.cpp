#include "protocols/sasl/prepare.hpp"

#include <stringprep.h>

#include <cstdlib>
#include <memory>

#include "protocols/core/utf8.hpp"

namespace mailscope::sasl {

std::optional<std::string> prepare(std::string_view text) {
  // NUL is prohibited (RFC 3454 C.2.1), and would end the text for the library.
  if (utf8_valid_prefix(text) != text.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string input(text);
  char* output = nullptr;
  const int outcome = stringprep_profile(input.c_str(), &output, "SASLprep", Stringprep_profile_flags{});
  const std::unique_ptr<char, decltype(&std::free)> owned(output, &std::free);
  return outcome == STRINGPREP_OK ? std::optional<std::string>(output) : std::nullopt;
}

}  // namespace mailscope::sasl
