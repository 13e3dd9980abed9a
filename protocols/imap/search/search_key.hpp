// The keys of SEARCH as values (RFC 9051 §6.4.4, RFC 5032, RFC 7162 §3.1.5, RFC 8474 §5.3, RFC 8514 §4.3, RFC 6203,
// RFC 5257 §4.8), and whether a message meets them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/imap/data/annotation.hpp"
#include "protocols/imap/search/fuzzy_text.hpp"
#include "protocols/imap/syntax/sequence_set.hpp"
#include "protocols/mailstore/message.hpp"

namespace mailscope::imap {

struct SearchKey {
  enum class Kind : std::uint8_t {
    All,
    Flag,
    Recent,
    Numbers,
    Uids,
    Before,
    On,
    Since,
    Older,
    Younger,
    Larger,
    Smaller,
    ModSeq,
    EmailId,
    ThreadId,
    Annotation,
    Header,
    Address,
    Body,
    Text,
    Not,
    Or,
    And,
    Fuzzy
  } kind{};
  enum class Date : std::uint8_t { Internal, Sent, Saved } date{};  ///< of Before, On and Since
  std::optional<mailstore::Flag> flag;                              ///< nothing: a keyword that no message has
  std::string name;                  ///< of a header field; of Address, one that the envelope has
  std::string text;                  ///< to be found, casemap()ped; of EmailId and ThreadId: the object id
  Instant day;                       ///< its midnight
  std::uint64_t number{};            ///< octets, seconds, or a mod-sequence
  std::optional<NumberSet> numbers;  ///< of Numbers and Uids
  std::optional<AnnotationTerm> annotation;
  std::vector<SearchKey> keys;     ///< of Not, Or, And and Fuzzy
  std::optional<FuzzyText> fuzzy;  ///< of Header, Address, Body and Text within FUZZY: what resembles `text` will do
};

/// The key or one within it is of that kind.
[[nodiscard]] bool mentions(const SearchKey& key, SearchKey::Kind kind);

/// Whether a message meets the key can change while it is in the mailbox: its content stays as it is.
[[nodiscard]] bool can_change(const SearchKey& key);

/// One message, as the session that searches has it.
struct SearchTarget {
  const mailstore::Message& message;
  std::uint32_t number{};  ///< its message sequence number
  bool recent{};
  Instant now;
  mailstore::Memos& memos;
};
[[nodiscard]] bool matches(const SearchKey& key, const SearchTarget& target);

/// About how many octets of the message matches() looks at; what is done with each once more where texts only have to
/// resemble.
[[nodiscard]] std::size_t search_cost(const SearchKey& key, const mailstore::Message& message);

/// How well a message meets the keys, 1 to 100 (RFC 6203 §4): the mean of the texts that FUZZY compares, of OR the best
/// of its keys. What has no text is met or not. 0 where it does not meet them.
[[nodiscard]] unsigned relevancy(const SearchKey& key, const SearchTarget& target);

}  // namespace mailscope::imap
