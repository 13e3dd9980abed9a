// What the IMAP client asks once: capabilities, ENABLE, ID, NAMESPACE, NOTIFY; and at the beginning of each round:
// LIST.
#include <algorithm>
#include <array>
#include <utility>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/client/client_machine.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

/// What IMAP4rev2 has without naming it (RFC 9051 Appendix E).
constexpr std::array<std::string_view, 12> part_of_rev2{"ENABLE",   "IDLE",    "LIST-EXTENDED", "LIST-STATUS",
                                                        "LITERAL-", "MOVE",    "NAMESPACE",     "SASL-IR",
                                                        "ESEARCH",  "UIDPLUS", "UNSELECT",      "SPECIAL-USE"};

}  // namespace

bool Client::has(std::string_view capability) const {
  if (capabilities_.contains(std::string(capability))) return true;
  return capabilities_.contains("IMAP4REV2") && std::ranges::find(part_of_rev2, capability) != part_of_rev2.end();
}

/// Strings and names are UTF-8 once that was enabled (RFC 6855 §3), and where IMAP4rev1 is not spoken (RFC 9051 §5.1).
bool Client::speaks_utf8() const { return utf8_ || !capabilities_.contains("IMAP4REV1"); }

std::string Client::wire_name(std::string_view mailbox) const {
  const std::string name = names_.at_server(mailbox);
  return speaks_utf8() ? utf8_astring(name) : astring(encode_name(name));
}

/// RFC 2342 §5: the personal namespace is where a client names and creates mailboxes.
void Client::told_namespace(std::string_view rest) {
  const auto personal = read_personal_namespace(rest, speaks_utf8());
  personal ? names_.in(*personal) : tell_unreadable(rest);
}

/// What is switched on at once: who makes use of QRESYNC says so first (RFC 7162 §3.2.3), CONDSTORE is enabled in the
/// same way (§3.1), and so is UTF-8 (RFC 6855 §3).
std::vector<std::string> Client::wanted_extensions() const {
  std::vector<std::string> wanted;
  if (!has("ENABLE")) return wanted;
  if (has("QRESYNC") || has("CONDSTORE")) wanted.emplace_back(has("QRESYNC") ? "QRESYNC" : "CONDSTORE");
  if (has("UTF8=ACCEPT") || has("UTF8=ONLY")) wanted.emplace_back("UTF8=ACCEPT");
  return wanted;
}

void Client::remember_capabilities(std::string_view words) {
  capabilities_ = capabilities(words);
  capabilities_told_ = true;
}

/// The next command towards a login.
void Client::proceed() {
  if (capabilities_.empty() && !std::exchange(capabilities_asked_, true))
    return send("CAPABILITY", {}, &Client::told_capabilities);
  if (begins_tls()) return;
  log_in();
}

void Client::told_capabilities(const Response& response, std::string_view line) {
  if (response.name != "OK") return log_out(line);
  proceed();
}

/// What is refused here is done without.
void Client::set_up_done(const Response&, std::string_view) { set_up(); }

/// Both directions are compressed from behind this line on (RFC 4978 §3).
void Client::compress_answered(const Response& response, std::string_view) {
  if (response.name == "OK") out_.emplace_back(StartCompression{});
  set_up();
}

/// The next thing that is asked once in a session.
void Client::set_up() {
  if (!capabilities_told_ && !std::exchange(capabilities_asked_, true))  // PREAUTH without capabilities
    return send("CAPABILITY", {}, &Client::set_up_done);
  switch (set_up_step_++) {
    case 0:
      if (config_.compress && has("COMPRESS=DEFLATE")) return send("COMPRESS", {"DEFLATE"}, &Client::compress_answered);
      return set_up();
    case 1:
      if (const auto wanted = wanted_extensions(); !wanted.empty()) return send("ENABLE", wanted, &Client::set_up_done);
      return set_up();
    case 2:
      if (has("ID")) return send("ID", {R"(("name" "Mailscope"))"}, &Client::set_up_done);  // RFC 2971 §3.1
      return set_up();
    case 3:
      if (has("NAMESPACE")) return send("NAMESPACE", {}, &Client::set_up_done);  // RFC 2342 §5
      return set_up();
    case 4:
      if (config_.stay && has("NOTIFY")) return ask_for_notices();
      return set_up();
    default:
      condstore_ = condstore_ || has("CONDSTORE");  // without ENABLE, SELECT asks for it
      return begin_round();
  }
}

