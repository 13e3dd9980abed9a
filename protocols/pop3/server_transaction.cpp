// What the POP3 server does with an open maildrop: the TRANSACTION and UPDATE states (RFC 1939 §5 to §7).
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/pop3/server.hpp"

namespace mailscope::pop3 {

namespace {

/// Header, the empty line, and the first lines of the body (RFC 1939 §7, TOP). Only CR LF ends a line.
std::string_view top(std::string_view content, std::uint64_t body_lines) {
  std::size_t at = content.starts_with("\r\n") ? 0 : content.find("\r\n\r\n");
  if (at == std::string_view::npos) return content;
  at += content.starts_with("\r\n") ? 2U : 4U;
  for (; body_lines > 0; --body_lines) {
    const std::size_t end = content.find("\r\n", at);
    if (end == std::string_view::npos) return content;
    at = end + 2;
  }
  return content.substr(0, at);
}

}  // namespace

/// The message with this number, unless it is marked as deleted; answers -ERR where there is none.
Server::Entry* Server::message(std::string_view number) {
  const auto value = ascii::number<std::uint32_t>(number);
  if (!value || *value == 0 || *value > maildrop_.size()) {
    reply(false, "no such message, the maildrop has " + std::to_string(maildrop_.size()));
    return nullptr;
  }
  Entry& entry = maildrop_[*value - 1];
  if (!entry.deleted) return &entry;
  reply(false, "message " + std::to_string(*value) + " is deleted");
  return nullptr;
}

std::pair<std::size_t, std::uint64_t> Server::count() const {
  std::pair<std::size_t, std::uint64_t> total;
  for (const Entry& entry : maildrop_) {
    if (entry.deleted) continue;
    ++total.first;
    total.second += octets(entry);
  }
  return total;
}

std::string Server::summary() const {
  const auto [messages, octets] = count();
  return std::to_string(messages) + (messages == 1 ? " message (" : " messages (") + std::to_string(octets) +
         " octets)";
}

std::string Server::scan_line(std::size_t index) const {
  return std::to_string(index + 1) + " " + std::to_string(octets(maildrop_[index]));
}

/// UIDVALIDITY and UID together are never used again in this maildrop (RFC 1939 §7, UIDL).
std::string Server::unique_id_line(std::size_t index) const {
  return std::to_string(index + 1) + " " + std::to_string(uid_validity_) + "." +
         std::to_string(maildrop_[index].uid.value);
}

/// LIST and UIDL: one message's line, or all of them.
void Server::list(std::string_view number, std::string (Server::*line)(std::size_t) const) {
  if (!number.empty()) {
    if (const Entry* entry = message(number))
      reply(true, (this->*line)(static_cast<std::size_t>(entry - maildrop_.data())));
    return;
  }
  std::string lines;
  for (std::size_t index = 0; index < maildrop_.size(); ++index)
    if (!maildrop_[index].deleted) lines += (this->*line)(index) + "\r\n";
  reply_lines(summary(), lines);
}

void Server::on_stat(std::string_view) {
  const auto [messages, octets] = count();
  reply(true, std::to_string(messages) + " " + std::to_string(octets));
}

void Server::on_list(std::string_view arguments) { list(arguments, &Server::scan_line); }

void Server::on_uidl(std::string_view arguments) { list(arguments, &Server::unique_id_line); }

void Server::on_retr(std::string_view arguments) {
  Entry* entry = message(arguments);
  if (!entry) return;
  entry->retrieved = true;
  const Shown sent = shown(*entry);
  reply_lines(std::to_string(octets(*entry)) + " octets", sent.octets());
}

void Server::on_top(std::string_view arguments) {
  const std::size_t space = arguments.find(' ');
  const auto lines = ascii::number<std::uint32_t>(arguments.substr(space + 1));
  if (!lines) return reply(false, "TOP wants a message number and a number of lines");
  const Entry* entry = message(arguments.substr(0, space));
  if (!entry) return;
  const Shown sent = shown(*entry);
  reply_lines("top of message follows", top(sent.octets(), *lines));
}

void Server::on_dele(std::string_view arguments) {
  Entry* entry = message(arguments);
  if (!entry) return;
  entry->deleted = true;
  reply(true, "message " + std::to_string(entry - maildrop_.data() + 1) + " deleted");
}

void Server::on_noop(std::string_view) { reply(true, "nothing done"); }

void Server::on_rset(std::string_view) {
  for (Entry& entry : maildrop_) entry.deleted = false;
  reply(true, "maildrop has " + summary());
}

/// RFC 2449 §6; every tag is announced in both states, USER too (§6.2).
void Server::on_capa(std::string_view) {
  std::string tags = "TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n";
  if (config_.utf8) tags += "UTF8\r\n";
  tags += "LANG\r\n";
  if (allows_plaintext()) tags += "USER\r\n";
  // Also after login, when no AUTH may follow (RFC 5034 §3).
  if (const auto available = mechanisms(); !available.empty()) tags += "SASL" + sasl::names(available) + "\r\n";
  const bool before_login = account_ == nullptr;
  if (before_login && !channel_ && config_.stls != StartTlsOffer::None) tags += "STLS\r\n";  // RFC 2595 §4
  if (config_.login_delay > Duration{}) tags += "LOGIN-DELAY " + std::to_string(login_delay_seconds()) + "\r\n";
  tags += "EXPIRE " + (config_.expire_days ? std::to_string(*config_.expire_days) : "NEVER") + "\r\n";
  reply_lines("capability list follows", tags + "IMPLEMENTATION Mailscope\r\n");
}

/// The UPDATE state, when it was reached: only here are messages removed (RFC 1939 §6).
void Server::on_quit(std::string_view) {
  if (account_) update();
  const std::string left = account_ ? ", " + std::to_string(count().first) + " left" : "";
  reply(true, config_.hostname + " POP3 server signing off" + left);
  end();
}

}  // namespace mailscope::pop3
