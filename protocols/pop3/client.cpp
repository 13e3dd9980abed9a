#include "protocols/pop3/client.hpp"

#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/wrong_door.hpp"
#include "protocols/pop3/apop.hpp"
#include "protocols/pop3/reply.hpp"

namespace mailscope::pop3 {

namespace {

constexpr StateId greeting{0}, authorization{1}, user_given{2}, transaction{3}, update{4}, closed{5}, authenticating{6};
constexpr std::array<std::string_view, 7> state_names{"greeting", "authorization", "user given",    "transaction",
                                                      "update",   "closed",        "authenticating"};

/// RFC 1939 §3 to §6, RFC 5034 §4, as the client lives through it. "VERB +OK" and "VERB -ERR" are replies.
constexpr Transition transitions[] = {
    {greeting, "greeting +OK", authorization},
    {greeting, "greeting -ERR", closed},
    {authorization, "CAPA", authorization},
    {authorization, "USER", authorization},
    {authorization, "USER +OK", user_given},
    {authorization, "QUIT", authorization},
    {authorization, "QUIT +OK", closed},
    {authorization, "QUIT -ERR", closed},
    {authorization, "STLS", authorization},
    {authorization, "UTF8", authorization},
    {authorization, "LANG", authorization},
    {user_given, "PASS", user_given},
    {user_given, "PASS +OK", transaction},
    {user_given, "PASS -ERR", authorization},
    {authorization, "APOP", authorization},
    {authorization, "APOP +OK", transaction},
    {authorization, "AUTH", authorization},
    {authorization, "AUTH +", authenticating},
    {authorization, "AUTH +OK", transaction},
    {authenticating, "AUTH +OK", transaction},
    {authenticating, "AUTH -ERR", authorization},
    {transaction, "STAT", transaction},
    {transaction, "UIDL", transaction},
    {transaction, "LIST", transaction},
    {transaction, "RETR", transaction},
    {transaction, "TOP", transaction},
    {transaction, "DELE", transaction},
    {transaction, "QUIT", update},
    {update, "QUIT +OK", closed},
    {update, "QUIT -ERR", closed},
};
constexpr Machine client_machine{"POP3 client", state_names, transitions};

/// RFC 1939 §5, RFC 2449 §3: these answer +OK with lines after it.
bool is_multi_line(std::string_view verb) {
  return verb == "CAPA" || verb == "UIDL" || verb == "LIST" || verb == "RETR" || verb == "TOP";
}

/// "+OK" or "-ERR", alone or before a space, in upper case (RFC 1939 §3).
bool has_status(std::string_view line, std::string_view status) {
  return line.starts_with(status) && (line.size() == status.size() || line[status.size()] == ' ');
}

/// Calls `take(first, second)` for each line of a listing: a message number, a space, a value.
template <class Take>
void each_listed(std::string_view lines, Take take) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    lines.remove_prefix(std::min(lines.size(), line.size() + 2));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || !ascii::number<std::uint32_t>(line.substr(0, space))) continue;
    const std::string_view rest = line.substr(space + 1);
    take(line.substr(0, space), rest.substr(0, rest.find(' ')));
  }
}

}  // namespace

Client::Client(ClientConfig config)
    : config_(std::move(config)),
      framer_(reply_octets_max),
      body_(body_octets_max, config_.bare_lines),
      state_(greeting) {
  framer_.bare_line_feed(config_.bare_lines);
}

void Client::receive(Instant now, std::string_view bytes) {
  if (ended_) return;
  input_.append(bytes);
  heard_ = now;
}

void Client::receive_eof(Instant) { eof_ = true; }

void Client::deadline_passed(Instant now) {
  const auto due = deadline();
  if (!due || now < *due) return;
  finish(awaited_ == "greeting" ? std::string(no_greeting) : "the server did not answer " + awaited_ + " in time");
}

std::optional<Instant> Client::deadline() const {
  if (ended_ || securing_ || !heard_) return std::nullopt;
  return *heard_ + silence_max;
}

const Machine& Client::machine() const { return client_machine; }

StateId Client::state() const { return state_; }

std::optional<Output<Client::Event>> Client::poll(Instant now) {
  if (!heard_) heard_ = now;
  while (out_.empty() && !ended_ && !securing_) {
    if (status_line_ ? take_body() : take_reply()) continue;
    if (!eof_) return std::nullopt;
    finish(std::string(why_closed(input_.view(), channel_.has_value())));
  }
  if (out_.empty()) return std::nullopt;
  auto next = std::move(out_.front());
  out_.pop_front();
  if (std::holds_alternative<StartTls>(next)) input_.clear();  // what came in the clear is not to be believed
  return next;
}

/// Takes a status line. False when none has come.
bool Client::take_reply() {
  framer_.limit(awaited_ == "AUTH" ? sasl::line_octets_max : reply_octets_max);
  auto line = framer_.take(input_);
  if (!line) return false;
  if (take_challenge(*line)) return true;
  const bool ok = has_status(line->text, "+OK");
  if (line->too_long || (!ok && !has_status(line->text, "-ERR"))) {
    finish(is_tls_record(line->text) ? std::string(speaks_tls) : "not a POP3 reply: " + line->text);
    return true;
  }
  const bool multi_line = ok && is_multi_line(awaited_);
  status_line_ = std::move(*line);
  if (multi_line) return true;
  finish_reply(ok, {}, status_line_->bytes.end, {});
  return true;
}

