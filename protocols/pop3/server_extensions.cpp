// What the POP3 server does beyond RFC 1939: languages and UTF-8 (RFC 6856), login delay and expiry (RFC 2449).
#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/message/part.hpp"
#include "protocols/pop3/server.hpp"

namespace mailscope::pop3 {

namespace {

/// Some header, of the message or of a part, is written in UTF-8 (RFC 6532). 8-bit bodies are MIME's matter, and MIME
/// clients read them (RFC 6856 §2.1).
bool needs_utf8(std::string_view content) {
  if (ascii::is_ascii(content)) return false;
  const auto defects = message::parse_structure(content).defects;
  return std::ranges::any_of(
      defects, [](const message::DefectAt& each) { return each.defect == message::Defect::EightBitHeader; });
}

}  // namespace

/// RFC 6856 §3.2: alone it lists the languages; the answer to a choice is in the language chosen.
void Server::on_lang(std::string_view arguments) {
  if (arguments.empty()) return reply_lines("language listing follows", language_listing());
  const auto chosen = language(arguments);
  if (!chosen) return reply(false, "no such language");
  language_ = *chosen;
  reply(true, std::string(tag(language_)) + " " + translated("language chosen", language_, config_.hostname));
}

/// RFC 6856 §2.1
void Server::on_utf8(std::string_view) {
  utf8_ = true;
  reply(true, "UTF-8 from now on");
}

/// False, and answered, where the message has headers in UTF-8 and the client has not said UTF8 (RFC 6856 §5).
bool Server::sends_whole(const Entry& entry) {
  if (utf8_ || !needs_utf8(entry.content->octets())) return true;
  reply(false, "[UTF8] the message needs UTF8");
  return false;
}

/// Rounded up: after so many the login is accepted.
std::int64_t Server::login_delay_seconds() const {
  return std::chrono::ceil<std::chrono::seconds>(config_.login_delay).count();
}

/// The UPDATE state (RFC 1939 §6). A message that IMAP has removed meanwhile is gone, which is as well.
void Server::update() {
  std::vector<mailstore::Uid> uids;
  for (Entry& entry : maildrop_) {
    const mailstore::Message* message = account_->inbox().find(entry.uid);
    if (!message) continue;
    const bool expired =
        config_.expire_days &&
        (*config_.expire_days == 0 ? entry.retrieved
                                   : now_ - message->save_date >= std::chrono::days(*config_.expire_days));
    entry.deleted = entry.deleted || expired;
    if (entry.deleted) uids.push_back(entry.uid);
  }
  account_->inbox().remove(uids);
}

}  // namespace mailscope::pop3
