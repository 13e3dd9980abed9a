#include "sim/kernel/random.hpp"

#include <bit>
#include <cassert>

namespace mailscope {

namespace {

/// FNV-1a, 64 bits: names of purposes become numbers that are the same on every machine.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char character : name) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3u;
  return hash;
}

/// splitmix64: spreads any seed, 0 included, over the whole state, as xoshiro's authors advise.
std::uint64_t spread(std::uint64_t& state) {
  std::uint64_t mixed = state += 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return mixed ^ (mixed >> 31);
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose) {
  // The seed is spread before the name comes in: near seeds and near names must not meet.
  std::uint64_t mixed = spread(seed) ^ hash_of(purpose);
  for (std::uint64_t& word : state_) word = spread(mixed);
}

std::uint64_t RandomStream::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t RandomStream::below(std::uint64_t bound) {
  assert(bound > 0);
  // Draws below 2^64 mod bound are repeated, so that what is left divides evenly into `bound` classes.
  const std::uint64_t uneven = (0 - bound) % bound;
  std::uint64_t drawn = next();
  while (drawn < uneven) drawn = next();
  return drawn % bound;
}

std::string RandomStream::octets(std::size_t count) {
  std::string drawn(count, '\0');
  for (char& octet : drawn) octet = static_cast<char>(below(256));
  return drawn;
}

}  // namespace mailscope
