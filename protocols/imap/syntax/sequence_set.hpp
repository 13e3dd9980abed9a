// Sets of message numbers or UIDs as IMAP writes them (RFC 3501 §9, sequence-set).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mailscope::imap {

/// Numbers as ascending ranges that do not touch: bounded by what was written, however large the ranges are.
class NumberSet {
 public:
  struct Range {
    std::uint32_t first{}, last{};  ///< both included
  };
  explicit NumberSet(std::vector<Range> ranges);
  [[nodiscard]] bool contains(std::uint32_t number) const;
  [[nodiscard]] std::span<const Range> ranges() const { return ranges_; }
  /// 0 for an empty set.
  [[nodiscard]] std::uint32_t largest() const { return ranges_.empty() ? 0 : ranges_.back().last; }

 private:
  std::vector<Range> ranges_;
};

struct SequenceSet {
  struct Range {
    std::optional<std::uint32_t> one, other;  ///< in either order; nothing stands for "*"
  };
  std::vector<Range> ranges;  ///< at least one, unless `saved`
  bool saved{};               ///< "$": what the last SEARCH with SAVE found (RFC 5182 §2)

  /// With `largest` for "*". Precondition: not `saved`.
  [[nodiscard]] NumberSet resolve(std::uint32_t largest) const;
  [[nodiscard]] bool has_star() const;
};

}  // namespace mailscope::imap
