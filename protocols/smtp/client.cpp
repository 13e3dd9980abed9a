// The session: greeting, EHLO, AUTH, what each reply means for it, and its end. client_mail.cpp has the transactions.
#include "protocols/smtp/client.hpp"

#include <array>
#include <span>
#include <utility>

#include "protocols/core/idna.hpp"
#include "protocols/core/wrong_door.hpp"

namespace mailscope::smtp {

namespace {

using std::chrono::minutes;

/// Of what a server said, as much as a person needs to recognise it.
constexpr std::size_t excerpt_octets_max = 200;

struct Expectation {
  std::string_view context;  ///< of the reply's explanation
  Duration patience;         ///< RFC 5321 §4.5.3.2; what it leaves open waits as long as a command
};
/// By Awaited.
constexpr std::array<Expectation, 16> expectations = {{
    {"greeting", minutes(5)},
    {"EHLO", minutes(5)},
    {"HELO", minutes(5)},
    {"STARTTLS", minutes(5)},
    {"AUTH", minutes(5)},
    {"auth-response", minutes(5)},
    {"MAIL", minutes(5)},
    {"RCPT", minutes(5)},
    {"DATA", minutes(2)},
    {"BDAT", minutes(10)},
    {"BDAT", minutes(10)},
    {"BURL", minutes(10)},
    {"content", minutes(10)},
    {"RSET", minutes(5)},
    {"ETRN", minutes(5)},
    {"QUIT", minutes(5)},
}};

}  // namespace

static_assert(SecurableEngine<Client>);

Client::Client(ClientConfig config, std::vector<OutgoingMessage> messages)
    : config_(std::move(config)),
      messages_(std::make_move_iterator(messages.begin()), std::make_move_iterator(messages.end())),
      queues_(config_.queues.begin(), config_.queues.end()),
      session_(config_.credentials ? Session::Submission : Session::Relay) {
  // RFC 6531 §3.7.1: what the server can read is not known yet.
  config_.helo_name = to_a_labels(config_.helo_name).value_or(config_.helo_name);
  replies_.bare_line_feed(config_.bare_lines);
}

void Client::receive(Instant, std::string_view bytes) {
  if (state_ != State::Closed) input_.append(bytes);
}

void Client::receive_eof(Instant) { ended_ = true; }

void Client::deadline_passed(Instant now) {
  if (!deadline_ || now < *deadline_) return;
  lost(owed_.front().to == Awaited::Greeting ? no_greeting : "The server did not answer in time");
}

std::optional<Instant> Client::deadline() const { return deadline_; }

const Machine& Client::machine() const { return client_machine(session_); }

StateId Client::state() const { return id(state_); }

std::optional<Output<Client::Event>> Client::poll(Instant now) {
  if (!std::exchange(begun_, true)) owe(Awaited::Greeting, 0, {}, now);
  while (true) {
    if (auto output = outbox_.take()) {
      if (std::holds_alternative<StartTls>(*output)) input_.clear();  // what came in the clear is not to be believed
      return output;
    }
    if (state_ == State::Closed || owed_.empty()) return std::nullopt;
    if (const auto received = replies_.take(input_)) {
      hear(*received, now);
    } else if (!ended_) {
      return std::nullopt;
    } else if (owed_.front().to == Awaited::Quit) {
      end(true);
    } else {
      lost(is_tls_record(input_.view()) && !channel_ ? speaks_tls : "The connection was lost");
    }
  }
}

void Client::hear(const ReceivedReply& received, Instant now) {
  const Reply& reply = received.reply;
  const Owed answered = owed_.front();
  owed_.pop_front();
  awaited_ = answered.to;
  deadline_.reset();
  if (!owed_.empty()) deadline_ = now + owed_.front().patience;
  const Verdict verdict = received.valid ? judge(reply) : Verdict::Nonsense;
  const State from = std::exchange(state_, state_after(reply, verdict));
  outbox_.hear(received.bytes, id(from), state(), received.text,
               reply_topic(expectations[static_cast<std::size_t>(awaited_)].context, reply.code),
               verdict != Verdict::Accepted);
  act(reply, verdict, answered.recipient, now);
}

void Client::act(const Reply& reply, Verdict verdict, std::size_t recipient, Instant now) {
  if (awaited_ == Awaited::Quit) return end(true);
  if (reply.code == 421) {  // §3.8: the server is closing, whatever was asked
    settle_all(reply, false);
    return end(false);
  }
  switch (verdict) {
    case Verdict::Accepted:
      return accepted(reply, recipient, now);
    case Verdict::Refused:
      return refused(reply, recipient, now);
    case Verdict::Nonsense:
      return lost(is_tls_record(reply.lines.front())
                      ? std::string(speaks_tls)
                      : "The server's answer is not one that SMTP allows here: " +
                            (reply.code != 0 ? std::to_string(reply.code) + " " : std::string()) +
                            reply.lines.front().substr(0, excerpt_octets_max));
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
  } else if (verdict == Verdict::Refused &&
             (awaited_ == Awaited::Chunk || awaited_ == Awaited::LastChunk || awaited_ == Awaited::Burl)) {
    move = on_chunk_refused;
  } else if (verdict != Verdict::Accepted) {
    return state_;
  } else if (awaited_ == Awaited::LastChunk || awaited_ == Awaited::Burl) {
    move = on_last_chunk;
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

void Client::accepted(const Reply& reply, std::size_t recipient, Instant now) {
  switch (awaited_) {
    case Awaited::Greeting:
      return command("EHLO", config_.helo_name, Awaited::Ehlo, now);
    case Awaited::Ehlo:
      offers_ = parse_offers(std::span(reply.lines).subspan(1));
      return session_begun(now);
    case Awaited::Helo:
      return session_begun(now);
    case Awaited::StartTls:
      securing_ = true;
      deadline_.reset();
      return outbox_.start_tls();
    case Awaited::Auth:
    case Awaited::AuthResponse:
      return reply.code < 300 ? authenticated(now) : challenged(reply, now);
    case Awaited::Rcpt:
      if (current_ && !current_->fates[recipient]) current_->accepted.push_back(recipient);
      return go_on(now);
    case Awaited::Data:
      return send_content(now);
    case Awaited::Burl:
      if (current_) current_->by_url = true;
      [[fallthrough]];
    case Awaited::LastChunk:
    case Awaited::Content:
      decide_accepted(reply);
      return go_on(now);
    case Awaited::Mail:
    case Awaited::Chunk:
    case Awaited::Rset:
      return go_on(now);
    case Awaited::Etrn:
      queue_answered(reply, false);
      return go_on(now);
    case Awaited::Quit:
      return;
  }
}

void Client::refused(const Reply& reply, std::size_t recipient, Instant now) {
  switch (awaited_) {
    case Awaited::Ehlo:  // an old server does not know it (§3.2); other refusals HELO would only repeat
      if (reply.code == 500 || reply.code == 502 || reply.code == 504)
        return command("HELO", config_.helo_name, Awaited::Helo, now);
      return give_up(reply, now);
    case Awaited::StartTls:
      return tls_refused(reply, now);
    case Awaited::Auth:
    case Awaited::AuthResponse:
      return login_refused(reply, now);
    case Awaited::Greeting:
    case Awaited::Helo:
    case Awaited::Rset:
      return give_up(reply, now);
    case Awaited::Rcpt:
      if (current_) decide(recipient, reply, false);
      return go_on(now);
    case Awaited::Mail:
    case Awaited::Data:
    case Awaited::Chunk:  // what follows is refused too (RFC 3030 §2)
    case Awaited::LastChunk:
    case Awaited::Burl:
    case Awaited::Content:
      commands_.clear();
      chunk_failed_ = awaited_ == Awaited::Chunk || awaited_ == Awaited::LastChunk || awaited_ == Awaited::Burl;
      if (awaited_ == Awaited::Burl && url_refused(reply)) return go_on(now);
      awaited_ == Awaited::Mail ? decide_transaction(reply) : decide_accepted(reply);
      return go_on(now);
    case Awaited::Etrn:
      queue_answered(reply, false);
      if (reply.permanent())  // RFC 1985 §5.2: who does not know the command is not asked again
        while (!queues_.empty()) queue_answered(reply, false);
      return go_on(now);
    case Awaited::Quit:
      return;
  }
}

void Client::session_begun(Instant now) {
  if (begins_tls(now)) return;
  if (config_.credentials) return authenticate(now);
  go_on(now);
}

/// Nothing can be sent in this session: the reply says why.
void Client::give_up(const Reply& reply, Instant now) {
  settle_all(reply, false);
  go_on(now);
}

void Client::send(std::string wire, std::string topic, Awaited awaited, Instant now) {
  owe(awaited, 0, {}, now);
  outbox_.say(std::move(wire), state(), state(), std::move(topic));
}

void Client::command(std::string_view verb, std::string_view argument, Awaited awaited, Instant now) {
  commands_.push_back({std::string(verb), std::string(argument), "", awaited});
  send_commands(now);
}

void Client::owe(Awaited awaited, std::size_t recipient, Duration more_patience, Instant now) {
  const Duration patience = expectations[static_cast<std::size_t>(awaited)].patience + more_patience;
  if (owed_.empty()) deadline_ = now + patience;
  owed_.push_back({awaited, recipient, patience});
}

void Client::lost(std::string_view why) {
  settle_all({0, "", {std::string(why)}}, true);
  end(false);
}

void Client::end(bool in_order) {
  state_ = State::Closed;
  deadline_.reset();
  outbox_.tell(SessionDone{in_order});
  outbox_.close();
}

}  // namespace mailscope::smtp
