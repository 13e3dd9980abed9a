// The IMAP server's ESEARCH: one search through several mailboxes (RFC 7377).
#include <algorithm>
#include <numeric>

#include "protocols/core/charset.hpp"
#include "protocols/imap/data/mailbox_filter.hpp"
#include "protocols/imap/search/search_options.hpp"
#include "protocols/imap/search/search_reader.hpp"
#include "protocols/imap/search/sort.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

using Kind = MailboxFilter::Kind;

bool has_selected(const std::vector<MailboxFilter>& filters) {
  return std::ranges::find(filters, Kind::Selected, &MailboxFilter::kind) != filters.end();
}

}  // namespace

/// The mailboxes that the filters choose among those that the user may read, each once (§2.2), but for the selected
/// one.
Server::NamedMailboxes Server::chosen_mailboxes(const std::vector<MailboxFilter>& filters) const {
  NamedMailboxes chosen = listable();
  std::erase_if(chosen, [&](const auto& entry) {
    const auto& [name, mailbox] = entry;
    const bool own = &mailbox->account() == account_;
    const auto takes = [&](const MailboxFilter& filter) {
      return filter.chooses(name, own, account_->subscriptions());
    };
    return !may(*mailbox, "r") || std::ranges::none_of(filters, takes);
  });
  return chosen;
}

/// What says where a search has found something (§2.1).
std::string Server::correlator(const mailstore::Mailbox& mailbox) const {
  return " MAILBOX " + wire_name(name_of(mailbox)) + " UIDVALIDITY " + std::to_string(mailbox.uid_validity());
}

/// What a search has found in one mailbox, unless it is nothing.
void Server::tell_found_in(const mailstore::Mailbox& mailbox, const SearchOptions& options,
                           const std::vector<SearchTarget>& found, const SearchKey& keys) {
  if (found.empty() || (!options.answers() && !options.update)) return;
  std::vector<std::uint32_t> uids;
  for (const SearchTarget& target : found) uids.push_back(target.message.uid.value);
  std::uint64_t modseq = 0;
  std::vector<unsigned> scores;
  std::vector<std::size_t> all(found.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  for (const std::size_t at : options.chosen<std::size_t>(all)) {
    modseq = std::max(modseq, found[at].message.modseq.value);
    if (options.relevancy) scores.push_back(relevancy(keys, found[at]));
  }
  untagged("ESEARCH", "ESEARCH (TAG " + quoted_or_literal(tag_) + correlator(mailbox) + ") UID" +
                          search_return_data(options, uids, scores) +
                          (mentions(keys, SearchKey::Kind::ModSeq) ? " MODSEQ " + std::to_string(modseq) : ""));
}

/// esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program
void Server::on_esearch(Cursor& arguments, bool) {
  std::vector<MailboxFilter> filters{{Kind::Selected, {}}};
  if (!arguments.space()) return invalid();
  if (arguments.word("IN")) {
    auto read = arguments.space() && arguments.take('(') ? read_mailbox_filters(arguments) : std::nullopt;
    if (!read || !arguments.take(')') || !arguments.space()) return invalid();
    filters = std::move(*read);
  }
  auto options = read_search_options(arguments);
  const auto charset = options ? search_charset(arguments) : std::nullopt;
  if (!charset) return invalid();
  if (!options->given) options->all = true;
  const bool selected = has_selected(filters);
  if (((selected || options->update) && !view_) || (options->save && (!selected || filters.size() > 1)))
    return invalid();
  if (reuses_tag(*options)) return;
  if (selected) {
    Cursor terms = arguments;
    const auto keys = read_keys(terms, *charset);
    if (!keys) return;
    if (options->relevancy && !mentions(*keys, SearchKey::Kind::Fuzzy)) return invalid();
    const std::vector<std::size_t> places = places_that_match(*keys);
    std::vector<SearchTarget> found;
    for (const std::size_t place : places) found.push_back(search_target(place));
    if (options->save) save_found(*options, places);
    tell_found_in(view_->mailbox(), *options, found, *keys);
    if (options->update) follow(true, correlator(view_->mailbox()), *keys, {}, places);
  } else if (!is_known_charset(*charset)) {
    return done(Status::No, bad_charset_text);
  } else {
    Cursor terms = arguments;
    const auto keys = read_search_keys(terms, {*charset, &account_->inbox(), nullptr, account_->user()});
    if (!keys || (options->relevancy && !mentions(*keys, SearchKey::Kind::Fuzzy))) return invalid();
    if (enabled_.uid_only && mentions(*keys, SearchKey::Kind::Numbers)) return uid_required();
  }
  for (const auto& [name, mailbox] : chosen_mailboxes(filters)) {
    if (selected && mailbox == &view_->mailbox()) continue;
    Cursor terms = arguments;
    const auto keys = read_search_keys(terms, {*charset, mailbox, nullptr, account_->user()});
    if (!keys) continue;  // "$" is the selected mailbox's
    std::vector<SearchTarget> found;
    std::uint32_t number = 0;
    for (const mailstore::Message& message : mailbox->messages()) {
      const SearchTarget target{message, ++number, false, now_, account_->memos()};
      if (matches(*keys, target)) found.push_back(target);
    }
    tell_found_in(*mailbox, *options, found, *keys);
  }
  if (options->update && !selected) refuse_to_follow();
  completed();
}

}  // namespace mailscope::imap
