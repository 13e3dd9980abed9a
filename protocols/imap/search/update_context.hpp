// A search whose results are kept up to date for the client: UPDATE of SEARCH and SORT (RFC 5267 §4.3). It says what
// has changed since it said so last; when that may be told, the session knows.
#pragma once

#include <string>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/imap/data/view.hpp"
#include "protocols/imap/search/search_key.hpp"
#include "protocols/imap/search/sort.hpp"

namespace mailscope::imap {

class UpdateContext {
 public:
  /// More than the windows that a mail program shows at a time (§4.3.1). Each looks at every message that changes.
  static constexpr std::size_t contexts_max = 16;
  /// Results that are put in order anew when one comes: more than a person scrolls through.
  static constexpr std::size_t sorted_results_max = 10'000;

  struct Search {
    std::string tag;
    std::string mailbox;  ///< of ESEARCH: what its responses say behind the tag (RFC 7377 §2.1), else empty
    bool by_uid{};
    SearchKey keys;
    std::vector<SortCriterion> criteria;  ///< none: mailbox order
  };
  /// `places` are the results, in their order. Message numbers among the keys stand for the messages that have them
  /// now.
  UpdateContext(Search search, const MailboxView& view, const std::vector<std::size_t>& places);

  [[nodiscard]] const std::string& tag() const { return search_.tag; }
  /// The ESEARCH response for results that were expunged; empty where none was. It has to be told before their numbers
  /// go (§4.3.4).
  [[nodiscard]] std::string removed(const MailboxView& view);
  /// The same for results that came and for those that meet the keys no longer. Messages that the view does not have
  /// yet wait (§4.3.3).
  [[nodiscard]] std::string changed(const MailboxView& view, Instant now, mailstore::Memos& memos);

 private:
  [[nodiscard]] std::string response(const std::string& items) const;
  [[nodiscard]] std::string take_out(const MailboxView& view, const std::vector<mailstore::Uid>& uids);
  [[nodiscard]] std::string put_in(const MailboxView& view, const std::vector<mailstore::Uid>& uids, Instant now,
                                   mailstore::Memos& memos);
  [[nodiscard]] std::vector<std::uint32_t> numbers(const MailboxView& view,
                                                   const std::vector<mailstore::Uid>& uids) const;
  void put_in_order(const MailboxView& view, Instant now, mailstore::Memos& memos);

  Search search_;
  std::vector<mailstore::Uid> members_;  ///< ascending
  std::vector<mailstore::Uid> order_;    ///< the same as they are sorted; empty in mailbox order
  mailstore::ModSeq removals_seen_, changes_seen_;
  bool can_change_{};       ///< what a message that was looked at is
  mailstore::Uid next_{1};  ///< the first that was not looked at
};

}  // namespace mailscope::imap
