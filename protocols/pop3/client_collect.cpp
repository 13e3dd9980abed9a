// What the POP3 client does with an open maildrop: which messages it asks for, deletes or leaves, and how many of these
// commands are on their way at once.
#include <algorithm>
#include <utility>

#include "protocols/pop3/client.hpp"

namespace mailscope::pop3 {

void Client::ask_lists() {
  send("UIDL");
  if (!pipelining_) return;
  list_asked_ = true;
  send("LIST");
}

void Client::begin_collecting() {
  MaildropListed listed;
  for (const auto& [number, id] : unique_ids_) listed.unique_ids.insert(id);
  listed.has_all_ids = !ids_refused_ && std::ranges::all_of(maildrop_, [this](const Listed& message) {
    return unique_ids_.contains(message.number);
  });
  out_.emplace_back(Event{std::move(listed)});
  fill_window();
}

void Client::answered_message(const Command& command, const Reply& reply) {
  const Listed& message = maildrop_[command.message];
  if (!reply.ok) {
    note(reply.line);
  } else if (command.verb == "RETR") {
    out_.emplace_back(Event{MessageRetrieved{unique_ids_[message.number], reply.content}});
    if (!config_.leave_on_server) to_delete_.push_back(command.message);
  } else if (command.verb == "TOP") {
    out_.emplace_back(Event{MessagePreviewed{unique_ids_[message.number], message.octets, reply.content}});
  }
  fill_window();
}

/// Sends what may be on its way at once: DELE for what has come, then what comes next; QUIT after all.
void Client::fill_window() {
  while (outstanding_.size() < (pipelining_ ? window_max : 1)) {
    if (!to_delete_.empty()) {
      const std::size_t message = to_delete_.front();
      to_delete_.pop_front();
      send("DELE", maildrop_[message].number, message);
    } else if (!plan_next()) {
      break;
    }
  }
  if (outstanding_.empty()) quit({});
}

/// RETR or TOP for what is new; DELE for what is left on the server no longer. False where nothing can be sent now.
bool Client::plan_next() {
  for (; next_ < maildrop_.size(); ++next_) {
    const Listed& message = maildrop_[next_];
    const auto id = unique_ids_.find(message.number);
    const bool known = id != unique_ids_.end() && config_.known.contains(id->second);
    const bool expired = id != unique_ids_.end() && config_.expired.contains(id->second);
    if (!config_.preview_lines && (expired || (known && !config_.leave_on_server))) {
      send("DELE", message.number, next_++);
      return true;
    }
    if (known) continue;
    if (config_.preview_lines) {
      send("TOP", message.number + " " + std::to_string(*config_.preview_lines), next_++);
      return true;
    }
    if (message.octets > body_octets_max) {
      note("message " + message.number + " is too large to collect");
      continue;
    }
    std::uint64_t coming = message.octets;
    for (const Command& command : outstanding_) coming += command.octets;
    if (!outstanding_.empty() && coming > window_octets_max) return false;
    send("RETR", message.number, next_++, message.octets);
    return true;
  }
  return false;
}

}  // namespace mailscope::pop3
