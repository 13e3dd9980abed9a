// The order that SORT puts messages in (RFC 5256 §3, RFC 5957, RFC 6203 §6, RFC 5257 §4.9). Knows no session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/imap/data/annotation.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/mailstore/message.hpp"

namespace mailscope::imap {

struct SortCriterion {
  enum class Key : std::uint8_t {
    Arrival,
    Cc,
    Date,
    From,
    Size,
    Subject,
    To,
    DisplayFrom,
    DisplayTo,
    Relevancy,
    Annotation
  } key{};
  bool reverse{};
  AnnotationColumn column{};  ///< of Annotation
};

/// More than there are keys is repetition.
inline constexpr std::size_t sort_criteria_max = 16;

/// sort-criteria = "(" sort-criterion *(SP sort-criterion) ")". Private annotations are those of `user`.
[[nodiscard]] std::optional<std::vector<SortCriterion>> read_sort_criteria(Cursor& cursor, const std::string& user);

/// One of them is RELEVANCY (RFC 6203 §6).
[[nodiscard]] bool sorts_by_relevancy(const std::vector<SortCriterion>& criteria);

/// By what one message is compared: one of the two.
struct SortValue {
  std::int64_t number{};
  std::string text;
  friend auto operator<=>(const SortValue&, const SortValue&) = default;
};

/// Puts messages in order. What counts of each is read when it is added.
class Sorting {
 public:
  explicit Sorting(std::vector<SortCriterion> criteria) : criteria_(std::move(criteria)), values_(criteria_.size()) {}
  /// `relevancy` counts where it is a criterion: the highest comes first.
  void add(const mailstore::Message& message, unsigned relevancy);
  /// The order, as indices by which they were added; what is equal keeps its order.
  [[nodiscard]] std::vector<std::size_t> order() const;

 private:
  std::vector<SortCriterion> criteria_;
  std::vector<std::vector<SortValue>> values_;  ///< by criterion
};

/// When a message was sent; where its Date field does not say, when it was received (RFC 5256 §2.2).
[[nodiscard]] Instant sent_date(const mailstore::Message& message);

}  // namespace mailscope::imap
