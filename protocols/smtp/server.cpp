#include "protocols/smtp/server.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "protocols/message/message.hpp"

namespace mailscope::smtp {

namespace {

Session session_of(const ServerConfig& config) {
  if (config.submission) return Session::Submission;
  const bool with_auth = std::ranges::any_of(config.authentication.mechanisms, [&](sasl::Mechanism each) {
    return config.plaintext_auth || !sasl::traits(each).plaintext;
  });
  return with_auth ? Session::RelayWithAuth : Session::Relay;
}

BareLineFeed bare_line_feed(const ServerConfig& config) {
  return config.bare_lines == BareLines::LineEnds ? BareLineFeed::EndsLine : BareLineFeed::Octet;
}

}  // namespace

static_assert(SecurableEngine<Server>);

Server::Server(ServerConfig config)
    : config_(std::move(config)),
      session_(session_of(config_)),
      body_(config_.message_octets_max, bare_line_feed(config_)),
      memory_(config_.memory) {
  outbox_.watch(config_.watched);
  body_.watch(config_.watched);
  lines_.bare_line_feed(bare_line_feed(config_));
  config_.hostname = to_a_labels(config_.hostname).value_or(config_.hostname);  // RFC 6531 §3.7.1
}

void Server::receive(Instant now, std::string_view bytes) {
  if (state_ == State::Closed) return;
  input_.append(bytes);
  if (!is_stranger() || state_ == State::Data || chunk_) active_ = now;  // of others only whole lines count
}

void Server::receive_eof(Instant) { ended_ = true; }

void Server::deadline_passed(Instant now) {
  if (const auto due = deadline(); !due || now < *due) return;
  if (dialogue_ && dialogue_->due()) return;  // poll() goes on
  context_ = {};
  answer(own_reply(Say::TimedOut, config_.hostname));
}

void Server::shut_down(Instant) {
  if (state_ == State::Closed) return;
  owed_ = Owed::Nothing;
  context_ = {};
  answer(own_reply(Say::ShuttingDown, config_.hostname));
}

std::optional<Instant> Server::deadline() const {
  if (dialogue_ && dialogue_->due() && state_ != State::Closed) return dialogue_->due();
  if (!greeted_ || state_ == State::Closed || securing_ || owed_ != Owed::Nothing) return std::nullopt;
  return active_ + (is_stranger() ? std::min(config_.idle_max, strangers_idle_max) : config_.idle_max);
}

const Machine& Server::machine() const { return server_machine(session_); }

StateId Server::state() const { return id(state_); }

std::optional<Output<Server::Event>> Server::poll(Instant now) {
  now_ = now;
  if (!std::exchange(greeted_, true)) {
    active_ = now;
    context_ = "greeting";
    answer(own_reply(Say::Greeting, config_.hostname));
  }
  while (true) {
    if (auto output = outbox_.take()) {
      active_ = now;
      if (std::holds_alternative<StartTls>(*output)) input_.clear();  // RFC 3207 §4.2, CVE-2011-0411
      return output;
    }
    if (owed_ != Owed::Nothing || securing_ || state_ == State::Closed) return std::nullopt;
    if (const auto move = dialogue_ ? dialogue_->take(now) : std::nullopt) {
      authenticate(*move);
      continue;
    }
    if (dialogue_ && dialogue_->due()) return std::nullopt;
    if (consume(now)) continue;
    input_.release();
    if (!ended_) return std::nullopt;
    state_ = State::Closed;
    outbox_.close();
  }
}

/// One unit of input, if a whole one has come.
bool Server::consume(Instant now) {
  if (state_ == State::Data) {
    std::optional<DotBody> body = body_.take(input_);
    if (!body && !memory_.hold(body_.kept())) {
      body_.drop();
      memory_.release();
    }
    if (body) content(std::move(*body), now);
    return body.has_value();
  }
  if (chunk_) return consume_chunk(now);
  lines_.limit(state_ == State::Auth ? sasl::line_octets_max : command_octets_max);
  const std::optional<Line> line = lines_.take(input_);
  if (!line) return false;
  active_ = now;
  if (state_ == State::Auth) {
    auth_response(*line);
  } else {
    command(*line);
  }
  return true;
}

void Server::ask(Event event, Owed owed) {
  owed_ = owed;
  outbox_.tell(std::move(event));
}

void Server::decide(Reply reply) {
  assert(owed_ != Owed::Nothing && owed_ != Owed::Authentication && !reply.lines.empty());
  switch (std::exchange(owed_, Owed::Nothing)) {
    case Owed::Nothing:
    case Owed::Authentication:
      return;
    case Owed::Sender:
      if (!reply.positive()) {
        forget_transaction();
        return answer(reply);
      }
      ++messages_;
      return accept(reply, "MAIL");
    case Owed::Recipient:
      if (!reply.positive()) {
        recipient_refused_ = true;
        if (reply.permanent() && ++recipients_refused_ >= refused_recipients_max)
          return answer(own_reply(Say::TooManyRefused, config_.hostname));
        return answer(reply);
      }
      envelope_.recipients.push_back(std::move(offered_));
      return accept(reply, "RCPT");
    case Owed::Message: {
      forget_transaction();
      if (state_ == State::Data) return accept(reply, on_content);
      return accept(reply, reply.positive() ? on_last_chunk : on_chunk_refused);
    }
    case Owed::Url:
      return refuse_chunk(counted(std::move(reply)));
    case Owed::Other:
      // RFC 6531 §3.7.4.2: an answer that the client cannot read becomes one that it can.
      const auto is_ascii = [](const std::string& line) { return ascii::is_ascii(line); };
      if (!reply_utf8_ && !std::ranges::all_of(reply.lines, is_ascii))
        reply = own_reply(Say::ReplyUtf8);
      return answer(reply);
  }
}

/// The reply makes the session move.
void Server::accept(const Reply& reply, std::string_view move) {
  const std::optional<StateId> to = machine().next(state(), move);
  assert(to);
  answer_and_move(reply, static_cast<State>(to->value));
}

void Server::answer_and_move(const Reply& reply, State to) {
  const State from = state_;
  state_ = reply.code == 421 ? State::Closed : to;
  const bool enhanced = config_.extensions.has(Extension::EnhancedStatusCodes);
  outbox_.say(reply.wire(enhanced), id(from), state(),
              outbox_.watched() ? reply_topic(context_, reply.code) : std::string(), reply.code >= 400);
  if (state_ == State::Closed) outbox_.close();
}

void Server::refuse(std::uint16_t code, std::string_view enhanced, std::string_view text) {
  answer(counted({code, std::string(enhanced), {std::string(text)}}));
}

Reply Server::counted(Reply refusal) {
  if (++errors_ < errors_max) return refusal;
  return own_reply(Say::TooManyErrors, config_.hostname);
}

/// The Step of what the peer said; `topic` and `topic_end` together are its explanation's key.
void Server::hear(ByteRange bytes, std::string_view wire, std::string_view topic, std::string_view topic_end) {
  if (!outbox_.watched()) return;
  outbox_.hear(bytes, state(), state(), step_text(wire), std::string(topic).append(topic_end));
}

void Server::forget_transaction() {
  envelope_ = {};
  recipient_refused_ = false;
  std::string().swap(chunks_);
  memory_.release();
}

}  // namespace mailscope::smtp
