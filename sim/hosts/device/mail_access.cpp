#include "sim/hosts/device/mail_access.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/part.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {

MailAccess::MailAccess(HostId id, Surroundings& world, Sessions& sessions, const AccountSetting& account,
                       std::string prefix, Shared shared)
    : HostToolkit(id, world, sessions), account_(account), prefix_(std::move(prefix)), shared_(std::move(shared)) {
  if (!account_.incoming) return;
  const bool pop3 = account_.incoming->protocol == Incoming::Protocol::Pop3;
  ServerFinder::Wanted wanted{pop3 ? "pop3s" : "imaps", pop3 ? "pop3" : "imap",
                              std::string(domain_of(account_.address)), std::nullopt};
  if (account_.incoming->security_given) wanted.security = account_.incoming->security;
  server_.emplace(*account_.incoming, ServerFinder(id, world, sessions, shared_.names, std::move(wanted)));
}

Endpoint MailAccess::endpoint(const Server::Choice& choice) const {
  return choice.found_at ? *choice.found_at : Endpoint{*host_named(choice.setting.server), choice.setting.port};
}

std::optional<MessageSummary> MailAccess::find(const MessageChoice& choice) const {
  const Mailboxes all = shown();
  const auto mailbox = all.find(choice.mailbox);
  if (mailbox == all.end()) return std::nullopt;
  const auto& messages = mailbox->second;
  const auto found = std::find_if(messages.rbegin(), messages.rend(), [&](const MessageSummary& message) {
    return choice.subject.empty() || message.subject == choice.subject;
  });
  return found == messages.rend() ? std::nullopt : std::optional(*found);
}

bool MailAccess::is_marked(std::uint64_t message, std::string_view flag) const {
  for (const auto& [name, messages] : shown())
    if (const auto found = std::ranges::find(messages, message, &MessageSummary::id); found != messages.end())
      return std::ranges::find(found->flags, flag) != found->flags.end();
  return false;
}

void MailAccess::tell(Instant now, const std::string& mailbox, MailboxChanged::Kind kind,
                      const MessageSummary& message) {
  world_.trace.append(now, MailboxChanged{id_, prefix_ + mailbox, kind, message});
}

sasl::ClientPolicy MailAccess::authentication() {
  return {account_.mechanism, true, [this](std::size_t octets) { return shared_.nonces.octets(octets); }};
}

void MailAccess::unreachable(Instant now, Phase reason, const Server::Choice& failed, Server::Go go) {
  note(now, Severity::Failure, reason == Phase::Refused ? "notice/connection-refused" : "notice/connection-timed-out",
       {failed.setting.server, fmt::format("{}", failed.setting.port.number)});
  server_->use_next(now, failed, std::move(go));
}

void MailAccess::note_opened(Instant now, std::uint64_t message, const std::string& subject) {
  note(now, Severity::Success, "notice/opened", {subject});
  shared_.opened(now, *this, message);
}

std::size_t MailAccess::count_found(const SearchAction& action) const {
  const Mailboxes all = shown();
  const auto mailbox = all.find(action.mailbox);
  if (mailbox == all.end()) return 0;
  const std::string wanted = ascii::lower(action.text);
  const auto has_it = [&](const std::string& text) { return ascii::lower(text).find(wanted) != std::string::npos; };
  return static_cast<std::size_t>(std::ranges::count_if(mailbox->second, [&](const MessageSummary& message) {
    if (has_it(message.subject) || has_it(message.from)) return true;
    const auto whole = content(message.id);
    if (!whole) return false;
    const message::Part root = message::parse_structure(*whole).root;
    const message::Part* text = message::first_text(root);
    return text && has_it(message::shown_text(*whole, *text));
  }));
}

}  // namespace mailscope