/// From now on the server tells of all mailboxes, during IDLE as at any other time (RFC 5465 §4): told_elsewhere()
/// hears it. It comes before LIST, so that nothing happens between the two unheard. Expunges may come only where
/// numbers are not in use (SELECTED-DELAYED, §6.1.2).
void Client::ask_for_notices() {
  const std::string events =
      std::string("MessageNew MessageExpunge FlagChange") + (keeps_notes() ? " AnnotationChange" : "");
  send("NOTIFY",
       {"SET", "(selected-delayed (" + events + "))", "(personal (" + events + " MailboxName SubscriptionChange))"},
       &Client::set_up_done);
}

/// LIST with what the server can tell along with it: special uses (RFC 6154 §2), subscriptions (RFC 5258 §3.2), and
/// where each mailbox stands (RFC 5819, RFC 7162 §3.1.7), so that those without news need not be opened.
void Client::begin_round() {
  round_open_ = true;
  list_has_holes_ = false;
  refused_.clear();
  deferred_.clear();
  unfetchable_.clear();
  listed_.clear();
  statuses_.clear();
  std::vector<std::string> arguments{"\"\"", "\"*\""};
  if (has("LIST-EXTENDED")) {
    std::string options = "(SUBSCRIBED";
    if (has("SPECIAL-USE")) options += " SPECIAL-USE";
    if (has("LIST-STATUS") && condstore_) options += " STATUS (MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)";
    arguments.insert(arguments.end(), {"RETURN", options + ")"});
  }
  send("LIST", arguments, &Client::listed);
}

void Client::listed(const Response& response, std::string_view line) {
  if (response.name == "OK") {
    take_mailboxes();
    list_came_ = true;
  } else if (error_.empty()) {
    error_ = line;
  }
  to_synchronise_.insert(std::string(mailstore::inbox_name));
  std::erase_if(to_synchronise_, [this](const std::string& mailbox) {
    return is_unchanged(mailbox) && !(config_.stay && mailbox == mailstore::inbox_name);
  });
  work();
}

/// The replica follows the list: those that are gone go, and those that people look at are synchronised: what is
/// subscribed to, and what has a use; everything where nothing is subscribed to. A view of other mailboxes is none.
void Client::take_mailboxes() {
  std::erase_if(listed_, [](const ListedMailbox& each) { return !each.selectable || each.is_view; });
  std::set<std::string> names{std::string(mailstore::inbox_name)};
  names_.forget();
  for (ListedMailbox& each : listed_) names.insert(each.name = names_.learn(each.name, each.delimiter));
  std::vector<std::string> gone;
  for (const auto& [name, mailbox] : replica_.mailboxes())
    if (!names.contains(name) && !list_has_holes_) gone.push_back(name);
  for (const std::string& name : gone) drop(replica_.forget(name));
  followed_ = {std::string(mailstore::inbox_name)};
  const bool all = std::ranges::none_of(listed_, &ListedMailbox::subscribed);
  for (const ListedMailbox& each : listed_) {
    if (replica_.mailboxes().size() >= Replica::mailboxes_max && !replica_.mailboxes().contains(each.name)) continue;
    CachedMailbox& mailbox = replica_.mailbox(each.name);
    if (has("SPECIAL-USE") || !each.uses.empty()) mailbox.uses = each.uses;
    if (all || each.subscribed || !each.uses.empty()) followed_.insert(each.name);
  }
  to_synchronise_.insert(followed_.begin(), followed_.end());
  replica_.touch();
}

/// Its STATUS is what the replica has. A notice need not tell UIDVALIDITY (RFC 5465 §5.1).
bool Client::is_unchanged(const std::string& name) const {
  const auto found = statuses_.find(name);
  const auto known = replica_.mailboxes().find(name);
  if (found == statuses_.end() || known == replica_.mailboxes().end()) return false;
  const MailboxStatus& status = found->second;
  const CachedMailbox& mailbox = known->second;
  return mailbox.modseq != 0 && mailbox.to_restore.empty() && status.modseq == mailbox.modseq &&
         status.uid_validity.value_or(mailbox.uid_validity) == mailbox.uid_validity &&
         status.uid_next == mailbox.uid_next && status.messages == mailbox.messages.size();
}

}  // namespace mailscope::imap
