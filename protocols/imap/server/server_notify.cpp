// NOTIFY at the IMAP server, and what it tells of mailboxes that are not selected (RFC 5465; RFC 5464 §4.4.2).
#include <algorithm>
#include <utility>

#include "protocols/imap/data/notify_request.hpp"
#include "protocols/imap/data/watched_store.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

namespace {

using Names = std::set<std::string, std::less<>>;

/// Those that any group asks for of the mailbox of that name.
NotifyEvents events_on(const NotifyRequest& request, std::string_view name, bool own, const Names& subscriptions) {
  NotifyEvents events;
  for (const NotifyGroup& group : request.groups)
    if (group.filter.chooses(name, own, subscriptions)) events |= group.events;
  return events;
}

bool wants(const NotifyRequest& request, NotifyEvent event) {
  return std::ranges::any_of(request.groups,
                             [event](const NotifyGroup& group) { return group.events.contains(event); });
}

std::string event_list() {
  std::string list;
  for (const std::string_view name : notify_event_names) list.append(list.empty() ? "" : " ").append(name);
  return "(" + list + ")";
}

/// What STATUS tells of it at the beginning (§3.1).
std::vector<std::string> first_status(NotifyEvents events) {
  if (!events.contains(NotifyEvent::MessageNew)) return {};
  if (!events.contains(NotifyEvent::FlagChange) && !events.contains(NotifyEvent::AnnotationChange))
    return {"MESSAGES", "UIDNEXT", "UIDVALIDITY"};
  return {"MESSAGES", "UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ"};
}

/// Have messages that were there before other flags, or annotations?
bool is_changed(const WatchedMailbox& before, const WatchedMailbox& now, mailstore::ModSeq mailstore::Message::*what) {
  return std::ranges::any_of(now.mailbox->changed_since(before.modseq), [&](mailstore::Uid uid) {
    return uid < before.uid_next && now.mailbox->find(uid)->*what > before.modseq;
  });
}

/// What STATUS tells of it after a change (§5.1 to §5.3).
std::vector<std::string> later_status(const WatchedMailbox& before, const WatchedMailbox& now, bool condstore) {
  std::vector<std::string> items;
  const bool counts = now.events.contains(NotifyEvent::MessageNew) &&
                      (before.uid_next != now.uid_next || before.messages != now.messages);
  const bool watches_flags = now.events.contains(NotifyEvent::FlagChange);
  const bool renewed = before.uid_validity != now.uid_validity;
  const bool seen = watches_flags && before.unseen != now.unseen;
  const bool watches_annotations = now.events.contains(NotifyEvent::AnnotationChange);
  const bool changed =
      condstore && ((watches_flags && is_changed(before, now, &mailstore::Message::flags_changed)) ||
                    (watches_annotations && is_changed(before, now, &mailstore::Message::annotations_changed)));
  if (counts) items = {"UIDNEXT", "MESSAGES"};
  if (condstore && (counts || changed)) items.emplace_back("HIGHESTMODSEQ");
  if (seen) items.emplace_back("UNSEEN");
  if (changed || seen || ((watches_flags || watches_annotations) && renewed)) items.emplace_back("UIDVALIDITY");
  return items;
}

std::string_view parent_of(std::string_view name) {
  const std::size_t at = name.rfind(hierarchy_delimiter);
  return at == std::string_view::npos ? std::string_view() : name.substr(0, at);
}

/// The name that the mailbox called `name` had before, where it was another; else nothing.
std::string_view old_name_of(const WatchedStore& before, const WatchedStore& now, std::string_view name) {
  const auto found = now.mailboxes.find(name);
  if (found == now.mailboxes.end()) return {};
  const auto old = before.names.find(found->second.mailbox.get());
  return old == before.names.end() || old->second == name ? std::string_view() : std::string_view(old->second);
}

/// Was it renamed only with a mailbox above it? Then nothing is told of it (§5.4).
bool follows_a_parent(const WatchedStore& before, const WatchedStore& now, std::string_view old_name,
                      std::string_view name) {
  for (;;) {
    const std::string_view old_parent = parent_of(old_name), parent = parent_of(name);
    if (old_parent.empty() || parent.empty()) return false;
    if (old_name.substr(old_parent.size()) != name.substr(parent.size())) return false;
    if (old_name_of(before, now, parent) == old_parent) return true;
    old_name = old_parent;
    name = parent;
  }
}

}  // namespace