bool Client::take_body() {
  auto body = body_.take(input_);
  if (!body) return false;
  if (body->too_long) {
    finish("the answer to " + awaited_ + " is too large");
    return true;
  }
  finish_reply(true, body->text, body->bytes.end, std::move(body->content));
  return true;
}

void Client::finish_reply(bool ok, std::string_view body_text, std::uint64_t end, std::string content) {
  const Line line = std::move(*status_line_);
  status_line_.reset();
  const Command command = std::move(outstanding_.front());
  outstanding_.pop_front();
  const StateId from = state_;
  state_ = client_machine.next(state_, command.verb + (ok ? " +OK" : " -ERR")).value_or(state_);
  std::string text = body_text.empty() ? step_text(line.text) : multi_line_text(line.text, body_text);
  out_.emplace_back(Step{
      Direction::Received, {line.bytes.begin, end}, from, state_, std::move(text), reply_topic(command.verb, ok), !ok});
  answered(command, {ok, line.text, std::move(content)});
  if (!outstanding_.empty()) awaited_ = outstanding_.front().verb;
}

/// Chooses what to say next after the reply to `command`.
void Client::answered(const Command& command, const Reply& reply) {
  const std::string& verb = command.verb;
  if (verb == "greeting") {
    timestamp_ = apop_timestamp(reply.line);
    return reply.ok ? send("CAPA") : finish(reply.line);
  }
  if (verb == "CAPA") {
    capabilities_ = reply;
    pipelining_ = offers("PIPELINING");
    if (!begins_tls()) begin_login();
    return;
  }
  if (verb == "STLS") return stls_answered(reply);
  if (verb == "UTF8" || verb == "LANG") return begin_login();  // what is refused changes nothing
  if (verb == "QUIT") {
    if (!reply.ok) note(reply.line);
    return finish(error_);
  }
  if (verb == "RETR" || verb == "TOP" || verb == "DELE") return answered_message(command, reply);
  if (verb == "UIDL") {  // -ERR: the server has no unique-ids (RFC 1939 §7), so the messages have no names
    ids_refused_ = !reply.ok;
    each_listed(reply.content, [this](auto number, auto id) { unique_ids_.emplace(number, id); });
    if (!list_asked_) send("LIST");
    return;
  }
  if (!reply.ok && (verb == "APOP" || verb == "AUTH")) return login_refused(verb, reply);
  if (!reply.ok) return quit(reply.line);
  if (verb == "USER") return send("PASS", config_.password);
  if (verb == "PASS" || verb == "APOP") {
    error_.clear();  // of what was refused before
    return send("STAT");
  }
  if (verb == "AUTH") return authenticated();
  if (verb == "STAT") return reply.line.starts_with("+OK 0 ") ? quit({}) : ask_lists();
  each_listed(reply.content, [this](std::string_view number, std::string_view octets) {
    maildrop_.push_back({std::string(number), ascii::number<std::uint64_t>(octets).value_or(0)});
  });
  begin_collecting();
}

/// What comes between CAPA and the login: from here on texts may be UTF-8, and in the person's language.
void Client::begin_login() {
  if (config_.utf8 && offers("UTF8") && !std::exchange(utf8_asked_, true)) return send("UTF8");
  if (is_sendable(config_.language) && offers("LANG") && !std::exchange(language_asked_, true))
    return send("LANG", config_.language);
  log_in();
}

/// Keeps the first thing that went wrong for SessionDone.
void Client::note(std::string_view error) {
  if (error_.empty()) error_ = error;
}

void Client::send(std::string_view verb, std::string_view argument, std::size_t message, std::uint64_t octets) {
  if (outstanding_.empty()) awaited_ = verb;
  outstanding_.push_back({std::string(verb), message, octets});
  std::string line(verb);
  if (!argument.empty()) line.append(" ").append(argument);
  const StateId from = state_;
  state_ = client_machine.next(state_, verb).value_or(state_);
  const ByteRange range{sent_, sent_ + line.size() + 2};
  sent_ = range.end;
  out_.emplace_back(Step{Direction::Sent, range, from, state_, line, command_topic(verb), false});
  out_.emplace_back(Transmit{std::move(line) + "\r\n"});
}

/// Without an error: all is done. With one: the server's -ERR line to what the session cannot go on without.
void Client::quit(std::string_view error) {
  note(error);
  send("QUIT");
}

void Client::finish(std::string error) {
  if (std::exchange(ended_, true)) return;
  state_ = closed;
  input_.clear();
  const bool try_later = is_passing(error);
  out_.emplace_back(Event{SessionDone{std::move(error), try_later}});
  out_.emplace_back(Close{});
}

}  // namespace mailscope::pop3
