// APPEND at the IMAP server: one message, or several of which all come or none (RFC 3501 §6.3.11, RFC 3502, RFC 4315).
#include <algorithm>

#include "protocols/imap/encode.hpp"
#include "protocols/imap/server.hpp"

namespace mailscope::imap {

namespace {

/// append-message = [SP flag-list] [SP date-time] SP literal
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
  if (!mailbox) return done(Status::No, "[TRYCREATE] no such mailbox");
  std::vector<mailstore::NewMessage> messages;
  for (NewMessage& message : read)
    messages.push_back(
        {account_->content(std::move(message.content)), mailbox->flags(message.flags), message.date.value_or(now_)});
  const mailstore::Added added = mailbox->append(now_, messages);
  if (added.outcome != mailstore::Outcome::Ok) return refuse(added.outcome);
  done(Status::Ok, "[APPENDUID " + std::to_string(mailbox->uid_validity()) + " " +
                       consecutive(added.first, messages.size()) + "] APPEND completed");
}

}  // namespace mailscope::imap
