#include "sim/hosts/session/compressed_stream.hpp"

#include <utility>

namespace mailscope {

void CompressedStream::begin() {
  deflater_.emplace();
  inflater_.emplace();
  inflater_->receive(std::exchange(passing_, {}));
}

void CompressedStream::end() {
  if (!inflater_) return;
  const std::uint64_t before = inflater_->used();
  passing_ = inflater_->end();
  carried_.received += inflater_->used() - before;
  deflater_.reset();
  inflater_.reset();
}

std::string CompressedStream::send(std::string_view plain) {
  std::string octets = deflater_ ? deflater_->compress(plain) : std::string(plain);
  sent_.add(plain.size(), {carried_.sent, carried_.sent + octets.size()});
  carried_.sent += octets.size();
  return octets;
}

void CompressedStream::receive(std::string_view octets) {
  if (inflater_) return inflater_->receive(octets);
  passing_ += octets;
}

std::optional<std::string> CompressedStream::next() {
  std::optional<std::string> piece;
  std::uint64_t used = 0;
  if (inflater_) {
    const std::uint64_t before = inflater_->used();
    piece = inflater_->next();
    used = inflater_->used() - before;
  } else if (!passing_.empty()) {
    piece = std::exchange(passing_, {});
    used = piece->size();
  }
  if (piece) received_.add(piece->size(), {carried_.received, carried_.received + used});
  carried_.received += used;
  return piece;
}

}  // namespace mailscope
