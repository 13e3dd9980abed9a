// The IMAP server's authorised URLs: GENURLAUTH, URLFETCH, RESETKEY (RFC 4467, RFC 5524).
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/url_access.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

/// What is wrong with a URL that is to be authorised; empty where nothing is (RFC 4467 §7, "GENURLAUTH").
std::string_view fault_of(const std::optional<Url>& url, const ServerConfig& server, std::string_view user) {
  if (!url || !url->uid) return "no URL of a message";
  if (!is_of_server(*url, server.hostname, server.other_names)) return "that URL is of another server";
  if (url->user.empty()) return "missing owner username in supplied URL";
  if (!url->access) return "missing access identifier in supplied URL";
  if (!url->token.empty()) return "that URL is authorised already";
  return ascii::iequals(url->user, user) ? "" : "you cannot authorise another user's URL";
}

}  // namespace

/// Keys need octets that nobody foresees.
bool Server::offers_urlauth() const { return bool{config_.authentication.random}; }

/// What CAPABILITY says of it.
std::string_view Server::url_capabilities() const { return offers_urlauth() ? " URLAUTH URLAUTH=BINARY" : ""; }

/// The key of a mailbox in the user's table, made anew for a reset (§2.2).
mailstore::Outcome Server::make_url_key(const mailstore::Mailbox& mailbox, bool is_reset) {
  if (!is_reset && account_->url_keys().find(mailbox.id())) return mailstore::Outcome::Ok;
  return account_->set_url_key(mailbox, config_.authentication.random(mailstore::UrlKeys::key_octets), is_reset);
}

/// How often the key of the selected mailbox was reset, in a number that only grows.
std::uint64_t Server::url_key_resets() const {
  const auto* key = view_ ? account_->url_keys().find(view_->mailbox().id()) : nullptr;
  return key ? key->reset : 0;
}

/// URLMECH (§8), which only a confidential session is told (§10).
void Server::tell_url_mechanisms() {
  url_key_resets_told_ = url_key_resets();
  if (offers_urlauth() && channel_) untagged("OK", "OK [URLMECH INTERNAL] URLs can be authorised so");
}

/// genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)
void Server::on_genurlauth(Cursor& arguments, bool) {
  if (!offers_urlauth()) return done(Status::Bad, "unknown command");
  std::string told = "GENURLAUTH";
  do {
    const auto text = arguments.space() ? arguments.astring() : std::nullopt;
    const auto mechanism = text && arguments.space() ? arguments.atom() : std::nullopt;
    if (!mechanism) return invalid();
    if (!ascii::iequals(*mechanism, internal_mechanism)) return done(Status::Bad, "that mechanism is not known");
    const auto url = read_url(*text);
    const std::string_view fault = fault_of(url, config_, account_->user());
    if (!fault.empty()) return done(Status::Bad, fault);
    const mailstore::Mailbox* mailbox = mailbox_of(*url, *account_);
    if (!mailbox) return done(Status::Bad, "no such mailbox");
    const auto outcome = make_url_key(*mailbox, false);
    if (outcome != mailstore::Outcome::Ok) return refuse(outcome);
    const std::string& key = account_->url_keys().find(mailbox->id())->octets;
    told += " " + quoted_or_literal(*text + ":" + ascii::lower(internal_mechanism) + ":" + url_token(key, *text));
  } while (!arguments.at_end());
  untagged("GENURLAUTH", told);
  completed();
}

/// urlfetch = "URLFETCH" 1*(SP url-fetch-arg); step_url_fetch() answers it.
void Server::on_urlfetch(Cursor& arguments, bool) {
  if (!offers_urlauth()) return done(Status::Bad, "unknown command");
  auto fetches = read_url_fetch(arguments);
  if (!fetches) return invalid();
  url_fetches_.assign(std::make_move_iterator(fetches->begin()), std::make_move_iterator(fetches->end()));
}

/// Answers for one URL, and after the last ends the command: what URLs show is never in memory together.
void Server::step_url_fetch() {
  const UrlFetch wanted = std::move(url_fetches_.front());
  url_fetches_.pop_front();
  const bool submits = !config_.submission_user.empty() && ascii::iequals(account_->user(), config_.submission_user);
  const auto content = authorised_content(wanted.url, {account_->user(), submits, now_}, config_.hostname, *account_,
                                          config_.other_names);
  untagged("URLFETCH", "URLFETCH " + quoted_or_literal(wanted.url) +
                           url_data(wanted, content, account_->memos(), enabled_.speaks_utf8()));
  if (url_fetches_.empty()) completed();
}

/// resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]
void Server::on_resetkey(Cursor& arguments, bool) {
  if (!offers_urlauth()) return done(Status::Bad, "unknown command");
  if (arguments.at_end()) {
    account_->clear_url_keys();
    return done(Status::Ok, "all keys removed");
  }
  const auto name = arguments.space() ? arguments.mailbox() : std::nullopt;
  if (!name) return invalid();
  while (!arguments.at_end()) {
    const auto mechanism = arguments.space() ? arguments.atom() : std::nullopt;
    if (!mechanism) return invalid();
    if (!ascii::iequals(*mechanism, internal_mechanism)) return done(Status::Bad, "that mechanism is not known");
  }
  const mailstore::Mailbox* mailbox = mailbox_named(*name);
  if (!mailbox) return refuse(mailstore::Outcome::NonExistent);
  const auto outcome = make_url_key(*mailbox, true);
  if (outcome != mailstore::Outcome::Ok) return refuse(outcome);
  url_key_resets_told_ = url_key_resets();
  done(Status::Ok, channel_ ? "[URLMECH INTERNAL] RESETKEY completed" : "RESETKEY completed");
}

}  // namespace mailscope::imap
