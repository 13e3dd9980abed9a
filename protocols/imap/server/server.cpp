#include "protocols/imap/server/server.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/web_request.hpp"
#include "protocols/imap/data/notify_request.hpp"
#include "protocols/imap/data/watched_store.hpp"
#include "protocols/imap/search/update_context.hpp"
#include "protocols/imap/server/server_machine.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

using server_state::logout;
using server_state::not_authenticated;

namespace {

/// command = tag SP (…), as far as it can be read.
struct Head {
  std::string tag, verb;
  bool by_uid{};
};

Head read_head(Cursor& cursor) {
  Head head;
  auto tag = cursor.tag();
  if (!tag || !cursor.space()) return head;
  head.tag = std::move(*tag);
  head.verb = ascii::upper(cursor.atom().value_or(""));
  if (head.verb == "UID" && cursor.space()) {
    head.by_uid = true;
    head.verb += " " + ascii::upper(cursor.atom().value_or(""));
  }
  return head;
}

bool takes_message(std::string_view verb) { return verb == "APPEND" || verb == "REPLACE" || verb == "UID REPLACE"; }

}  // namespace

struct Server::Verb {
  std::string_view name;
  void (Server::*handler)(Cursor& arguments, bool by_uid);
  bool keeps_numbers{};  ///< no EXPUNGE is told with its answer (RFC 3501 §7.4.1)
  bool by_number{};      ///< it names messages by number, or is answered by numbers
};

const Server::Verb Server::verbs[] = {
    {"CAPABILITY", &Server::on_capability},
    {"NOOP", &Server::on_noop},
    {"LOGOUT", &Server::on_logout},
    {"ID", &Server::on_id},
    {"AUTHENTICATE", &Server::on_authenticate},
    {"LOGIN", &Server::on_login},
    {"STARTTLS", &Server::on_starttls},
    {"ENABLE", &Server::on_enable},
    {"SELECT", &Server::on_select},
    {"EXAMINE", &Server::on_examine},
    {"CREATE", &Server::on_create},
    {"DELETE", &Server::on_delete},
    {"RENAME", &Server::on_rename},
    {"SUBSCRIBE", &Server::on_subscribe},
    {"UNSUBSCRIBE", &Server::on_unsubscribe},
    {"LIST", &Server::on_list},
    {"LSUB", &Server::on_lsub},
    {"NAMESPACE", &Server::on_namespace},
    {"STATUS", &Server::on_status},
    {"SETACL", &Server::on_setacl},
    {"DELETEACL", &Server::on_deleteacl},
    {"GETACL", &Server::on_getacl},
    {"LISTRIGHTS", &Server::on_listrights},
    {"MYRIGHTS", &Server::on_myrights},
    {"GETMETADATA", &Server::on_getmetadata},
    {"SETMETADATA", &Server::on_setmetadata},
    {"GETQUOTA", &Server::on_getquota},
    {"GETQUOTAROOT", &Server::on_getquotaroot},
    {"APPEND", &Server::on_append},
    {"IDLE", &Server::on_idle},
    {"NOTIFY", &Server::on_notify},
    {"GENURLAUTH", &Server::on_genurlauth},
    {"URLFETCH", &Server::on_urlfetch},
    {"RESETKEY", &Server::on_resetkey},
    {"COMPRESS", &Server::on_compress},
    {"UNAUTHENTICATE", &Server::on_unauthenticate},
    {"CHECK", &Server::on_noop},  // a store without a cache has nothing else to do (RFC 3501 §6.4.1)
    {"CLOSE", &Server::on_close},
    {"UNSELECT", &Server::on_unselect},
    {"EXPUNGE", &Server::on_expunge},
    {"SEARCH", &Server::on_search, true, true},
    {"ESEARCH", &Server::on_esearch},
    {"CANCELUPDATE", &Server::on_cancelupdate},
    {"SORT", &Server::on_sort, true, true},
    {"THREAD", &Server::on_thread, true, true},
    {"FETCH", &Server::on_fetch, true, true},
    {"STORE", &Server::on_store, true, true},
    {"COPY", &Server::on_copy, false, true},
    {"REPLACE", &Server::on_replace, false, true},
    {"MOVE", &Server::on_move, false, true},
    {"UID EXPUNGE", &Server::on_uid_expunge},
    {"UID SEARCH", &Server::on_search},
    {"UID SORT", &Server::on_sort},
    {"UID THREAD", &Server::on_thread},
    {"UID FETCH", &Server::on_fetch},
    {"UID STORE", &Server::on_store},
    {"UID COPY", &Server::on_copy},
    {"UID REPLACE", &Server::on_replace},
    {"UID MOVE", &Server::on_move},
};

Server::Server(ServerConfig config)
    : config_(std::move(config)),
      literals_(config_.memory),
      values_(config_.memory),
      framer_(UnitFramer::Of::Commands, login_octets_max),
      state_(not_authenticated) {}

Server::~Server() = default;

