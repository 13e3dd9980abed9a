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

}  // namespace

static_assert(SecurableEngine<Server>);

Server::Server(ServerConfig config)
    : config_(std::move(config)), session_(session_of(config_)), body_(config_.message_octets_max) {}

void Server::receive(Instant now, std::string_view bytes) {
  if (state_ == State::Closed) return;
  input_.append(bytes);
  active_ = now;
}

void Server::receive_eof(Instant) { ended_ = true; }

void Server::deadline_passed(Instant now) {
  if (const auto due = deadline(); !due || now < *due) return;
  context_.clear();
  answer({421, "4.4.2", {config_.hostname + " Error: timeout exceeded"}});
}

std::optional<Instant> Server::deadline() const {
  if (!greeted_ || state_ == State::Closed || securing_ || owed_ != Owed::Nothing) return std::nullopt;
  return active_ + config_.idle_max;
}

const Machine& Server::machine() const { return server_machine(session_); }

StateId Server::state() const { return id(state_); }

std::optional<Output<Server::Event>> Server::poll(Instant now) {
  if (!std::exchange(greeted_, true)) {
    active_ = now;
    context_ = "greeting";
    answer({220, "", {config_.hostname + " ESMTP Mailscope"}});
  }
  while (true) {
    if (auto output = outbox_.take()) {
      active_ = now;
      if (std::holds_alternative<StartTls>(*output)) input_.clear();  // RFC 3207 §4.2, CVE-2011-0411
      return output;
    }
    if (owed_ != Owed::Nothing || securing_ || state_ == State::Closed) return std::nullopt;
    if (consume(now)) continue;
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

/// The end of the content has come (RFC 5321 §4.1.1.4).
void Server::content(DotBody body, Instant now) {
  context_ = "content";
  outbox_.hear(body.bytes, state(), state(), std::move(body.text), "smtp/content");
  const auto refuse_content = [this](Reply reply) {
    forget_transaction();
    accept(reply, on_content);
  };
  if (body.too_long)
    return refuse_content({552, "5.3.4", {"Message size exceeds " + std::to_string(config_.message_octets_max)}});
  // §2.3.8: only CR LF is a line end. A message that another server may see end at a bare one is not passed on.
  if (body.bare_end) return refuse_content({550, "5.6.0", {"Bare CR or LF in the message; lines end in CR LF"}});
  const auto is_received = [](const message::Field& field) { return ascii::iequals(field.name, "Received"); };
  if (std::ranges::count_if(message::header_fields(body.content), is_received) >= received_fields_max)
    return refuse_content({554, "5.4.6", {"Too many hops: this message goes round in a loop"}});
  body.content.insert(0, received_field(now));
  ask(MessageOffered{std::exchange(envelope_, {}), std::move(body.content), user_}, Owed::Message);
}

/// Time-stamp-line (RFC 5321 §4.4), with the protocol's name as RFC 3848 §1 tells them apart.
std::string Server::received_field(Instant now) const {
  std::string field = "Received: from " + client_name_;
  if (!config_.peer_address.empty()) field += " ([" + config_.peer_address + "])";
  field += "\r\n\tby " + config_.hostname + " with ";
  field += !extended_ ? "SMTP" : "ESMTP";
  if (extended_ && channel_) field += "S";
  if (extended_ && !user_.empty()) field += "A";
  // More than one path would tell each recipient of the others (§7.2).
  if (envelope_.recipients.size() == 1) field += "\r\n\tfor <" + envelope_.recipients.front().forward_path + ">";
  if (channel_) field += "\r\n\ttls " + channel_->cipher_suite;  // RFC 8314 §4.3
  return field + ";\r\n\t" + message::date(now) + "\r\n";
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
      if (!reply.positive()) return answer(reply);
      envelope_.reverse_path = std::move(offered_path_);
      return accept(reply, "MAIL");
    case Owed::Recipient:
      if (!reply.positive()) {
        recipient_refused_ = true;
        return answer(reply);
      }
      envelope_.recipients.push_back({std::move(offered_path_), {}, {}});
      return accept(reply, "RCPT");
    case Owed::Message:
      forget_transaction();
      return accept(reply, on_content);
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
  outbox_.say(reply.wire(), id(from), state(), reply_topic(context_, reply.code), reply.code >= 400);
  if (state_ == State::Closed) outbox_.close();
}

void Server::refuse(std::uint16_t code, std::string_view enhanced, std::string_view text) {
  answer(counted({code, std::string(enhanced), {std::string(text)}}));
}

Reply Server::counted(Reply refusal) {
  if (++errors_ < errors_max) return refusal;
  return {421, "4.7.0", {config_.hostname + " Error: too many errors"}};
}

void Server::forget_transaction() {
  envelope_ = {};
  recipient_refused_ = false;
}

}  // namespace mailscope::smtp
