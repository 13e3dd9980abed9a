// Memory that many engines share: what peers make them hold is counted, and refused before it grows beyond that.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mailscope {

/// So many octets for all holders together.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t octets) : left_(octets) {}
  [[nodiscard]] std::uint64_t left() const { return left_; }

 private:
  friend class MemoryShare;
  std::uint64_t left_;
};

/// What one holder has of it, given back when the holder goes.
class MemoryShare {
 public:
  /// The budget outlives the share; null: there is no limit.
  explicit MemoryShare(MemoryBudget* budget = nullptr) : budget_(budget) {}
  MemoryShare(const MemoryShare&) = delete;
  MemoryShare& operator=(const MemoryShare&) = delete;
  ~MemoryShare() { static_cast<void>(hold(0)); }
  /// The holder holds so much from now on. False where the budget does not allow it: then it is as before.
  [[nodiscard]] bool hold(std::uint64_t octets) {
    if (!budget_) return true;
    if (octets > held_ && octets - held_ > budget_->left_) return false;
    budget_->left_ = budget_->left_ + held_ - octets;
    held_ = octets;
    return true;
  }
  void release() { static_cast<void>(hold(0)); }

 private:
  MemoryBudget* budget_;
  std::uint64_t held_{};
};

}  // namespace mailscope
