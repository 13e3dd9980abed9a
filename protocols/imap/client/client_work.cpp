// What the IMAP client does next: the changes that wait, then what the server has, then what a person wants to see
// (RFC 4549 §3); and how it waits for news.
#include <algorithm>
#include <utility>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::imap {

void Client::work() {
  batch_.clear();
  if (play() || authorise_next()) return;
  if (selected_ && selected_->complete && (selected_->grown || selected_->doubtful)) {
    selected_->all_asked = 0;
    return synchronise_selected();
  }
  if (has_notes_to_ask()) return ask_notes();
  if (!to_synchronise_.empty()) {
    // What is open already goes on; INBOX comes last, since news are awaited there.
    if (selected_ && to_synchronise_.contains(selected_->name)) return synchronise_selected();
    const auto other =
        std::ranges::find_if(to_synchronise_, [](const auto& name) { return name != mailstore::inbox_name; });
    return synchronise(other == to_synchronise_.end() ? *to_synchronise_.begin() : *other);
  }
  if (std::exchange(round_open_, false) && refused_.empty() && list_came_) {
    Synchronised done;
    for (const auto& [name, mailbox] : replica_.mailboxes()) {
      ++done.mailboxes;
      done.messages += mailbox.messages.size();
    }
    out_.emplace_back(Event{done});
  }
  if (fetch_wanted() || search_next()) return;
  if (std::exchange(check_wanted_, false)) return begin_round();
  leaving_ || !config_.stay ? log_out({}) : stay();
}

/// Something that cannot wait for the server's next word.
bool Client::has_work() const {
  const bool stale = selected_ && (selected_->grown || selected_->doubtful) && !refused_.contains(selected_->name);
  const bool news = stale || !to_synchronise_.empty();
  const bool changes = std::ranges::any_of(replica_.changes(),
                                           [this](const Change& change) { return !deferred_.contains(change.number); });
  const bool wanted =
      std::ranges::any_of(replica_.wanted(), [this](std::uint64_t id) { return !unfetchable_.contains(id); });
  return leaving_ || check_wanted_ || news || has_notes_to_ask() || changes || !searches_.empty() || wanted ||
         !replica_.urls_wanted().empty();
}

void Client::stay() {
  if (refused_.contains(std::string(mailstore::inbox_name))) return poll_later();
  if (!selected_ || selected_->name != mailstore::inbox_name || !selected_->complete) {
    to_synchronise_.insert(std::string(mailstore::inbox_name));
    return synchronise(std::string(mailstore::inbox_name));
  }
  if (!has("IDLE") || idle_refused_ || idles_ended_ >= idles_ended_max || idles_broken_ >= idles_broken_max)
    return poll_later();
  idle_asked_ = true;
  done_said_ = false;
  idle_since_ = now_;
  send("IDLE", {}, &Client::idle_over);
}

void Client::poll_later() {
  waiting_ = true;
  idles_ended_ = idles_broken_ = 0;
  if (selected_) selected_->growths = 0;
  wake_at_ = now_ + config_.poll_pause;
}

/// A server that ends each IDLE at once, or breaks each with news that are none, is not asked again without a pause.
void Client::idle_over(const Response& response, std::string_view) {
  idle_asked_ = false;
  if (response.name != "OK") idle_refused_ = true;
  const bool is_short = now_ - idle_since_ < idle_worth;
  idles_ended_ = is_short && !done_said_ ? idles_ended_ + 1 : 0;
  idles_broken_ = is_short ? idles_broken_ + 1 : 0;
  if (!is_short && selected_) selected_->growths = 0;
  work();
}

void Client::polled(const Response& response, std::string_view line) {
  if (response.name != "OK") return log_out(line);
  work();
}

/// The body of a message that a person wants to read, or that is small enough. PEEK: that it came does not mean that
/// it was read (RFC 4549 §4.3.3).
bool Client::fetch_wanted() {
  std::set<std::uint64_t>& wanted = replica_.wanted();
  if (config_.content_octets_max > 0)
    for (const auto& [name, mailbox] : replica_.mailboxes())
      for (const auto& [uid, message] : mailbox.messages)
        if (!message.content && message.octets <= config_.content_octets_max && !unfetchable_.contains(message.id))
          wanted.insert(message.id);
  for (const std::uint64_t id : std::vector(wanted.begin(), wanted.end())) {
    if (unfetchable_.contains(id)) continue;
    const auto at = replica_.place(id);
    if (!at) {  // it is gone, or has not come to the server: then its content is here
      wanted.erase(id);
      continue;
    }
    if (refused_.contains(at->mailbox)) {
      unfetchable_.insert(id);
      continue;
    }
    if (replica_.find(id)->octets > response_octets_max) {
      wanted.erase(id);
      unfetchable_.insert(id);
      out_.emplace_back(Event{ContentRefused{id, "the message is larger than this program takes"}});
      continue;
    }
    if (!selected_ || selected_->name != at->mailbox) {
      select(at->mailbox);
      return true;
    }
    fetching_ = id;
    send("UID FETCH", {std::to_string(at->uid), "(BODY.PEEK[])"}, &Client::content_fetched);
    return true;
  }
  return false;
}

/// A refusal may have passed the next time; what the server says it has told, and has not, is not asked for again.
void Client::content_fetched(const Response& response, std::string_view line) {
  const bool is_told = response.name == "OK";
  if (is_told) replica_.wanted().erase(fetching_);
  const CachedMessage* message = replica_.find(fetching_);
  if (is_told && message && message->content) {
    out_.emplace_back(Event{ContentFetched{fetching_}});
  } else {
    unfetchable_.insert(fetching_);
    if (message)
      out_.emplace_back(Event{ContentRefused{
          fetching_, is_told ? "the server did not send it in a form that can be read" : std::string(line)}});
  }
  work();
}

/// search = "UID SEARCH" SP "TEXT" SP astring (RFC 3501 §6.4.4); the charset is named where it is not US-ASCII, unless
/// it can be none but UTF-8 (RFC 6855 §3).
bool Client::search_next() {
  while (!searches_.empty()) {
    const Search& search = searches_.front();
    if (!replica_.mailboxes().contains(search.mailbox)) {
      searches_.pop_front();
      out_.emplace_back(Event{SearchDone{}});
      continue;
    }
    if (refused_.contains(search.mailbox)) {
      searches_.pop_front();
      out_.emplace_back(Event{SearchDone{{}, "the server does not open the mailbox"}});
      continue;
    }
    if (!selected_ || selected_->name != search.mailbox) {
      select(search.mailbox);
      return true;
    }
    const bool ascii = std::ranges::all_of(search.text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    std::vector<std::string> arguments{"TEXT", quoted_or_literal(search.text)};
    if (!ascii && !speaks_utf8()) arguments.insert(arguments.begin(), {"CHARSET", "UTF-8"});
    send("UID SEARCH", arguments, &Client::searched);
    return true;
  }
  return false;
}

void Client::searched(const Response& response, std::string_view line) {
  SearchDone done;
  if (response.name != "OK") done.error = line;
  const auto& messages = replica_.mailbox(searches_.front().mailbox).messages;
  for (const std::uint32_t uid : found_)
    if (const auto found = messages.find(uid); found != messages.end()) done.ids.push_back(found->second.id);
  searches_.pop_front();
  out_.emplace_back(Event{std::move(done)});
  work();
}

}  // namespace mailscope::imap
