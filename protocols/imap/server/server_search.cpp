// The IMAP server's SEARCH (RFC 3501 §6.4.4, RFC 9051 §6.4.4, RFC 4731, RFC 5182, RFC 6203, RFC 9394).
#include <algorithm>

#include "protocols/core/charset.hpp"
#include "protocols/imap/search/search_options.hpp"
#include "protocols/imap/search/search_reader.hpp"
#include "protocols/imap/search/sort.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

using Kind = SearchKey::Kind;

}  // namespace

/// The keys of SEARCH, SORT and THREAD, to the end of the command; answers where they cannot be used. With message
/// numbers among them no EXPUNGE is told (RFC 7162 §3.2.10.2).
std::optional<SearchKey> Server::read_keys(Cursor& arguments, const std::string& charset) {
  if (!is_known_charset(charset)) {
    done(Status::No, bad_charset_text);
    return std::nullopt;
  }
  auto keys = read_search_keys(arguments, {charset, &view_->mailbox(), &*view_, account_->user()});
  if (!keys) {
    invalid();
    return std::nullopt;
  }
  if (enabled_.uid_only && mentions(*keys, Kind::Numbers)) {
    uid_required();
    return std::nullopt;
  }
  keeps_numbers_ = keeps_numbers_ || mentions(*keys, Kind::Numbers);
  if (mentions(*keys, Kind::ModSeq)) enable_condstore();
  return keys;
}

/// Looks at all messages in pieces, and gives the places of those that meet the keys, ascending, to `then`.
void Server::search(SearchKey keys, Found then) {
  work_ = [this, keys = std::move(keys), then = std::move(then), found = std::vector<std::size_t>(),
           next = std::size_t{}]() mutable {
    for (std::size_t octets = 0; next < view_->size(); ++next) {
      if (octets >= piece_octets_max) return false;
      const mailstore::Message* message = view_->message(view_->entries()[next]);
      if (!message) continue;
      octets += search_cost(keys, *message);
      if (matches(keys, search_target(next))) found.push_back(next);
    }
    // Another session may have expunged some since they were looked at.
    std::erase_if(found, [this](std::size_t place) { return !view_->message(view_->entries()[place]); });
    then(keys, found);
    return true;
  };
}

/// The message at that place. Precondition: it is there.
SearchTarget Server::search_target(std::size_t place) const {
  const auto& entry = view_->entries()[place];
  return {*view_->message(entry), static_cast<std::uint32_t>(place + 1), entry.recent, now_, account_->memos()};
}

/// How well these meet the keys (RFC 6203 §4).
std::vector<unsigned> Server::relevancies(const SearchKey& keys, const std::vector<std::size_t>& places) const {
  std::vector<unsigned> scores;
  for (const std::size_t place : places)
    scores.push_back(view_->message(view_->entries()[place]) ? relevancy(keys, search_target(place)) : 1);
  return scores;
}

/// Numbers or UIDs of messages.
std::vector<std::uint32_t> Server::numbers_of(const std::vector<std::size_t>& places, bool by_uid) const {
  std::vector<std::uint32_t> numbers;
  for (const std::size_t place : places)
    numbers.push_back(by_uid ? view_->entries()[place].uid.value : static_cast<std::uint32_t>(place + 1));
  return numbers;
}

/// The highest mod-sequence among these; 0 for none.
std::uint64_t Server::highest_modseq_of(const std::vector<std::size_t>& places) const {
  std::uint64_t highest = 0;
  for (const std::size_t place : places)
    if (const auto* message = view_->message(view_->entries()[place]))
      highest = std::max(highest, message->modseq.value);
  return highest;
}

/// What "$" stands for from now on (RFC 5182 §2.4).
void Server::save_found(const SearchOptions& options, const std::vector<std::size_t>& places) {
  std::vector<mailstore::Uid> uids;
  for (const std::size_t place : options.chosen<std::size_t>(places)) uids.push_back(view_->entries()[place].uid);
  std::ranges::sort(uids);
  view_->save(std::move(uids));
}

/// Keeps and tells what SEARCH or SORT has found, in its order. `name` is that of the response without options.
void Server::tell_found(std::string_view name, const SearchOptions& options, const std::vector<std::size_t>& places,
                        bool by_uid, const SearchKey& keys) {
  if (options.save) save_found(options, places);
  const std::vector<std::uint32_t> numbers = numbers_of(places, by_uid);
  const std::vector<std::size_t> chosen = options.chosen<std::size_t>(places);
  const std::uint64_t modseq = mentions(keys, Kind::ModSeq) ? highest_modseq_of(chosen) : 0;
  if (options.given) {
    if (!options.answers() && !options.update) return;
    untagged("ESEARCH",
             "ESEARCH (TAG " + quoted_or_literal(tag_) + ")" + (by_uid ? " UID" : "") +
                 search_return_data(options, numbers,
                                    options.relevancy ? relevancies(keys, chosen) : std::vector<unsigned>{}) +
                 (modseq > 0 ? " MODSEQ " + std::to_string(modseq) : ""));
    return;
  }
  std::string text(name);
  for (const std::uint32_t number : numbers) text += " " + std::to_string(number);
  untagged(name, text + (modseq > 0 ? " (MODSEQ " + std::to_string(modseq) + ")" : ""));
}

/// ["CHARSET" SP charset SP]; UTF-8 where nothing is said. Nothing where the syntax is wrong, or UTF8=ACCEPT is on
/// (RFC 6855 §3).
std::optional<std::string> Server::search_charset(Cursor& arguments) const {
  if (!arguments.word("CHARSET")) return "UTF-8";
  auto named = arguments.space() ? arguments.astring() : std::nullopt;
  return named && arguments.space() && !enabled_.utf8 ? named : std::nullopt;
}

/// search = "SEARCH" [search-return-opts] SP search-program; search-program = ["CHARSET" SP charset SP] search-key *(SP
/// search-key)
void Server::on_search(Cursor& arguments, bool by_uid) {
  auto options = arguments.space() ? read_search_options(arguments) : std::nullopt;
  const auto charset = options ? search_charset(arguments) : std::nullopt;
  if (!charset) return invalid();
  if (reuses_tag(*options)) return;
  if (enabled_.rev2 && !options->given) options->given = options->all = true;
  if (options->save && !is_known_charset(*charset)) view_->save({});  // RFC 5182 §2.1
  const auto keys = read_keys(arguments, *charset);
  if (!keys) return;
  if (options->relevancy && !mentions(*keys, Kind::Fuzzy)) return invalid();  // RFC 6203 §4
  search(*keys, [this, options = *options, by_uid](const SearchKey& met, const std::vector<std::size_t>& places) {
    tell_found("SEARCH", options, places, by_uid, met);
    if (options.update) follow(by_uid, "", met, {}, places);
    completed();
  });
}

}  // namespace mailscope::imap
