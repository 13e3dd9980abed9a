// The IMAP server's commands that change the tree of mailboxes (RFC 3501 §6.3.3 to §6.3.7).
#include <array>

#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

namespace {

/// One argument, to the end of the command: SP mailbox.
std::optional<std::string> only_mailbox(Cursor& arguments) {
  auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  return arguments.at_end() ? name : std::nullopt;
}

/// "(USE (" [use-attr *(SP use-attr)] "))" (RFC 6154 §6). `known` is false when one of them is none that the store has.
struct WantedUses {
  mailstore::SpecialUses uses;
  bool known{true};
};

std::optional<WantedUses> read_uses(Cursor& arguments) {
  WantedUses wanted;
  if (!arguments.take('(') || !arguments.word("USE") || !arguments.space() || !arguments.take('(')) return std::nullopt;
  if (!arguments.next_is(')')) {
    do {
      const auto attribute = arguments.take('\\') ? arguments.atom() : std::nullopt;
      if (!attribute) return std::nullopt;
      const auto use = mailstore::special_use("\\" + *attribute);
      if (use) wanted.uses.insert(*use);
      wanted.known = wanted.known && use.has_value();
    } while (arguments.space());
  }
  if (!arguments.take(')') || !arguments.take(')')) return std::nullopt;
  return wanted;
}

constexpr std::string_view no_right_text = "[NOPERM] you have no right to do that";

}  // namespace

/// Why a name in the user's own tree stands for no mailbox.
mailstore::Outcome Server::nothing_there(const std::string& name) const {
  return account_->has_children(name) ? mailstore::Outcome::HasChildren : mailstore::Outcome::NonExistent;
}

/// NO with the response code of RFC 5530 §3, RFC 9051 §7.1 or RFC 6154 §3. Precondition: not Ok.
void Server::refuse(mailstore::Outcome outcome) {
  static constexpr std::array<std::string_view, 8> texts{"",
                                                         "[NONEXISTENT] no such mailbox",
                                                         "[ALREADYEXISTS] the mailbox exists already",
                                                         "[CANNOT] not possible with that name",
                                                         "[HASCHILDREN] only a level above other mailboxes",
                                                         "[LIMIT] the mail store has no room for it",
                                                         "[OVERQUOTA] it would exceed the quota",
                                                         "[USEATTR] another mailbox has that special use"};
  done(Status::No, texts.at(static_cast<std::size_t>(outcome)));
}

/// create = "CREATE" SP mailbox [SP create-params] (RFC 3501 §6.3.3, RFC 6154 §3). A delimiter at the end only declares
/// that there will be names below.
void Server::on_create(Cursor& arguments, bool) {
  auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name) return invalid();
  WantedUses wanted;
  if (arguments.space()) {
    const auto read = read_uses(arguments);
    if (!read) return invalid();
    wanted = *read;
  }
  if (!arguments.at_end()) return invalid();
  if (!wanted.known) return done(Status::No, "[USEATTR] no such special use here");
  if (name->ends_with(hierarchy_delimiter)) name->pop_back();
  const auto place = mailstore::locate(*account_, *name);
  if (!place) return refuse(mailstore::Outcome::Cannot);
  if (!may_create(*place->account, place->mailbox)) return done(Status::No, no_right_text);
  const auto [outcome, made] = place->account->create(place->mailbox, wanted.uses);
  if (outcome != mailstore::Outcome::Ok) return refuse(outcome);
  done(Status::Ok, "[MAILBOXID (" + made->id().text('F') + ")] CREATE completed");  // RFC 8474 §4.1
}

/// RFC 3501 §6.3.4
void Server::on_delete(Cursor& arguments, bool) {
  const auto name = only_mailbox(arguments);
  if (!name) return invalid();
  mailstore::Mailbox* mailbox = mailbox_named(*name);
  if (mailbox && !permits(*mailbox, "x")) return;
  const auto outcome = mailbox ? mailbox->account().remove(mailbox->name()) : nothing_there(*name);
  outcome == mailstore::Outcome::Ok ? completed() : refuse(outcome);
}

/// rename = "RENAME" SP mailbox SP mailbox (RFC 3501 §6.3.5)
void Server::on_rename(Cursor& arguments, bool) {
  const auto from = arguments.space() ? arguments.mailbox() : std::nullopt;
  auto to = from && arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!to || !arguments.at_end()) return invalid();
  if (to->ends_with(hierarchy_delimiter)) to->pop_back();
  const mailstore::Mailbox* old = mailbox_named(*from);
  if (old && !permits(*old, "x")) return;
  const auto place = mailstore::locate(*account_, *to);
  mailstore::Account& account = old ? old->account() : *account_;
  if (!old && nothing_there(*from) != mailstore::Outcome::HasChildren) return refuse(mailstore::Outcome::NonExistent);
  if (!place || place->account != &account) return refuse(mailstore::Outcome::Cannot);
  if (!may_create(account, place->mailbox)) return done(Status::No, no_right_text);
  const auto outcome = account.rename(now_, old ? old->name() : *from, place->mailbox);
  outcome == mailstore::Outcome::Ok ? completed() : refuse(outcome);
}

/// RFC 3501 §6.3.6
void Server::on_subscribe(Cursor& arguments, bool) {
  const auto name = only_mailbox(arguments);
  if (!name) return invalid();
  const auto outcome = account_->subscribe(*name);
  outcome == mailstore::Outcome::Ok ? completed() : refuse(outcome);
}

/// RFC 3501 §6.3.7
void Server::on_unsubscribe(Cursor& arguments, bool) {
  const auto name = only_mailbox(arguments);
  if (!name) return invalid();
  account_->unsubscribe(*name);
  completed();
}

}  // namespace mailscope::imap
