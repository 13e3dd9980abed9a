#include "protocols/mailstore/content.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "protocols/mailstore/threads.hpp"

namespace mailscope::mailstore {

std::string ObjectId::text(char kind) const {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return kind + std::string(digits.data(), end);
}

namespace {

/// Each CR has its LF, and each LF its CR. By memchr: this is asked of whole maildrops.
bool has_whole_lines(std::string_view octets) {
  for (std::size_t at = octets.find('\n'); at != std::string_view::npos; at = octets.find('\n', at + 1))
    if (at == 0 || octets[at - 1] != '\r') return false;
  for (std::size_t at = octets.find('\r'); at != std::string_view::npos; at = octets.find('\r', at + 1))
    if (octets.substr(at, 2) != "\r\n") return false;
  return true;
}

}  // namespace

const OctetTraits& Content::traits() const {
  if (!traits_)
    traits_ = OctetTraits{std::ranges::any_of(octets_, [](char c) { return c < 0; }),
                          octets_.find('\0') != std::string::npos, has_whole_lines(octets_)};
  return *traits_;
}

ObjectId Content::thread() const {
  if (threads_) thread_ = std::exchange(threads_, nullptr)->thread_of(octets_, email_);
  return thread_;
}

void Memos::keep(const ContentPointer& content, std::shared_ptr<const Memo> memo) {
  kept_.push_back({content, memo->octets()});
  octets_ += kept_.back().octets;
  content->memo_ = std::move(memo);
  while (octets_ > octets_max) {
    if (const auto oldest = kept_.front().content.lock()) oldest->memo_.reset();
    octets_ -= kept_.front().octets;
    kept_.pop_front();
  }
}

}  // namespace mailscope::mailstore
