// LIST and LSUB at the IMAP server (RFC 3501 §6.3.8, §6.3.9; RFC 5258, RFC 3348, RFC 6154, RFC 5819).
#include <algorithm>
#include <map>

#include "protocols/imap/data/list_request.hpp"
#include "protocols/imap/data/metadata_request.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

namespace {

/// A name that LIST may tell: a mailbox, a level above one, or what is subscribed to.
struct Candidate {
  const mailstore::Mailbox* mailbox{};
  bool subscribed{}, has_children{}, matches{}, chosen{};
  bool child_chosen{};  ///< some name below it is
  bool child_missed{};  ///< one of those matches no pattern, so that only this name can tell of it
  bool no_access{};     ///< it may not be read (RFC 5465 §3.1)
};
using Candidates = std::map<std::string, Candidate, std::less<>>;

/// A mailbox that the user may know of, by the name that it has for the user.
using Visible = std::vector<std::pair<std::string, const mailstore::Mailbox*>>;

/// Every name with all levels above it.
Candidates all_names(const mailstore::Account& account, const Visible& visible) {
  Candidates all;
  const auto levels_above = [&all](std::string_view name, bool exists) {
    for (std::size_t at = name.rfind(hierarchy_delimiter); at != std::string_view::npos;
         at = name.rfind(hierarchy_delimiter, at - 1)) {
      Candidate& above = all[std::string(name.substr(0, at))];
      above.has_children = above.has_children || exists;
    }
  };
  for (const auto& [name, mailbox] : visible) {
    all[name].mailbox = mailbox;
    levels_above(name, true);
  }
  for (const std::string& name : account.subscriptions()) {
    all[name].subscribed = true;
    levels_above(name, false);
  }
  return all;
}

bool is_chosen(const Candidate& candidate, const ListRequest& request) {
  if (request.subscribed_only && !candidate.subscribed) return false;
  if (request.special_use_only && (!candidate.mailbox || candidate.mailbox->special_uses().empty())) return false;
  return request.subscribed_only || candidate.mailbox || candidate.has_children;
}

Candidates candidates(const mailstore::Account& account, const Visible& visible, const ListRequest& request) {
  Candidates all = all_names(account, visible);
  const std::vector<NamePattern> patterns(request.patterns.begin(), request.patterns.end());
  for (auto& [name, candidate] : all) {
    candidate.matches = std::ranges::any_of(patterns, [&](const NamePattern& one) { return one.matches(name); });
    candidate.chosen = is_chosen(candidate, request);
  }
  if (!request.recursive) return all;
  for (const auto& [name, candidate] : all) {
    if (!candidate.chosen) continue;
    for (std::size_t at = name.rfind(hierarchy_delimiter); at != std::string::npos;
         at = name.rfind(hierarchy_delimiter, at - 1)) {
      Candidate& above = all.find(std::string_view(name).substr(0, at))->second;
      above.child_chosen = true;
      above.child_missed = above.child_missed || !candidate.matches;
    }
  }
  return all;
}

/// Basic LIST tells what costs nothing to know (RFC 3348, RFC 6154 §2); extended LIST what was asked for.
std::string attributes(const Candidate& candidate, const ListRequest& request, bool rev2) {
  std::string text;
  const auto add = [&text](std::string_view attribute) { text.append(text.empty() ? "" : " ").append(attribute); };
  if (!candidate.mailbox) add(request.extended || rev2 ? "\\NonExistent" : "\\Noselect");
  if (candidate.no_access) add("\\NoAccess");
  if (!request.extended || request.tell_children) add(candidate.has_children ? "\\HasChildren" : "\\HasNoChildren");
  if (candidate.subscribed && (request.subscribed_only || request.tell_subscribed)) add("\\Subscribed");
  if (candidate.mailbox && (!request.extended || request.special_use_only || request.tell_special_use))
    for (const mailstore::SpecialUse use : candidate.mailbox->special_uses()) add(mailstore::name_of(use));
  return "(" + text + ")";
}

const std::string delimiter_part = std::string(" \"") + hierarchy_delimiter + "\" ";

}  // namespace

/// A mailbox's name as this session writes it (RFC 3501 §5.1.3, RFC 9051 §5.1).
std::string Server::wire_name(std::string_view name) const {
  return enabled_.speaks_utf8() ? utf8_astring(name) : astring(encode_name(name));
}

