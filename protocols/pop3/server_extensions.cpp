// What the POP3 server does beyond RFC 1939: languages and UTF-8 (RFC 6856), login delay and expiry (RFC 2449).
#include <vector>

#include "protocols/message/part.hpp"
#include "protocols/message/surrogate.hpp"
#include "protocols/message/transport.hpp"
#include "protocols/pop3/server.hpp"

namespace mailscope::pop3 {

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
  if (!config_.utf8) return reply(false, "UTF8 is not offered");
  utf8_ = true;
  reply(true, "UTF-8 from now on");
}

/// The message as this client can take it: lines that end in CR LF (RFC 1939 §3), and, before it has said UTF8, headers
/// in US-ASCII, as a surrogate (RFC 6856 §2.1). 8-bit bodies are MIME's matter, and MIME clients read them.
Server::Shown Server::shown(const Entry& entry) const {
  const std::string& octets = entry.content->octets();
  const mailstore::OctetTraits& traits = entry.content->traits();
  Shown shown{octets, {}};
  if (traits.nul || !traits.whole_lines) shown.made = message::in_lines(octets);
  if (traits.eight_bit && !utf8_) {
    const std::string_view from = shown.octets();
    const message::Structure structure = message::parse_structure(from);
    if (message::needs_surrogate(structure)) shown.made = message::surrogate(from, structure);
  }
  return shown;
}

/// As RETR sends it, stuffing not counted (RFC 1939 §11).
std::uint64_t Server::octets(const Entry& entry) const {
  if (!entry.octets) {
    const Shown sent = shown(entry);
    const bool ended = sent.octets().empty() || sent.octets().ends_with("\r\n");
    entry.octets = sent.octets().size() + (ended ? 0U : 2U);
  }
  return *entry.octets;
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
