#include "protocols/mailstore/content.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "protocols/mailstore/threads.hpp"

namespace mailscope::mailstore {

std::string ObjectId::text(char kind) const {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  return kind + std::string(digits.data(), end);
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
