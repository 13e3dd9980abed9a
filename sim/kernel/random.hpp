// Named random streams. Each purpose draws from its own stream, so adding one draw somewhere moves nothing elsewhere.
// The distributions are ours because the standard library's differ between implementations.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailscope {

class RandomStream {
 public:
  /// The stream named `purpose` of the world with this seed: xoshiro256** whose state splitmix64 fills from the seed
  /// and the name's FNV-1a hash.
  RandomStream(std::uint64_t seed, std::string_view purpose);
  std::uint64_t next();
  /// Uniform in [0, bound). Precondition: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// So many octets.
  std::string octets(std::size_t count);

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace mailscope
