// The IMAP server's ESEARCH: one search through several mailboxes (RFC 7377).
#include <algorithm>
#include <numeric>
#include <utility>

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

/// To be held for longer than a call, but for the one that is left out.
std::vector<std::shared_ptr<const mailstore::Mailbox>> shared(
    const std::vector<std::pair<std::string, const mailstore::Mailbox*>>& named, const mailstore::Mailbox* but) {
  std::vector<std::shared_ptr<const mailstore::Mailbox>> all;
  for (const auto& [name, mailbox] : named)
    if (mailbox != but) all.push_back(mailbox->shared_from_this());
  return all;
}

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
  const std::string text(arguments.rest());
  if (!is_known_charset(*charset)) return done(Status::No, bad_charset_text);
  Cursor terms = arguments;
  if (!selected) {
    const auto keys = read_search_keys(terms, {*charset, &account_->inbox(), nullptr, account_->user()});
    if (!keys || (options->relevancy && !mentions(*keys, SearchKey::Kind::Fuzzy))) return invalid();
    if (enabled_.uid_only && mentions(*keys, SearchKey::Kind::Numbers)) return uid_required();
    return search_elsewhere(*options, text, *charset, shared(chosen_mailboxes(filters), nullptr));
  }
  const auto keys = read_keys(terms, *charset);
  if (!keys) return;
  if (options->relevancy && !mentions(*keys, SearchKey::Kind::Fuzzy)) return invalid();
  search(*keys, [this, options = *options, text, charset = *charset,
                 others = shared(chosen_mailboxes(filters), &view_->mailbox())](
                    const SearchKey& met, const std::vector<std::size_t>& places) mutable {
    std::vector<SearchTarget> found;
    for (const std::size_t place : places) found.push_back(search_target(place));
    if (options.save) save_found(options, places);
    tell_found_in(view_->mailbox(), options, found, met);
    if (std::exchange(options.update, false)) follow(true, correlator(view_->mailbox()), met, {}, places);
    search_elsewhere(options, text, charset, others);
  });
}

/// Searches these mailboxes, one after the other and in pieces, and ends the command. `text` holds the keys: what they
/// mean is each mailbox's matter.
void Server::search_elsewhere(SearchOptions options, std::string text, std::string charset, Mailboxes mailboxes) {
  struct State {
    Mailboxes mailboxes;
    std::size_t at{};
    std::optional<SearchKey> keys{};        ///< as this mailbox reads them; nothing before it is begun
    mailstore::Uid next{1};                 ///< in it
    std::vector<mailstore::Uid> found{};    ///< in it
  };
  work_ = [this, options = std::move(options), text = std::move(text), charset = std::move(charset),
           state = State{std::move(mailboxes)}]() mutable {
    std::size_t octets = 0;
    for (; state.at < state.mailboxes.size(); state = {std::move(state.mailboxes), state.at + 1}) {
      const mailstore::Mailbox& mailbox = *state.mailboxes[state.at];
      Cursor terms(text, enabled_.speaks_utf8());
      if (!state.keys) state.keys = read_search_keys(terms, {charset, &mailbox, nullptr, account_->user()});
      if (!state.keys) continue;  // "$" is the selected mailbox's
      const auto& messages = mailbox.messages();
      const auto target = [&](auto message) {
        return SearchTarget{*message, static_cast<std::uint32_t>(message - messages.begin() + 1), false, now_,
                            account_->memos()};
      };
      auto message = std::ranges::lower_bound(messages, state.next, {}, &mailstore::Message::uid);
      for (; message != messages.end(); ++message) {
        if (octets >= piece_octets_max) return false;
        octets += search_cost(*state.keys, *message);
        state.next = {message->uid.value + 1};
        if (matches(*state.keys, target(message))) state.found.push_back(message->uid);
      }
      std::vector<SearchTarget> found;
      for (const mailstore::Uid uid : state.found) {
        const auto place = std::ranges::lower_bound(messages, uid, {}, &mailstore::Message::uid);
        if (place != messages.end() && place->uid == uid) found.push_back(target(place));
      }
      tell_found_in(mailbox, options, found, *state.keys);
    }
    if (options.update) refuse_to_follow();
    completed();
    return true;
  };
}

}  // namespace mailscope::imap