/// oldname-extended-item (RFC 5465 §8); nothing for an empty name.
std::string Server::old_name_item(const std::string& old_name) const {
  return old_name.empty() ? "" : " (\"OLDNAME\" (" + wire_name(old_name) + "))";
}

/// Those whose mailboxes the user might know of: one's own first (RFC 2342).
std::vector<const mailstore::Account*> Server::accounts() const {
  std::vector<const mailstore::Account*> all{account_};
  mailstore::Store* store = account_->store();
  if (!store) return all;
  for (const auto& [user, account] : store->accounts())
    if (account.get() != account_) all.push_back(account.get());
  all.push_back(&store->shared());
  return all;
}

/// All mailboxes that LIST may tell: those with the right "l" (RFC 4314 §4).
Server::NamedMailboxes Server::listable() const {
  Visible visible;
  const auto add = [&](const mailstore::Account& account) {
    for (const auto& [name, mailbox] : account.mailboxes())
      if (may(*mailbox, "l")) visible.emplace_back(name_of(*mailbox), mailbox.get());
  };
  for (const mailstore::Account* account : accounts()) add(*account);
  return visible;
}

/// The LIST response of one mailbox; with the name that the client gave, where that is another (RFC 9051 §6.3.9.7).
void Server::tell_list(const mailstore::Mailbox& mailbox, const std::string& asked) {
  Candidate candidate;
  candidate.mailbox = &mailbox;
  candidate.has_children = mailbox.account().has_children(mailbox.name());
  const std::string name = name_of(mailbox);
  untagged("LIST", "LIST " + attributes(candidate, {}, enabled_.rev2) + delimiter_part + wire_name(name) +
                       old_name_item(asked == name ? "" : asked));
}

/// The LIST response of a name of which something has changed; `old_name` is empty where it was not renamed (RFC 5465
/// §5.4, §5.5).
void Server::tell_name(const std::string& name, const std::string& old_name, bool no_access) {
  ListRequest request;
  request.extended = request.tell_subscribed = request.tell_children = request.tell_special_use = true;
  Candidate candidate = all_names(*account_, listable())[name];
  candidate.no_access = no_access;
  untagged("LIST", "LIST " + attributes(candidate, request, enabled_.rev2) + delimiter_part + wire_name(name) +
                       old_name_item(old_name));
}

void Server::on_list(Cursor& arguments, bool) {
  const auto request = read_list(arguments);
  if (!request) return invalid();
  if (request->too_long) return done(Status::No, "[LIMIT] pattern too long");
  if (request->asks_root) {
    untagged("LIST", "LIST (\\Noselect)" + delimiter_part + "\"\"");
    return completed();
  }
  note_status_items(request->status);
  for (const auto& [name, candidate] : candidates(*account_, listable(), *request)) {
    if (!candidate.matches || (!candidate.chosen && !candidate.child_missed)) continue;
    untagged("LIST", "LIST " + attributes(candidate, *request, enabled_.rev2) + delimiter_part + wire_name(name) +
                         (candidate.child_chosen ? R"( ("CHILDINFO" ("SUBSCRIBED")))" : ""));
    if (!candidate.mailbox || !candidate.chosen) continue;
    if (request->tell_rights) tell_rights(*candidate.mailbox, name);
    if (!request->metadata.empty()) tell_metadata(candidate.mailbox, {{}, {}, {}, request->metadata});
    if (!request->status.empty() && may(*candidate.mailbox, "r")) tell_status(*candidate.mailbox, request->status);
  }
  completed();
}

/// lsub = "LSUB" SP mailbox SP list-mailbox. A level that only stands above subscribed names is told where those do not
/// match (RFC 3501 §6.3.9): what RECURSIVEMATCH is for.
void Server::on_lsub(Cursor& arguments, bool) {
  auto request = read_list(arguments);
  if (!request || request->extended) return invalid();
  if (request->too_long) return done(Status::No, "[LIMIT] pattern too long");
  request->subscribed_only = request->recursive = true;
  for (const auto& [name, candidate] : candidates(*account_, listable(), *request))
    if (candidate.matches && (candidate.chosen || candidate.child_missed))
      untagged("LSUB",
               std::string("LSUB (") + (candidate.chosen ? "" : "\\Noselect") + ")" + delimiter_part + wire_name(name));
  completed();
}

}  // namespace mailscope::imap
