// The order that SORT puts messages in (RFC 5256 §3, RFC 5957, RFC 6203 §6, RFC 5257 §4.9). Knows no session.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
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

/// The order in which the criteria put `messages`, as indices into it; what is equal keeps its order. `relevancies`:
/// one for each message, where they are a criterion; the highest comes first.
[[nodiscard]] std::vector<std::size_t> sorted(const std::vector<const mailstore::Message*>& messages,
                                              const std::vector<SortCriterion>& criteria,
                                              const std::vector<unsigned>& relevancies);

/// When a message was sent; where its Date field does not say, when it was received (RFC 5256 §2.2).
[[nodiscard]] Instant sent_date(const mailstore::Message& message);

}  // namespace mailscope::imap