void Server::receive(Instant, std::string_view bytes) {
  if (!ended_) input_.append(bytes);
}

void Server::receive_eof(Instant) { eof_ = true; }

/// Autologout (RFC 3501 §5.4).
void Server::deadline_passed(Instant now) {
  const auto due = deadline();
  if (dialogue_ && dialogue_->due()) return;  // poll() goes on
  if (due && now >= *due) bye("autologout: idle for too long");
}

void Server::shut_down(Instant) {
  if (!ended_ && !securing_) bye("server shutting down");
  end();
}

std::optional<Instant> Server::deadline() const {
  if (ended_ || securing_ || !idle_since_) return std::nullopt;
  if (dialogue_ && dialogue_->due()) return dialogue_->due();
  return *idle_since_ + (is_stranger() ? std::min(config_.idle_max, config_.strangers_idle_max) : config_.idle_max);
}

const Machine& Server::machine() const { return server_state::machine; }

StateId Server::state() const { return state_; }

std::optional<Output<Server::Event>> Server::poll(Instant now) {
  now_ = now;
  if (!idle_since_) greet(now);
  for (;;) {
    if (auto next = out_.take()) {
      if (std::holds_alternative<StartTls>(*next)) input_.clear();  // CVE-2011-0411
      if (auto* compression = std::get_if<StartCompression>(&*next)) compression->received = input_.give_back();
      return next;
    }
    if (ended_ || secret_wanted_ || securing_) return std::nullopt;
    if (const auto move = dialogue_ ? dialogue_->take(now) : std::nullopt) {
      authenticate(*move);
    } else if (dialogue_ && dialogue_->due()) {
      return std::nullopt;
    } else if (work_ || fetch_) {
      work_ ? step_work() : step_fetch();
      if (config_.in_pieces && out_.empty() && (work_ || fetch_)) return std::nullopt;
    } else if (!url_fetches_.empty()) {
      step_url_fetch();
    } else if (!(authenticating() ? take_response(now) : take_unit(now))) {
      if (has_news()) {
        tell_news_uninvited();
      } else if (!eof_) {
        return std::nullopt;
      } else {
        end();
      }
    }
  }
}

bool Server::has_work() const { return config_.in_pieces && !ended_ && (work_ || fetch_); }

/// One piece of a long command.
void Server::step_work() {
  std::function<bool()> piece = std::exchange(work_, nullptr);
  acting_ = true;
  const bool answered = piece();  // what it begins after itself is in work_ then
  acting_ = false;
  if (watched_) watch_from_now();
  if (!answered && !ended_) work_ = std::move(piece);
}

void Server::greet(Instant now) {
  idle_since_ = now;
  emit("* OK [CAPABILITY " + capabilities(false) + "] " + config_.hostname + " IMAP server ready",
       untagged_topic("greeting"), false, state_);
}

/// A command, or the question whether its literal may come. False when neither is there.
bool Server::take_unit(Instant now) {
  framer_.limit(state_ == not_authenticated ? login_octets_max : line_octets_max);
  auto unit = framer_.take(input_);
  const bool asked = !unit && framer_.literal();
  if (!unit && !asked) return false;
  idle_since_ = now;
  if (asked) unit = decide_literal();
  if (!unit) return true;
  const bool cannot_skip = asked && framer_.literal_is_coming();
  handle(*unit, asked);
  literals_.release();
  if (cannot_skip && !ended_) bye("the literal is too large to be skipped");  // RFC 7888 §4
  return true;
}

bool Server::may_take_literal(std::uint64_t octets) const {
  if (idling_) return false;
  const std::string_view before = framer_.so_far();
  Cursor cursor(before);
  if (state_ != not_authenticated && takes_message(read_head(cursor).verb))
    return octets <= append_octets_max && octets + before.size() <= append_octets_max + command_octets_max;
  const std::size_t limit = state_ == not_authenticated ? login_octets_max : command_octets_max;
  return octets <= limit && before.size() <= limit - octets;
}

/// Invites the literal, or gives the command up before it.
std::optional<Unit> Server::decide_literal() {
  const bool fits = may_take_literal(*framer_.literal());
  // A command is there twice while it is read.
  no_memory_ = fits && !literals_.hold(2 * (framer_.so_far().size() + *framer_.literal()));
  if (!fits || no_memory_) return framer_.refuse_literal();
  const bool invited = !framer_.literal_is_coming();
  if (invited) hear_so_far();
  framer_.accept_literal();
  if (invited) emit("+ Ready for the literal", std::string(continuation_topic), false, state_);
  return std::nullopt;
}

