// The IMAP server's commands about the session itself: what it can do, who speaks, waiting for news.
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/imap/data/notify_request.hpp"
#include "protocols/imap/data/watched_store.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/server/server_machine.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/imap/syntax/names.hpp"
#include "protocols/mailstore/store.hpp"

namespace mailscope::imap {

namespace {

/// What works whole. It is told in full before anybody has logged in: programs look there for IDLE and others.
constexpr std::string_view extensions =
    " LITERAL+ ID ENABLE IDLE NAMESPACE CHILDREN UNSELECT UIDPLUS MOVE MULTIAPPEND CATENATE URL-PARTIAL "
    "LIST-EXTENDED LIST-STATUS "
    "SPECIAL-USE CREATE-SPECIAL-USE STATUS=SIZE NOTIFY CONDSTORE QRESYNC ESEARCH SEARCHRES WITHIN PARTIAL BINARY "
    "PREVIEW "
    "SAVEDATE OBJECTID REPLACE UNAUTHENTICATE "
    "SORT SORT=DISPLAY ESORT CONTEXT=SEARCH CONTEXT=SORT THREAD=ORDEREDSUBJECT THREAD=REFERENCES I18NLEVEL=1 QUOTA "
    "QUOTA=RES-STORAGE "
    "QUOTA=RES-MESSAGE QUOTA=RES-MAILBOX QUOTA=RES-ANNOTATION-STORAGE ACL RIGHTS=kxten LIST-MYRIGHTS METADATA "
    "LIST-METADATA MULTISEARCH SEARCH=FUZZY "
    "ANNOTATE-EXPERIMENT-1 UIDONLY INPROGRESS";

/// Bounds of the list of ID (RFC 2971 §3.3).
constexpr int id_fields_max = 30;
constexpr std::size_t id_field_octets_max = 30, id_value_octets_max = 1024;

/// id_params_list = "(" #(string SP nstring) ")" / nil
bool read_id(Cursor& arguments) {
  if (arguments.word("NIL")) return true;
  if (!arguments.take('(')) return false;
  if (arguments.take(')')) return true;
  int fields = 0;
  do {
    const auto field = arguments.string();
    if (!field || ++fields > id_fields_max || field->size() > id_field_octets_max || !arguments.space()) return false;
    if (arguments.word("NIL")) continue;
    const auto value = arguments.string();
    if (!value || value->size() > id_value_octets_max) return false;
  } while (arguments.space());
  return arguments.take(')');
}

}  // namespace

std::string Server::capabilities(bool logged_in) const {
  std::string list = "IMAP4rev1 IMAP4rev2";
  if (!logged_in) {  // how to authenticate is told only before it has been done
    const auto available =
        sasl::offered(config_.authentication, channel_ ? &*channel_ : nullptr, config_.plaintext_login);
    list.append(" SASL-IR").append(tls_capabilities()).append(sasl::names(available, " AUTH="));
  }
  list.append(extensions).append(config_.utf8 ? " UTF8=ACCEPT" : "");
  list.append(" APPENDLIMIT=").append(std::to_string(append_octets_max)).append(url_capabilities());
  return config_.compression && !compressing_ ? list + " COMPRESS=DEFLATE" : list;
}

/// RFC 3501 §6.1.1
void Server::on_capability(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  untagged("CAPABILITY", "CAPABILITY " + capabilities(state_ != server_state::not_authenticated));
  completed();
}

/// id = "ID" SP id_params_list (RFC 2971 §3.1)
void Server::on_id(Cursor& arguments, bool) {
  if (!arguments.space() || !read_id(arguments) || !arguments.at_end()) return invalid();
  untagged("ID", "ID (\"name\" \"Mailscope\")");
  completed();
}

/// enable = "ENABLE" 1*(SP capability): those that are not known are left out (RFC 5161 §3.1).
void Server::on_enable(Cursor& arguments, bool) {
  Enabled wanted = enabled_;
  std::string told;
  do {
    const auto name = arguments.space() ? arguments.atom() : std::nullopt;
    if (!name) return invalid();
    if (ascii::iequals(*name, "UTF8=ACCEPT") && !config_.utf8) continue;
    if (const auto known = wanted.enable(*name)) told.append(" ").append(*known);
  } while (!arguments.at_end());
  enabled_ = wanted;
  if (enabled_.metadata && !watched_) watch_from_now();
  untagged("ENABLED", "ENABLED" + told);
  completed();
}

/// Forgets all of the session but TLS; the user may be another one from now on (RFC 8437 §2).
void Server::on_unauthenticate(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  leave_mailbox();
  account_ = nullptr;
  enabled_ = {};
  notify_.reset();
  watched_.reset();
  completed();
  if (std::exchange(compressing_, false)) out_.stop_compression();
}

/// compress = "COMPRESS" SP algorithm (RFC 4978 §3). TLS never compresses here, so nothing else can be active.
void Server::on_compress(Cursor& arguments, bool) {
  const auto algorithm = arguments.space() ? arguments.atom() : std::nullopt;
  if (!algorithm || !arguments.at_end()) return invalid();
  if (compressing_) return done(Status::Bad, "[COMPRESSIONACTIVE] DEFLATE is active already");
  if (!config_.compression || !ascii::iequals(*algorithm, "DEFLATE"))
    return done(Status::Bad, "no such compression here");
  compressing_ = true;
  completed();
  out_.start_compression();
}

/// RFC 2342 §5
void Server::on_namespace(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  const auto prefix = [](std::string_view name) { return " ((\"" + std::string(name) + "\" \"/\"))"; };
  const bool alone = !account_->store();
  untagged("NAMESPACE", "NAMESPACE" + prefix("") + (alone ? " NIL" : prefix(mailstore::Store::other_users_prefix)) +
                            (alone ? " NIL" : prefix(mailstore::Store::shared_prefix)));
  completed();
}

/// RFC 2177 §3. News are told whenever poll() finds some.
void Server::on_idle(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  idling_ = true;
  emit("+ idling", std::string(idling_topic), false, state_);
}

void Server::end_idle(const Unit& unit) {
  idling_ = false;
  const bool is_done = !unit.too_long && ascii::iequals(unit.text, "DONE");
  hear(unit, state_, command_topic(is_done ? "DONE" : "unknown"));
  is_done ? completed() : done(Status::Bad, "IDLE ends with DONE");
}

}  // namespace mailscope::imap