/// notify = "NOTIFY" SP (notify-set / notify-none)
void Server::on_notify(Cursor& arguments, bool) {
  auto request = read_notify(arguments);
  if (!request) return invalid();
  if (request->unsupported) return done(Status::No, "[BADEVENT " + event_list() + "] no such events here");
  if (request->too_many) return done(Status::No, "[NOTIFICATIONOVERFLOW] too many groups of mailboxes");
  notify_ = std::make_unique<NotifyRequest>(std::move(*request));
  watched_.reset();  // what it asked for before
  watch_from_now();
  if (watched_) tell_watched();
  acting_ = false;                                        // what comes was not this client's doing
  if (notify_->set) tell_news({true, true, true, true});  // "implies an implicit NOOP" (§3.1)
  completed();
}

/// Where the watched mailboxes stand at the beginning, if that was asked for, and which of them may not be read (§3.1).
void Server::tell_watched() {
  for (const auto& [name, watched] : watched_->mailboxes) {
    if (!watched.events.empty() && !watched.readable) {
      tell_name(name, "", true);
    } else if (const auto items = first_status(watched.events);
               notify_->status && !items.empty() && !(view_ && &view_->mailbox() == watched.mailbox.get())) {
      tell_status(*watched.mailbox, items);
    }
  }
}

/// Grows with every change that this session could be told of.
std::uint64_t Server::modification() const {
  std::uint64_t sum = 0;
  for (const mailstore::Account* account : accounts()) sum += account->modification() + 1;
  return sum;
}

WatchedStore Server::look_around() const {
  static const NotifyRequest nothing{};
  const NotifyRequest& request = notify_ ? *notify_ : nothing;
  WatchedStore store;
  store.modification = modification();
  store.subscriptions = account_->subscriptions();
  for (const mailstore::Account* account : accounts()) store.change_counts[account] = account->change_count();
  for (const auto& [name, mailbox] : listable()) {
    const bool own = &mailbox->account() == account_;
    store.names.emplace(mailbox, name);
    store.mailboxes[name] = {
        mailbox->shared_from_this(), may(*mailbox, "r"),       events_on(request, name, own, store.subscriptions),
        mailbox->uid_validity(),     mailbox->uid_next(),      mailbox->messages().size(),
        mailbox->unseen(),           mailbox->highest_modseq()};
  }
  return store;
}

/// What has happened so far is known. Nothing is watched where nothing was asked for.
void Server::watch_from_now() {
  const bool asked = account_ && (enabled_.metadata || (notify_ && !notify_->groups.empty()));
  if (!asked) {
    watched_.reset();
  } else if (!watched_ || watched_->modification != modification()) {
    watched_ = std::make_unique<WatchedStore>(look_around());
  }
}

/// Tells what others have done outside the selected mailbox since the session looked last.
void Server::tell_elsewhere() {
  if (!watched_ || watched_->modification == modification()) return;
  const WatchedStore before = std::exchange(*watched_, look_around());
  tell_names(before, *watched_);
  tell_subscriptions(before, *watched_);
  const bool complete = tell_annotations(before, *watched_);
  tell_counts(before, *watched_);
  if (complete) return;
  untagged("OK", "OK [NOTIFICATIONOVERFLOW] too much has happened to tell it all");  // §5.8
  notify_ = std::make_unique<NotifyRequest>();
  watch_from_now();
}

/// MailboxName, and access that came or went (§5.4, §5.9).
void Server::tell_names(const WatchedStore& before, const WatchedStore& now) {
  if (!notify_) return;
  std::map<std::string, bool> affected;  // and whether it exists but may not be read
  const auto add = [&](const std::string& name, const WatchedMailbox& watched, bool no_access) {
    if (!watched.events.contains(NotifyEvent::MailboxName)) return;
    affected[name] = no_access;
    const bool own = &watched.mailbox->account() == account_;
    const std::string parent(parent_of(name));
    if (events_on(*notify_, parent, own, now.subscriptions).contains(NotifyEvent::MailboxName) && !parent.empty())
      affected.try_emplace(parent, false);
  };
  for (const auto& [name, watched] : before.mailboxes)
    if (!now.names.contains(watched.mailbox.get())) add(name, watched, !watched.mailbox->is_deleted());
  for (const auto& [name, watched] : now.mailboxes) {
    const std::string old_name(old_name_of(before, now, name));
    if (!old_name.empty()) {
      const bool told = watched.events.contains(NotifyEvent::MailboxName) ||
                        before.mailboxes.find(old_name)->second.events.contains(NotifyEvent::MailboxName);
      if (told && !follows_a_parent(before, now, old_name, name)) tell_name(name, old_name, !watched.readable);
    } else if (const auto old = before.names.find(watched.mailbox.get()); old == before.names.end()) {
      add(name, watched, !watched.readable);
    } else if (before.mailboxes.find(name)->second.readable != watched.readable && !watched.events.empty()) {
      affected[name] = !watched.readable;
    }
  }
  for (const auto& [name, no_access] : affected) tell_name(name, "", no_access);
}

