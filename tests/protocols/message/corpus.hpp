// Messages as the world sends them, made from a seed: nested, encoded, in many charsets, and broken. Readers of them
// are compared with each other and with themselves.
#pragma once

#include <cstdint>
#include <string>

namespace mailscope::test {

/// The same seed makes the same message everywhere.
[[nodiscard]] std::string generated_message(std::uint64_t seed);
/// `content` with some of its octets changed, lost, doubled or moved.
[[nodiscard]] std::string mutated(std::string content, std::uint64_t seed);

}  // namespace mailscope::test
