// Commands go one by one, though RFC 2920 would let MAIL, RCPT and DATA travel together: a conversation in which each
// reply answers the line above it is what a reader can follow.
#include "protocols/smtp/client.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/dot_body.hpp"

namespace mailscope::smtp {

namespace {

using std::chrono::minutes;

struct Expectation {
  std::string_view context;  ///< of the reply's explanation
  Duration patience;         ///< RFC 5321 §4.5.3.2
};
/// By Awaited.
constexpr std::array<Expectation, 12> expectations = {{
    {"greeting", minutes(5)},
    {"EHLO", minutes(5)},
    {"HELO", minutes(5)},
    {"STARTTLS", minutes(5)},
    {"AUTH", minutes(5)},
    {"auth-response", minutes(5)},
    {"MAIL", minutes(5)},
    {"RCPT", minutes(5)},
    {"DATA", minutes(2)},
    {"content", minutes(10)},
    {"RSET", minutes(5)},
    {"QUIT", minutes(5)},
}};

/// May the path stand in a command line? Whether it is a mailbox, the server says.
bool can_travel(std::string_view path) {
  return std::ranges::all_of(path, ascii::is_printable) && path.size() + 64 < plain_command_octets_max;
}

bool is_8bit(std::string_view content) {
  return std::ranges::any_of(content, [](char c) { return static_cast<unsigned char>(c) > 127; });
}

}  // namespace

static_assert(SecurableEngine<Client>);

Client::Client(ClientConfig config, std::vector<OutgoingMessage> messages)
    : config_(std::move(config)),
      messages_(std::make_move_iterator(messages.begin()), std::make_move_iterator(messages.end())),
      session_(config_.credentials ? Session::Submission : Session::Relay) {
  for (OutgoingMessage& message : messages_) message.content = with_crlf(message.content);
}

void Client::receive(Instant, std::string_view bytes) {
  if (state_ != State::Closed) input_.append(bytes);
}

void Client::receive_eof(Instant) { ended_ = true; }

void Client::deadline_passed(Instant now) {
  if (deadline_ && now >= *deadline_) lost("The server did not answer in time");
}

std::optional<Instant> Client::deadline() const { return deadline_; }

const Machine& Client::machine() const { return client_machine(session_); }

StateId Client::state() const { return id(state_); }

std::optional<Output<Client::Event>> Client::poll(Instant now) {
  if (!std::exchange(begun_, true)) deadline_ = now + expectations.front().patience;
  while (true) {
    if (auto output = outbox_.take()) {
      if (std::holds_alternative<StartTls>(*output)) input_.clear();  // what came in the clear is not to be believed
      return output;
    }
    if (state_ == State::Closed || securing_) return std::nullopt;
    if (const auto received = replies_.take(input_)) {
      hear(*received, now);
    } else if (!ended_) {
      return std::nullopt;
    } else if (awaited_ == Awaited::Quit) {
      end(true);
    } else {
      lost("The connection was lost");
    }
  }
}

void Client::hear(const ReceivedReply& received, Instant now) {
  const Reply& reply = received.reply;
  const Verdict verdict = received.valid ? judge(reply) : Verdict::Nonsense;
  const State from = std::exchange(state_, state_after(reply, verdict));
  outbox_.hear(received.bytes, id(from), state(), received.text,
               reply_topic(expectations[static_cast<std::size_t>(awaited_)].context, reply.code),
               verdict != Verdict::Accepted);
  if (awaited_ == Awaited::Quit) return end(true);
  if (reply.code == 421) {  // §3.8: the server is closing, whatever was asked
    settle_all(reply);
    return end(false);
  }
  switch (verdict) {
    case Verdict::Accepted:
      return accepted(reply, now);
    case Verdict::Refused:
      return refused(reply, now);
    case Verdict::Nonsense:
      return lost("The server's answer is not one that SMTP allows here");
  }
}

/// By the first digit alone (§4.3.2).
Client::Verdict Client::judge(const Reply& reply) const {
  const bool authenticating = awaited_ == Awaited::Auth || awaited_ == Awaited::AuthResponse;
  if (reply.code >= 400) return Verdict::Refused;
  const bool intermediate = reply.code >= 300;
  if (authenticating) return Verdict::Accepted;
  return intermediate == (awaited_ == Awaited::Data) ? Verdict::Accepted : Verdict::Nonsense;
}

State Client::state_after(const Reply& reply, Verdict verdict) const {
  if (reply.code == 421 || awaited_ == Awaited::Quit) return State::Closed;
  std::string_view move;
  if (awaited_ == Awaited::Content) {
    move = on_content;
  } else if (awaited_ == Awaited::AuthResponse && verdict == Verdict::Refused) {
    move = on_auth_refused;
  } else if (verdict != Verdict::Accepted) {
    return state_;
  } else if (awaited_ == Awaited::Auth) {
    move = reply.code < 300 ? on_auth_at_once : on_challenge;
  } else if (awaited_ == Awaited::AuthResponse) {
    move = reply.code < 300 ? on_auth : std::string_view();
  } else {
    move = expectations[static_cast<std::size_t>(awaited_)].context;  // the verb
  }
  const std::optional<StateId> to = machine().next(state(), move);
  return to ? static_cast<State>(to->value) : state_;  // greetings and further challenges move nothing
}

void Client::accepted(const Reply& reply, Instant now) {
  switch (awaited_) {
    case Awaited::Greeting:
      return command("EHLO", config_.helo_name, Awaited::Ehlo, now);
    case Awaited::Ehlo:
      extensions_.assign(reply.lines.begin() + 1, reply.lines.end());
      return session_begun(now);
    case Awaited::Helo:
      return session_begun(now);
    case Awaited::StartTls:
      securing_ = true;
      deadline_.reset();
      return outbox_.start_tls();
    case Awaited::Auth:
    case Awaited::AuthResponse:
      return reply.code < 300 ? next_message(now) : challenged(reply, now);
    case Awaited::Mail:
      return next_recipient(now);
    case Awaited::Rcpt:
      outcomes_.push_back(reply);
      return next_recipient(now);
    case Awaited::Data:
      return send_content(now);
    case Awaited::Content:
      settle(reply);
      return next_message(now);
    case Awaited::Rset:
      return next_message(now);
    case Awaited::Quit:
      return;
  }
}

void Client::refused(const Reply& reply, Instant now) {
  switch (awaited_) {
    case Awaited::Ehlo:  // §3.2: an old server does not know it
      if (reply.permanent()) return command("HELO", config_.helo_name, Awaited::Helo, now);
      return give_up(reply, now);
    case Awaited::StartTls:
      return tls_refused(reply, now);
    case Awaited::Greeting:
    case Awaited::Helo:
    case Awaited::Auth:
    case Awaited::AuthResponse:
    case Awaited::Rset:
      return give_up(reply, now);
    case Awaited::Rcpt:
      outcomes_.push_back(reply);
      return next_recipient(now);
    case Awaited::Data:
      settle(reply);
      return reset_or_quit(now);
    case Awaited::Mail:
    case Awaited::Content:
      settle(reply);
      return next_message(now);
    case Awaited::Quit:
      return;
  }
}

void Client::session_begun(Instant now) {
  if (begins_tls(now)) return;
  if (config_.credentials) return authenticate(now);
  next_message(now);
}

void Client::authenticate(Instant now) {
  std::vector<std::string> offered;
  for (const std::string& line : extensions_) {
    Cursor at(line);
    if (!at.take("AUTH ")) continue;
    while (!at.at_end()) {
      offered.emplace_back(at.take_while([](char c) { return c != ' '; }));
      at.take(' ');
    }
  }
  const std::optional<sasl::Mechanism> mechanism = sasl::choose(offered);
  if (!mechanism) return give_up({504, "5.7.4", {"The server offers no authentication mechanism that we have"}}, now);
  exchange_.emplace(*mechanism, *config_.credentials);
  std::string argument(sasl::name(*mechanism));
  // RFC 4954 §4: an initial response that would make the line too long has to wait for the server's question.
  if (2 * config_.credentials->user.size() + 2 * config_.credentials->password.size() + 32 < plain_command_octets_max)
    if (const auto initial = exchange_->initial_response()) argument += ' ' + base64_encode(*initial);
  command("AUTH", argument, Awaited::Auth, now);
}

void Client::challenged(const Reply& reply, Instant now) {
  const std::optional<std::string> challenge = base64_decode(reply.lines.front());
  std::optional<std::string> response;
  if (challenge && exchange_) response = exchange_->respond(*challenge);
  if (!response && !exchange_) return lost("The server goes on with a cancelled authentication");
  if (!response) exchange_.reset();
  send((response ? base64_encode(*response) : "*") + "\r\n", "smtp/auth-response", Awaited::AuthResponse, now);
}

/// Why the message cannot be sent to this server at all.
std::optional<Reply> Client::obstacle(const OutgoingMessage& message) const {
  if (!can_travel(message.envelope.reverse_path)) return Reply{553, "5.1.7", {"The sender's address cannot travel"}};
  if (is_8bit(message.content) && !offers("8BITMIME"))
    return Reply{554, "5.6.3", {"The server takes no 8-bit content"}};
  return std::nullopt;
}

void Client::next_message(Instant now) {
  outcomes_.clear();
  while (!messages_.empty()) {
    const auto& [envelope, content] = messages_.front();
    const std::optional<Reply> refusal = obstacle(messages_.front());
    if (refusal || envelope.recipients.empty()) {
      settle(refusal.value_or(Reply{}));
      continue;
    }
    std::string argument = "FROM:<" + envelope.reverse_path + '>';
    if (offers("SIZE")) argument += " SIZE=" + std::to_string(content.size());
    if (is_8bit(content)) argument += " BODY=8BITMIME";
    return command("MAIL", argument, Awaited::Mail, now);
  }
  command("QUIT", "", Awaited::Quit, now);
}

void Client::next_recipient(Instant now) {
  const std::vector<Recipient>& recipients = messages_.front().envelope.recipients;
  while (outcomes_.size() < recipients.size() && !can_travel(recipients[outcomes_.size()].forward_path))
    outcomes_.push_back({553, "5.1.3", {"The recipient's address cannot travel"}});
  if (outcomes_.size() < recipients.size())
    return command("RCPT", "TO:<" + recipients[outcomes_.size()].forward_path + '>', Awaited::Rcpt, now);
  if (std::ranges::any_of(outcomes_, &Reply::positive)) return command("DATA", "", Awaited::Data, now);
  settle({});
  reset_or_quit(now);
}

void Client::send_content(Instant now) {
  send(dot_encode(messages_.front().content), "smtp/content", Awaited::Content, now);
}

/// Leaves a transaction that cannot be finished.
void Client::reset_or_quit(Instant now) {
  if (messages_.empty()) return next_message(now);
  command("RSET", "", Awaited::Rset, now);
}

/// Nothing can be sent in this session: the reply says why.
void Client::give_up(const Reply& reply, Instant now) {
  settle_all(reply);
  next_message(now);
}

void Client::send(std::string wire, std::string topic, Awaited awaited, Instant now) {
  awaited_ = awaited;
  deadline_ = now + expectations[static_cast<std::size_t>(awaited)].patience;
  outbox_.say(std::move(wire), state(), state(), std::move(topic));
}

void Client::command(std::string_view verb, std::string_view argument, Awaited awaited, Instant now) {
  assert(argument.find_first_of("\r\n") == std::string_view::npos);
  std::string line(verb);
  if (!argument.empty()) line.append(" ").append(argument);
  send(line + "\r\n", "smtp/command/" + std::string(verb), awaited, now);
}

bool Client::offers(std::string_view keyword) const {
  return std::ranges::any_of(extensions_, [&](const std::string& line) {
    return ascii::iequals(std::string_view(line).substr(0, line.find(' ')), keyword);
  });
}

/// The current message is done: `reply` is the outcome of all recipients that were not refused before.
void Client::settle(const Reply& reply) {
  MessageDone done;
  const std::vector<Recipient>& recipients = messages_.front().envelope.recipients;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    const bool was_refused = i < outcomes_.size() && !outcomes_[i].positive();
    done.recipients.push_back({recipients[i].forward_path, was_refused ? outcomes_[i] : reply});
  }
  outcomes_.clear();
  messages_.pop_front();
  outbox_.tell(std::move(done));
}

void Client::settle_all(const Reply& reply) {
  while (!messages_.empty()) settle(reply);
}

void Client::lost(std::string_view why) {
  settle_all({0, "", {std::string(why)}});
  end(false);
}

void Client::end(bool in_order) {
  state_ = State::Closed;
  deadline_.reset();
  outbox_.tell(SessionDone{in_order});
  outbox_.close();
}

}  // namespace mailscope::smtp
