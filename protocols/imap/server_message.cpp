// The IMAP server's commands that look at messages: FETCH and SEARCH (RFC 3501 §6.4).
#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/encode.hpp"
#include "protocols/imap/names.hpp"
#include "protocols/imap/search.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

namespace {

// RFC 5530 §3: another session expunged them, and this one was not told yet.
constexpr std::string_view messages_gone_text = "[EXPUNGEISSUED] some of the messages no longer exist";

}  // namespace

/// SP sequence-set, as places in the view; answers BAD where there is none.
std::optional<std::vector<std::size_t>> Server::message_set(Cursor& arguments, bool by_uid) {
  const auto set = arguments.space() ? arguments.sequence_set() : std::nullopt;
  if (!set || !arguments.space()) {
    invalid();
    return std::nullopt;
  }
  auto places = view_->find(*set, by_uid);
  if (!places) done(Status::Bad, "no message has that number");
  return places;
}

/// fetch = "FETCH" SP sequence-set SP (…) (RFC 3501 §6.4.5); step_fetch() answers it.
void Server::on_fetch(Cursor& arguments, bool by_uid) {
  auto places = message_set(arguments, by_uid);
  if (!places) return;
  auto items = fetch_items(arguments);
  if (!items || !arguments.at_end()) return invalid();
  const auto is_uid = [](const FetchItem& item) { return item.kind == FetchItem::Kind::Uid; };
  if (by_uid && std::ranges::none_of(*items, is_uid))  // RFC 3501 §6.4.8
    items->insert(items->begin(), FetchItem{FetchItem::Kind::Uid, "UID"});
  fetch_ = FetchJob{std::move(*places), std::move(*items), 0, false};
}

/// Answers for one message, or ends the FETCH.
void Server::step_fetch() {
  if (fetch_->next == fetch_->places.size()) {
    const bool complain = fetch_->messages_gone && context_ == "FETCH";  // a UID that is gone is no error (§6.4.8)
    fetch_.reset();
    return complain ? done(Status::No, messages_gone_text) : completed();
  }
  const std::size_t place = fetch_->places[fetch_->next++];
  const mailstore::Message* message = view_->message(view_->entries()[place]);
  if (!message) {
    fetch_->messages_gone = true;
    return;
  }
  std::vector<std::string> values;
  std::uint64_t octets = 0;
  for (const FetchItem& item : fetch_->items) {
    auto value = fetch_value(item, *message, account_->memos());
    octets += value ? value->size() : 0;
    if (value && octets <= response_octets_max) {
      values.push_back(std::move(*value));
      continue;
    }
    fetch_.reset();
    return done(Status::No, value ? "[LIMIT] too much for one response"
                                  : "[UNKNOWN-CTE] a part has a transfer encoding that is not known");
  }
  untagged("FETCH", std::to_string(place + 1) + " FETCH (" + fetch_response(place, *message, std::move(values)) + ")");
}

/// msg-att, without its parentheses: the items with their values. Sets \Seen first, so that FLAGS tells it (RFC 3501
/// §6.4.5).
std::string Server::fetch_response(std::size_t place, const mailstore::Message& message,
                                   std::vector<std::string> values) {
  const auto& items = fetch_->items;
  const auto is_flags = [](const FetchItem& item) { return item.kind == FetchItem::Kind::Flags; };
  bool tell_flags_too = false;
  if (std::ranges::any_of(items, &FetchItem::sets_seen) && !view_->read_only() &&
      !message.flags.contains(mailstore::Flag::Seen)) {
    view_->set_flags(place, message.flags | mailstore::Flags{mailstore::Flag::Seen});
    tell_flags_too = std::ranges::none_of(items, is_flags);
  }
  const auto told_flags = [&] {
    view_->mark_told(place);
    return flag_list(view_->flags(view_->entries()[place]));
  };
  std::string text;
  for (std::size_t at = 0; at < items.size(); ++at) {
    text.append(at == 0 ? "" : " ").append(items[at].label).append(" ");
    text += is_flags(items[at]) ? told_flags() : std::exchange(values[at], {});  // one at a time is in memory twice
  }
  if (tell_flags_too) text += " FLAGS " + told_flags();
  return text;
}

/// search = "SEARCH" [SP "CHARSET" SP astring] 1*(SP search-key) (RFC 3501 §6.4.4)
void Server::on_search(Cursor& arguments, bool by_uid) {
  if (!arguments.space()) return invalid();
  if (arguments.word("CHARSET")) {
    const auto charset = arguments.space() ? arguments.astring() : std::nullopt;
    if (!charset || !arguments.space()) return invalid();
    if (!ascii::iequals(*charset, "US-ASCII"))
      return done(Status::No, "[BADCHARSET (US-ASCII)] only US-ASCII is understood");
  }
  const auto keys = search_keys(arguments, *view_);
  if (!keys) return invalid();
  std::string found = "SEARCH";
  for (std::size_t place = 0; place < view_->entries().size(); ++place)
    if (matches(*keys, *view_, place))
      found += " " + std::to_string(by_uid ? view_->entries()[place].uid.value : place + 1);
  untagged("SEARCH", found);
  completed();
}

}  // namespace mailscope::imap