/// SubscriptionChange (§5.5)
void Server::tell_subscriptions(const WatchedStore& before, const WatchedStore& now) {
  if (!notify_) return;
  std::vector<std::string> changed;
  std::ranges::set_symmetric_difference(before.subscriptions, now.subscriptions, std::back_inserter(changed));
  for (const std::string& name : changed) {
    const auto place = mailstore::locate(*account_, name);
    const bool own = place && place->account == account_;
    NotifyEvents events = events_on(*notify_, name, own, before.subscriptions);
    events |= events_on(*notify_, name, own, now.subscriptions);
    if (events.contains(NotifyEvent::SubscriptionChange)) tell_name(name, "", false);
  }
}

/// MailboxMetadataChange and ServerMetadataChange (§5.6, §5.7), or what ENABLE METADATA asks for: names, no values
/// (RFC 5464 §4.4.2). False where the store does not remember all.
bool Server::tell_annotations(const WatchedStore& before, const WatchedStore& now) {
  const bool of_server = enabled_.metadata || (notify_ && wants(*notify_, NotifyEvent::ServerMetadataChange));
  const bool of_mailboxes = enabled_.metadata || (notify_ && wants(*notify_, NotifyEvent::MailboxMetadataChange));
  if (!of_server && !of_mailboxes) return true;
  std::map<std::string, Names> entries;  // by mailbox
  for (const auto& [account, count] : before.change_counts) {
    if (!now.change_counts.contains(account)) continue;
    const auto changes = account->changes_since(count);
    if (!changes) return false;
    for (const mailstore::Change& change : *changes) {
      const bool theirs = change.entry.starts_with("/private/") && change.user != account_->user();
      if (change.kind != mailstore::Change::Kind::Metadata || theirs) continue;
      const bool server = change.mailbox.empty();
      if (server && account == account_ && of_server) entries[""].insert(change.entry);
      if (server || !of_mailboxes) continue;
      const std::string name = mailstore::Store::name_for(*account_, *account, change.mailbox);
      const auto watched = now.mailboxes.find(name);
      if (watched == now.mailboxes.end() || !watched->second.readable) continue;
      if (enabled_.metadata || watched->second.events.contains(NotifyEvent::MailboxMetadataChange))
        entries[name].insert(change.entry);
    }
  }
  for (const auto& [name, changed] : entries) {
    std::string list;
    for (const std::string& entry : changed) list += " " + astring(entry);
    untagged("METADATA", "METADATA " + (name.empty() ? "\"\"" : wire_name(name)) + list);
  }
  return true;
}

/// MessageNew, MessageExpunge and FlagChange, where the mailbox is not the selected one (§5.1 to §5.3).
void Server::tell_counts(const WatchedStore& before, const WatchedStore& now) {
  for (const auto& [name, watched] : now.mailboxes) {
    if (!watched.readable || (view_ && &view_->mailbox() == watched.mailbox.get())) continue;
    WatchedMailbox unknown;  // one that has only just come counts as empty until now
    unknown.uid_validity = watched.uid_validity;
    const auto known = before.names.find(watched.mailbox.get());
    const auto same_name = before.mailboxes.find(name);
    const WatchedMailbox& old = known != before.names.end()           ? before.mailboxes.find(known->second)->second
                                : same_name != before.mailboxes.end() ? same_name->second
                                                                      : unknown;
    const auto items = later_status(old, watched, enabled_.condstore);
    if (!items.empty()) tell_status(*watched.mailbox, items);
  }
}

}  // namespace mailscope::imap
