#include "protocols/compress/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace mailscope::compress {

namespace {

/// The largest window, without zlib's header and checksum: "raw" (RFC 4978 §4).
constexpr int raw_window_bits = -15;
constexpr int memory_level = 8;
/// Text such as a mail protocol's shrinks nearly as much as at the highest level, in a fraction of the time.
constexpr int level = 3;

/// zlib takes `unsigned` sizes.
constexpr std::size_t part_octets_max = std::numeric_limits<unsigned>::max() / 2;

unsigned char* bytes(const char* octets) {
  // zlib reads through a pointer to non-const unless it is built with ZLIB_CONST.
  return reinterpret_cast<unsigned char*>(const_cast<char*>(octets));
}

void end_deflate(z_stream_s* stream) {
  deflateEnd(stream);
  delete stream;
}

void end_inflate(z_stream_s* stream) {
  inflateEnd(stream);
  delete stream;
}

}  // namespace

Deflater::Deflater() : stream_(new z_stream_s{}, &end_deflate) {
  [[maybe_unused]] const int outcome =
      deflateInit2(stream_.get(), level, Z_DEFLATED, raw_window_bits, memory_level, Z_DEFAULT_STRATEGY);
  assert(outcome == Z_OK);
}

std::string Deflater::compress(std::string_view octets) {
  std::string packed;
  do {
    const std::string_view part = octets.substr(0, part_octets_max);
    octets.remove_prefix(part.size());
    stream_->next_in = bytes(part.data());
    stream_->avail_in = static_cast<unsigned>(part.size());
    do {
      const std::size_t before = packed.size();
      const std::size_t room = 64 + stream_->avail_in / 2;
      packed.resize(before + room);
      stream_->next_out = bytes(packed.data() + before);
      stream_->avail_out = static_cast<unsigned>(room);
      deflate(stream_.get(), octets.empty() ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      packed.resize(packed.size() - stream_->avail_out);
    } while (stream_->avail_out == 0);
  } while (!octets.empty());
  return packed;
}

Inflater::Inflater() : stream_(new z_stream_s{}, &end_inflate) {
  [[maybe_unused]] const int outcome = inflateInit2(stream_.get(), raw_window_bits);
  assert(outcome == Z_OK);
}

void Inflater::receive(std::string_view octets) {
  if (taken_ > waiting_.size() / 2) waiting_.erase(0, std::exchange(taken_, 0));
  waiting_ += octets;
}

/// Reads on to the end of a block at most; gives how many octets it has used.
std::size_t Inflater::advance() {
  stream_->next_in = bytes(waiting_.data() + taken_);
  stream_->avail_in = static_cast<unsigned>(std::min(waiting(), part_octets_max));
  const unsigned offered = stream_->avail_in;
  const int outcome = inflate(stream_.get(), Z_BLOCK);
  broken_ = outcome != Z_OK && outcome != Z_BUF_ERROR;
  const std::size_t used = offered - stream_->avail_in;
  taken_ += used;
  used_ += used;
  return used;
}

std::optional<std::string> Inflater::next() {
  std::string piece(piece_octets_max, '\0');
  stream_->next_out = bytes(piece.data());
  stream_->avail_out = static_cast<unsigned>(piece.size());
  // At the end of a block zlib may stop once without having done anything.
  for (int in_vain = 0; !broken_ && in_vain < 2 && stream_->avail_out == piece.size();)
    in_vain = advance() > 0 ? 0 : in_vain + 1;
  piece.resize(piece.size() - stream_->avail_out);
  return piece.empty() ? std::nullopt : std::optional(std::move(piece));
}

std::string Inflater::end() {
  char none{};
  stream_->next_out = bytes(&none);
  stream_->avail_out = 1;
  if (!broken_) advance();  // the mark is an empty block
  broken_ = true;
  return waiting_.substr(std::exchange(taken_, waiting_.size()));
}

}  // namespace mailscope::compress
