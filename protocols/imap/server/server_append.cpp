// APPEND at the IMAP server: one message, or several of which all come or none (RFC 3501 §6.3.11, RFC 3502, RFC 4315),
// also put together from what is there (RFC 4469), and REPLACE, which also takes one away (RFC 8508).
#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/imap/data/append_data.hpp"
#include "protocols/imap/data/url_access.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/transport.hpp"

namespace mailscope::imap {

namespace {

/// url-resp-text = 1*<any TEXT-CHAR but "]" and "\"> (RFC 4469 §5): the URL, what else is in it percent-encoded.
std::string bad_url_text(std::string_view url) {
  std::string text;
  for (const char c : url.substr(0, url_octets_max))
    text += ascii::is_printable(c) && c != ']' && c != '\\' ? std::string(1, c) : "%" + hex_digits(c);
  return "[BADURL " + (text.empty() ? "%00" : text) + "] that URL shows nothing here";
}

}  // namespace

/// The octets of a message, put together where it is asked for in parts; answers NO where that cannot be. `room` is
/// what the messages of a command may have, and becomes what is left.
std::optional<std::string> Server::put_together(AppendMessage& message, std::size_t& room) {
  std::string content;
  for (AppendPart& part : message.parts) {
    if (part.is_url) {
      const auto url = read_url(part.text);
      const bool is_ours = url && !url->is_absolute() && !url->access;  // RFC 4469 §3
      const auto found = is_ours ? content_of(*url, *account_, view_ ? &view_->mailbox() : nullptr) : std::nullopt;
      auto octets = found ? found->octets(account_->memos()) : std::nullopt;
      if (!octets) {
        done(Status::No, bad_url_text(part.text));
        return std::nullopt;
      }
      part.text = std::move(*octets);
    }
    if (part.text.size() > room || content.size() + part.text.size() > append_octets_max) {
      done(Status::No, too_big_text);
      return std::nullopt;
    }
    room -= part.text.size();
    if (content.empty())
      content = std::move(part.text);
    else
      content += part.text;
  }
  std::string_view fault;
  if (content.empty()) fault = "cancelled: an empty message";  // RFC 3502 §6.3.11
  const std::string_view header = std::string_view(content).substr(0, message::header_end(content));
  if (!enabled_.speaks_utf8() && message::has_eight_bit(header))  // RFC 6855 §4
    fault = "8-bit characters in a header want ENABLE UTF8=ACCEPT first";
  if (fault.empty()) return content;
  done(Status::No, fault);
  return std::nullopt;
}

/// append = "APPEND" SP mailbox 1*append-message
void Server::on_append(Cursor& arguments, bool) {
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name) return invalid();
  std::vector<AppendMessage> read;
  do {
    auto message = read_append_message(arguments);
    if (!message) return invalid();
    read.push_back(std::move(*message));
  } while (!arguments.at_end());
  mailstore::Mailbox* mailbox = mailbox_named(*name);
  if (!mailbox) return no_target(*name);
  if (!permits(*mailbox, "i")) return;
  std::vector<mailstore::NewMessage> messages;
  std::size_t room = append_octets_max + command_octets_max;
  for (AppendMessage& message : read) {
    auto content = put_together(message, room);
    if (!content) return;
    auto annotations = annotations_of_new(*mailbox, message.annotations, *content);
    if (!annotations) return;
    messages.push_back({account_->content(std::move(*content)), changeable(*mailbox, mailbox->flags(message.flags)),
                        message.date.value_or(now_), std::move(*annotations)});
  }
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
  auto read = name ? read_append_message(arguments) : std::nullopt;
  if (!read || !arguments.at_end() || places->size() > 1) return invalid();
  const auto* old = places->empty() ? nullptr : view_->message(view_->entries()[places->front()]);
  if (!old) return done(Status::No, "[EXPUNGEISSUED] that message does not exist");
  if (view_->read_only()) return done(Status::No, read_only_text);
  mailstore::Mailbox* target = mailbox_named(*name);
  if (!target) return no_target(*name);
  if (!permits(view_->mailbox(), "te") || !permits(*target, "i")) return;  // RFC 8508 §4.1
  std::size_t room = append_octets_max;
  auto content = put_together(*read, room);
  if (!content) return;
  const auto annotations = annotations_of_new(*target, read->annotations, *content);
  if (!annotations) return;
  const mailstore::NewMessage message{account_->content(std::move(*content)),
                                      changeable(*target, target->flags(read->flags)), read->date.value_or(now_),
                                      *annotations};
  const mailstore::Added added = mailstore::replace(now_, view_->mailbox(), old->uid, *target, message);
  if (added.outcome != mailstore::Outcome::Ok) return refuse(added.outcome);
  untagged("OK", "OK [APPENDUID " + std::to_string(target->uid_validity()) + " " + std::to_string(added.first.value) +
                     "] the replacement is ready");
  expunged(1);
}

}  // namespace mailscope::imap
