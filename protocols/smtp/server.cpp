#include "protocols/smtp/server.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/message/message.hpp"

namespace mailscope::smtp {

namespace {

Session session_of(const ServerConfig& config) {
  if (config.submission) return Session::Submission;
  return config.plaintext_auth ? Session::RelayWithAuth : Session::Relay;
}

BareLineFeed bare_line_feed(const ServerConfig& config) {
  return config.bare_lines == BareLines::LineEnds ? BareLineFeed::EndsLine : BareLineFeed::Octet;
}

}  // namespace

static_assert(SecurableEngine<Server>);

Server::Server(ServerConfig config)
    : config_(std::move(config)),
      session_(session_of(config_)),
      body_(config_.message_octets_max, bare_line_feed(config_)) {
  outbox_.watch(config_.watched);
  lines_.bare_line_feed(bare_line_feed(config_));
}

void Server::receive(Instant now, std::string_view bytes) {
  if (state_ == State::Closed) return;
  input_.append(bytes);
  active_ = now;
}

void Server::receive_eof(Instant) { ended_ = true; }

void Server::deadline_passed(Instant now) {
  if (const auto due = deadline(); !due || now < *due) return;
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
  if (!greeted_ || state_ == State::Closed || securing_ || owed_ != Owed::Nothing) return std::nullopt;
  return active_ + config_.idle_max;
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
    if (body) content(std::move(*body), now);
    return body.has_value();
  }
  if (chunk_) return consume_chunk(now);
  lines_.limit(state_ == State::Auth ? auth_line_octets_max : command_octets_max);
  const std::optional<Line> line = lines_.take(input_);
  if (!line) return false;
  if (state_ == State::Auth) {
    auth_response(*line);
  } else {
    command(*line);
  }
  return true;
}

/// A line of the SASL exchange (RFC 4954 §4).
void Server::auth_response(const Line& line) {
  context_ = "auth-response";
  outbox_.hear(line.bytes, state(), state(), step_text(line.text + "\r\n"), "smtp/auth-response");
  if (line.too_long) return auth_finished({500, "5.5.6", {"Authentication exchange line is too long"}});
  if (line.text == "*") return auth_finished({501, "5.7.0", {"Authentication cancelled"}});
  const std::optional<std::string> response = base64_decode(line.text);
  if (!response) return auth_finished({501, "5.5.2", {"The response is no base64"}});
  auth_move(exchange_->respond(*response));
}

void Server::auth_move(sasl::ServerMove move) {
  if (const auto* challenge = std::get_if<sasl::Challenge>(&move)) {
    const Reply question{334, "", {base64_encode(challenge->octets)}};
    return state_ == State::Auth ? answer(question) : accept(question, on_challenge);
  }
  if (auto* identity = std::get_if<sasl::Identity>(&move)) {
    candidate_ = identity->authorization.empty() ? identity->user : identity->authorization;
    return ask(
        AuthenticationOffered{std::string(sasl::name(exchange_->mechanism())), std::move(identity->authorization),
                              std::move(identity->user), std::move(identity->password)},
        Owed::Authentication);
  }
  auth_finished({535, "5.7.8", {"The response breaks the mechanism's syntax"}});
}

/// The reply that ends an AUTH command, with or without a SASL exchange.
void Server::auth_finished(Reply reply) {
  const bool inside = state_ == State::Auth;
  exchange_.reset();
  if (reply.positive()) {
    user_ = candidate_;
    return accept(reply, inside ? on_auth : on_auth_at_once);
  }
  reply = counted(std::move(reply));
  if (inside) return accept(reply, on_auth_refused);
  answer(reply);
}

void Server::ask(Event event, Owed owed) {
  owed_ = owed;
  outbox_.tell(std::move(event));
}

void Server::decide(Reply reply) {
  assert(owed_ != Owed::Nothing && !reply.lines.empty());
  switch (std::exchange(owed_, Owed::Nothing)) {
    case Owed::Nothing:
      return;
    case Owed::Authentication:
      return auth_finished(std::move(reply));
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
        return answer(reply);
      }
      envelope_.recipients.push_back(std::move(offered_));
      return accept(reply, "RCPT");
    case Owed::Message: {
      forget_transaction();
      if (state_ == State::Data) return accept(reply, on_content);
      return accept(reply, reply.positive() ? on_last_chunk : on_chunk_refused);
    }
    case Owed::Other:
      // RFC 6531 §3.7.4.2: an answer that the client cannot read becomes one that it can.
      if (!reply_utf8_ && !std::ranges::all_of(reply.lines, [](const std::string& line) { return is_ascii(line); }))
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
}

}  // namespace mailscope::smtp
