#include "protocols/pop3/server.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/dot_body.hpp"
#include "protocols/core/web_request.hpp"
#include "protocols/pop3/reply.hpp"
#include "protocols/sasl/crypto.hpp"

namespace mailscope::pop3 {

namespace {

constexpr StateId authorization{0}, user_given{1}, transaction{2}, update{3}, closed{4}, authenticating{5};
constexpr std::array<std::string_view, 6> state_names{"authorization", "user given", "transaction",
                                                      "update",        "closed",     "authenticating"};

/// RFC 1939 §4 to §7, RFC 5034 §4. A verb alone is the order check; "VERB +OK" and "VERB -ERR" are the moves that
/// replies make.
constexpr Transition transitions[] = {
    {authorization, "CAPA", authorization},
    {authorization, "USER", authorization},
    {authorization, "USER +OK", user_given},
    {authorization, "QUIT", authorization},
    {authorization, "QUIT +OK", closed},
    {user_given, "PASS", user_given},
    {user_given, "PASS +OK", transaction},
    {user_given, "PASS -ERR", authorization},
    {authorization, "STLS", authorization},
    {user_given, "STLS", authorization},
    {user_given, "CAPA", authorization},  // PASS comes immediately after USER (RFC 1939 §7)
    {user_given, "QUIT", authorization},
    {transaction, "CAPA", transaction},
    {transaction, "STAT", transaction},
    {transaction, "LIST", transaction},
    {transaction, "UIDL", transaction},
    {transaction, "RETR", transaction},
    {transaction, "TOP", transaction},
    {transaction, "DELE", transaction},
    {transaction, "NOOP", transaction},
    {transaction, "RSET", transaction},
    {authorization, "LANG", authorization},
    {user_given, "LANG", authorization},
    {transaction, "LANG", transaction},
    {authorization, "UTF8", authorization},
    {user_given, "UTF8", authorization},
    {transaction, "QUIT", update},
    {update, "QUIT +OK", closed},
    {authorization, "APOP", authorization},
    {user_given, "APOP", authorization},
    {authorization, "APOP +OK", transaction},
    {authorization, "AUTH", authorization},
    {user_given, "AUTH", authorization},
    {authorization, "AUTH +", authenticating},
    {authorization, "AUTH +OK", transaction},
    {authenticating, "AUTH +OK", transaction},
    {authenticating, "AUTH -ERR", authorization},
};
constexpr Machine server_machine{"POP3 server", state_names, transitions};

}  // namespace

struct Server::Verb {
  std::string_view name;
  std::size_t arguments_min, arguments_max;
  void (Server::*handler)(std::string_view arguments);
};

const Server::Verb Server::verbs[] = {
    {"USER", 1, 1, &Server::on_user}, {"PASS", 1, 1, &Server::on_pass}, {"STAT", 0, 0, &Server::on_stat},
    {"LIST", 0, 1, &Server::on_list}, {"UIDL", 0, 1, &Server::on_uidl}, {"RETR", 1, 1, &Server::on_retr},
    {"TOP", 2, 2, &Server::on_top},   {"DELE", 1, 1, &Server::on_dele}, {"NOOP", 0, 0, &Server::on_noop},
    {"RSET", 0, 0, &Server::on_rset}, {"CAPA", 0, 0, &Server::on_capa}, {"QUIT", 0, 0, &Server::on_quit},
    {"STLS", 0, 0, &Server::on_stls}, {"LANG", 0, 1, &Server::on_lang}, {"UTF8", 0, 0, &Server::on_utf8},
    {"AUTH", 0, 2, &Server::on_auth}, {"APOP", 2, 2, &Server::on_apop},
};

Server::Server(ServerConfig config) : config_(std::move(config)), framer_(command_octets_max), state_(authorization) {}

Server::~Server() {
  if (account_) account_->unlock_maildrop();
}

void Server::receive(Instant, std::string_view bytes) {
  if (!ended_) input_.append(bytes);
}

void Server::receive_eof(Instant) { eof_ = true; }

void Server::deadline_passed(Instant now) {
  const auto due = deadline();
  if (dialogue_ && dialogue_->due()) return;  // poll() goes on
  if (due && now >= *due) end();              // no word and no UPDATE (RFC 1939 §3)
}

void Server::shut_down(Instant) {
  if (ended_) return;
  context_ = "unknown";
  if (!securing_) reply(false, "[SYS/TEMP] server shutting down");  // RFC 3206 §4
  end();
}

std::optional<Instant> Server::deadline() const {
  if (ended_ || securing_ || !idle_since_) return std::nullopt;
  if (dialogue_ && dialogue_->due()) return dialogue_->due();
  return *idle_since_ + (is_stranger() ? std::min(config_.idle_max, config_.strangers_idle_max) : config_.idle_max);
}

const Machine& Server::machine() const { return server_machine; }

StateId Server::state() const { return state_; }

std::optional<Output<Server::Event>> Server::poll(Instant now) {
  now_ = now;
  if (!idle_since_) greet(now);
  while (out_.empty() && !ended_ && !secret_wanted_ && !securing_) {
    if (const auto move = dialogue_ ? dialogue_->take(now) : std::nullopt) {
      authenticate(*move);
      continue;
    }
    if (dialogue_ && dialogue_->due()) return std::nullopt;
    framer_.limit(state_ == authenticating ? sasl::line_octets_max : command_octets_max);
    const auto line = framer_.take(input_);
    if (!line) {
      if (!eof_) return std::nullopt;
      end();
      break;
    }
    idle_since_ = now;
    state_ == authenticating ? auth_response(*line) : handle(*line);
  }
  if (out_.empty()) return std::nullopt;
  auto next = std::move(out_.front());
  out_.pop_front();
  if (std::holds_alternative<StartTls>(next)) input_.clear();  // CVE-2011-0411
  return next;
}

void Server::greet(Instant now) {
  idle_since_ = now;
  context_ = "greeting";
  if (config_.apop)
    timestamp_ = "<" + sasl::hexadecimal(config_.authentication.random(16)) + "@" + config_.hostname + ">";
  reply(true, config_.hostname + " POP3 server ready" + (timestamp_.empty() ? "" : " ") + timestamp_);
}

/// One command: its Step first, then whatever its handler answers.
void Server::handle(const Line& line) {
  const std::string_view keyword = std::string_view(line.text).substr(0, line.text.find(' '));
  const auto* verb = std::ranges::find_if(verbs, [&](const Verb& v) { return ascii::iequals(v.name, keyword); });
  const bool known = verb != std::end(verbs);
  context_ = known ? verb->name : "unknown";

  const auto arguments =
      keyword.size() < line.text.size() ? std::string_view(line.text).substr(keyword.size() + 1) : std::string_view{};
  // The one argument of PASS may hold spaces (RFC 1939 §7).
  const auto spaces = context_ == "PASS" ? 0 : std::ranges::count(arguments, ' ');
  const std::size_t count = keyword.size() == line.text.size() ? 0 : static_cast<std::size_t>(spaces) + 1;
  const bool printable = std::ranges::all_of(line.text, [](char c) { return ascii::is_printable(c); });
  const auto to = server_machine.next(state_, context_);
  std::string_view fault;
  if (line.too_long)
    fault = "command line too long";
  else if (!printable)
    fault = "only printable ASCII characters belong in a command";
  else if (!known)
    fault = "unknown command";
  else if (!to)
    fault = "not in this state";
  else if (count < verb->arguments_min || count > verb->arguments_max)
    fault = "wrong number of arguments";

  const StateId from = state_;
  if (fault.empty()) state_ = *to;
  out_.emplace_back(
      Step{Direction::Received, line.bytes, from, state_, step_text(line.text), command_topic(context_), false});
  const bool no_command = line.too_long || !printable || !known;
  if (!known && is_web_request(line.text)) {
    reply(false, "this is POP3, not HTTP");
    return end();
  }
  if (!fault.empty()) reply(false, fault);
  if (no_command && is_stranger() && ++strangers_bad_commands_ >= strangers_bad_commands_max) return end();
  if (!fault.empty()) return;
  (this->*verb->handler)(arguments);
}

void Server::reply(bool ok, std::string_view text) {
  std::string line = std::string(ok ? "+OK " : "-ERR ").append(translated(text, language_, config_.hostname));
  const StateId from = state_;
  state_ = server_machine.next(state_, context_ + (ok ? " +OK" : " -ERR")).value_or(state_);
  const ByteRange range{sent_, sent_ + line.size() + 2};
  sent_ = range.end;
  out_.emplace_back(Step{Direction::Sent, range, from, state_, line, reply_topic(context_, ok), !ok});
  out_.emplace_back(Transmit{std::move(line) + "\r\n"});
}

/// A multi-line reply (RFC 1939 §3).
void Server::reply_lines(std::string_view text, std::string_view content) {
  const std::string line = std::string("+OK ").append(translated(text, language_, config_.hostname));
  const std::string body = dot_encode(content);
  const ByteRange range{sent_, sent_ + line.size() + 2 + body.size()};
  sent_ = range.end;
  out_.emplace_back(Step{Direction::Sent, range, state_, state_, multi_line_text(line, step_text(body)),
                         reply_topic(context_, true), false});
  out_.emplace_back(Transmit{line + "\r\n" + body});
}

/// One more question in a SASL exchange (RFC 5034 §4).
void Server::challenge(const sasl::ServerDialogue::Question& question) {
  std::string line = sasl::continuation(question);
  const StateId from = state_;
  state_ = server_machine.next(state_, "AUTH +").value_or(state_);
  const ByteRange range{sent_, sent_ + line.size() + 2};
  sent_ = range.end;
  out_.emplace_back(Step{Direction::Sent, range, from, state_, line, std::string(challenge_topic), false});
  out_.emplace_back(Transmit{std::move(line) + "\r\n"});
}

void Server::end() {
  if (std::exchange(ended_, true)) return;
  state_ = closed;
  secret_wanted_ = false;
  input_.clear();
  if (account_) std::exchange(account_, nullptr)->unlock_maildrop();
  out_.emplace_back(Close{});
}

}  // namespace mailscope::pop3
