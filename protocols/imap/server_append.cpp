// APPEND at the IMAP server: one message, or several of which all come or none (RFC 3501 §6.3.11, RFC 3502, RFC 4315),
// and REPLACE, which also takes one away (RFC 8508).
#include <algorithm>

#include "protocols/imap/encode.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

namespace {

/// append-message = [SP flag-list] [SP date-time] SP append-data; append-data = literal / literal8
struct NewMessage {
  std::set<std::string> flags;
  std::optional<Instant> date;
  std::string content;
};

std::optional<NewMessage> read_message(Cursor& arguments) {
  NewMessage message;
  if (!arguments.space()) return std::nullopt;
  if (arguments.next_is('(')) {
    auto flags = arguments.flag_list();
    if (!flags || !arguments.space()) return std::nullopt;
    message.flags = std::move(*flags);
  }
  if (arguments.next_is('"')) {
    message.date = arguments.date_time();
    if (!message.date || !arguments.space()) return std::nullopt;
  }
  auto content = arguments.literal();
  if (!content) return std::nullopt;
  message.content = std::move(*content);
  return message;
}

}  // namespace

/// append = "APPEND" SP mailbox 1*append-message
void Server::on_append(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name) return invalid();
  std::vector<NewMessage> read;
  do {
    auto message = read_message(arguments);
    if (!message) return invalid();
    read.push_back(std::move(*message));
  } while (!arguments.at_end());
  const auto is_empty = [](const NewMessage& message) { return message.content.empty(); };
  if (std::ranges::any_of(read, is_empty)) return done(Status::No, "append cancelled: an empty message");  // RFC 3502
  mailstore::Mailbox* mailbox = mailbox_named(*name);
  if (!mailbox) return no_target(*name);
  if (!permits(*mailbox, "i")) return;
  std::vector<mailstore::NewMessage> messages;
  for (NewMessage& message : read)
    messages.push_back({account_->content(std::move(message.content)),
                        changeable(*mailbox, mailbox->flags(message.flags)), message.date.value_or(now_)});
  const mailstore::Added added = mailbox->append(now_, messages);
  if (added.outcome != mailstore::Outcome::Ok) return refuse(added.outcome);
  done(Status::Ok, "[APPENDUID " + std::to_string(mailbox->uid_validity()) + " " +
                       consecutive(added.first, messages.size()) + "] APPEND completed");
}

/// There is no mailbox to put messages into. TRYCREATE only where it could be made (RFC 3501 §6.3.11).
void Server::no_target(const std::string& name) {
  if (!mailstore::is_mailbox_name(name)) return refuse(mailstore::Outcome::Cannot);
  done(Status::No, "[TRYCREATE] no such mailbox");
}

/// replace = "REPLACE" SP seq-number SP mailbox append-message (RFC 8508 §5)
void Server::on_replace(Cursor& arguments, bool by_uid) {
  const auto places = message_set(arguments, by_uid);
  if (!places) return;
  const auto name = arguments.mailbox();
  auto read = name ? read_message(arguments) : std::nullopt;
  if (!read || !arguments.at_end() || places->size() > 1) return invalid();
  const auto* old = places->empty() ? nullptr : view_->message(view_->entries()[places->front()]);
  if (!old) return done(Status::No, "[EXPUNGEISSUED] that message does not exist");
  if (view_->read_only()) return done(Status::No, read_only_text);
  if (read->content.empty()) return done(Status::No, "cancelled: an empty message");
  mailstore::Mailbox* target = mailbox_named(*name);
  if (!target) return no_target(*name);
  if (!permits(view_->mailbox(), "te") || !permits(*target, "i")) return;  // RFC 8508 §4.1
  const mailstore::NewMessage message{account_->content(std::move(read->content)),
                                      changeable(*target, target->flags(read->flags)), read->date.value_or(now_)};
  const mailstore::Added added = mailstore::replace(now_, view_->mailbox(), old->uid, *target, message);
  if (added.outcome != mailstore::Outcome::Ok) return refuse(added.outcome);
  untagged("OK", "OK [APPENDUID " + std::to_string(target->uid_validity()) + " " + std::to_string(added.first.value) +
                     "] the replacement is ready");
  expunged(1);
}

}  // namespace mailscope::imap