/// One command: its Step first, then whatever its handler answers.
void Server::handle(const Unit& unit, bool literal_refused) {
  if (idling_) return end_idle(unit);
  if (has_news()) tell_news_uninvited();
  Cursor cursor(unit.text, enabled_.speaks_utf8());
  const Head head = read_head(cursor);
  const auto* verb = std::ranges::find(verbs, head.verb, &Verb::name);
  const bool known = verb != std::end(verbs);
  tag_ = head.tag;
  context_ = known ? verb->name : "unknown";
  keeps_numbers_ = known && verb->keeps_numbers;
  const auto to = server_state::machine.next(state_, context_);
  std::string_view fault;
  if (unit.too_long)
    fault = "command line too long";
  else if (tag_.empty())
    fault = "a command begins with a tag and a space";
  else if (literal_refused)
    fault = "literal too large";
  else if (!known)
    fault = "unknown command";
  else if (!to)
    fault = "not in this state";

  const StateId from = state_;
  if (fault.empty()) state_ = *to;
  hear(unit, from, command_topic(context_));
  if (!known && is_web_request(unit.text)) return bye("[CLIENTBUG] this is IMAP, not HTTP");
  if (fault.empty() && verb->by_number && enabled_.uid_only) return uid_required();
  if (fault.empty()) {
    acting_ = true;
    (this->*verb->handler)(cursor, head.by_uid);
    acting_ = false;
    if (watched_) watch_from_now();
    return;
  }
  if (literal_refused && no_memory_ && to) return done(Status::No, "[LIMIT] too much is under way here at the moment");
  const bool too_big = literal_refused && takes_message(context_) && to;
  if (too_big) return done(Status::No, too_big_text);
  if (literal_refused && to && verb->handler == &Server::on_store) return done(Status::No, annotation_too_big_text);
  done(Status::Bad, fault);
}

bool Server::authenticating() const { return state_ == server_state::in_exchange; }

void Server::emit(std::string text, std::string topic, bool is_error, StateId from) {
  text += "\r\n";
  out_.say(std::move(text), from, state_, std::move(topic), is_error);
}

/// What of the unit has not been heard yet.
void Server::hear(const Unit& unit, StateId from, std::string topic) {
  const Heard before = std::exchange(heard_, {});
  const std::string_view rest = std::string_view(unit.text).substr(std::min(before.text, unit.text.size()));
  out_.hear({std::max(before.bytes_end, unit.bytes.begin), unit.bytes.end}, from, state_, unit_text(rest),
            std::move(topic));
}

/// The line whose literal is about to be invited: it stands before the invitation.
void Server::hear_so_far() {
  const std::string_view text = framer_.so_far();
  const ByteRange bytes = framer_.bytes_so_far();
  Cursor cursor(text);
  const auto* verb = std::ranges::find(verbs, read_head(cursor).verb, &Verb::name);
  out_.hear({std::max(heard_.bytes_end, bytes.begin), bytes.end}, state_, state_,
            unit_text(text.substr(std::min(heard_.text, text.size()))),
            command_topic(verb == std::end(verbs) ? "unknown" : verb->name));
  heard_ = {bytes.end, text.size() + 2};  // with its CR LF
}

void Server::untagged(std::string_view name, std::string_view text, bool is_error) {
  emit(std::string("* ").append(text), untagged_topic(name), is_error, state_);
}

/// The tagged response, preceded by what is new in the mailbox (RFC 3501 §5.2). Without a tag it cannot be tagged
/// (§7.1.3).
void Server::done(Status status, std::string_view text) {
  static constexpr std::array<std::string_view, 3> names{"OK", "NO", "BAD"};
  const std::string name(names[static_cast<std::size_t>(status)]);
  if (view_ && status != Status::Bad) tell_news(wanted_news(!keeps_numbers_));
  const std::string line = name + " " + std::string(text);
  if (tag_.empty()) {
    untagged(name, line, true);
  } else {
    const StateId from = state_;
    state_ = server_state::machine.next(state_, context_ + " " + name).value_or(state_);
    emit(tag_ + " " + line, tagged_topic(context_, name), status != Status::Ok, from);
  }
  if (status == Status::Bad && ++bad_commands_ >= (is_stranger() ? strangers_bad_commands_max : bad_commands_max))
    bye("[CLIENTBUG] too many invalid commands");
}

/// Says good-bye uninvited (RFC 3501 §7.1.5).
void Server::bye(std::string_view text) {
  const StateId from = state_;
  state_ = logout;
  emit(std::string("* BYE ").append(text), untagged_topic("BYE"), true, from);
  end();
}

void Server::end() {
  if (std::exchange(ended_, true)) return;
  state_ = logout;
  secret_wanted_ = false;
  view_.reset();
  notify_.reset();
  watched_.reset();
  fetch_.reset();
  work_ = nullptr;
  url_fetches_.clear();
  input_.clear();
  out_.close();
}

/// RFC 3501 §6.1.2
void Server::on_noop(Cursor& arguments, bool) { arguments.at_end() ? completed() : invalid(); }

/// RFC 3501 §6.1.3
void Server::on_logout(Cursor& arguments, bool) {
  if (!arguments.at_end()) return invalid();
  view_.reset();
  untagged("BYE", "BYE " + config_.hostname + " logging out");
  completed();
  end();
}

}  // namespace mailscope::imap
