#include "protocols/imap/client/client.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/wrong_door.hpp"
#include "protocols/imap/client/client_machine.hpp"
#include "protocols/imap/syntax/names.hpp"

namespace mailscope::imap {

namespace {

/// LITERAL- allows literals that do not wait up to here (RFC 7888 §5).
constexpr std::size_t short_literal_octets_max = 4096;

/// Of what a server said, as much as a person needs to recognise it.
constexpr std::size_t excerpt_octets_max = 200;

}  // namespace

Client::Client(ClientConfig config, Replica& replica)
    : config_(std::move(config)),
      replica_(replica),
      framer_(UnitFramer::Of::Responses, line_octets_max),
      state_(client_state::greeting) {
  read_lines();
}

/// From here on, in whatever the lines travel.
void Client::read_lines() {
  framer_ = UnitFramer(UnitFramer::Of::Responses, line_octets_max);
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
  if (awaited_ == "greeting") return finish(std::string(no_greeting));
  if (!idling_ && !waiting_) return finish("the server did not answer " + awaited_ + " in time");
  check_wanted_ = true;  // poll() goes on
  wake_at_ = now + silence_max;
}

std::optional<Instant> Client::deadline() const {
  if (ended_ || securing_ || !heard_) return std::nullopt;
  return idling_ || waiting_ ? wake_at_ : *heard_ + silence_max;
}

const Machine& Client::machine() const { return client_machine; }

StateId Client::state() const { return state_; }

void Client::search(std::string mailbox, std::string text) {
  searches_.push_back({std::move(mailbox), std::move(text)});
}

std::optional<Output<Client::Event>> Client::poll(Instant now) {
  now_ = now;
  if (!heard_) heard_ = now;
  while (out_.empty() && !ended_ && !securing_) {
    if (take_unit()) continue;
    if (eof_) {
      finish(std::string(why_closed(input_.view(), channel_.has_value())));
    } else if (idling_ && has_work()) {
      idling_ = false;
      done_said_ = true;
      send_line("DONE", command_topic("DONE"));
    } else if (waiting_ && has_work()) {
      waiting_ = false;
      send("NOOP", {}, &Client::polled);
    } else {
      return std::nullopt;
    }
  }
  if (out_.empty()) return std::nullopt;
  auto next = std::move(out_.front());
  out_.pop_front();
  if (std::holds_alternative<StartTls>(next)) input_.clear();  // what came in the clear is not to be believed
  if (auto* compression = std::get_if<StartCompression>(&next)) compression->received = input_.give_back();
  return next;
}

/// A response, or a literal of it let in. False when neither is there.
bool Client::take_unit() {
  if (const auto unit = framer_.take(input_)) {
    handle(*unit);
    return true;
  }
  const auto octets = framer_.literal();
  if (!octets) return false;
  const std::size_t before = framer_.so_far().size();
  if (before > response_octets_max || *octets > response_octets_max - before) {
    finish("the answer to " + awaited_ + " is too large");
  } else {
    framer_.accept_literal();
  }
  return true;
}

void Client::handle(const Unit& unit) {
  const auto response = read_response(unit.text);
  const bool is_tagged = response && response->kind == Response::Kind::Tagged;
  const bool is_status = response && (response->name == "OK" || response->name == "NO" || response->name == "BAD" ||
                                      (response->name == "BYE" && awaited_ == "LOGOUT"));
  const bool is_unasked = is_tagged ? response->tag != tag_ || !is_status || !handler_
                                    : response && response->kind == Response::Kind::Continuation && parts_.empty() &&
                                          !idle_asked_ && !(awaited_ == "AUTHENTICATE" && handler_);
  if (unit.too_long || !response || is_unasked) return unreadable_line(unit);

  if (is_tagged && !std::exchange(parts_, {}).empty()) step_sent();  // refused before it was whole
  const StateId from = state_;
  const bool is_greeting = awaited_ == "greeting" && response->kind == Response::Kind::Untagged;
  const bool uninvited_bye = response->name == "BYE" && awaited_ != "LOGOUT";
  const bool is_continuation = response->kind == Response::Kind::Continuation;
  const bool is_challenge = is_continuation && awaited_ == "AUTHENTICATE";
  const bool idle_begins = is_continuation && std::exchange(idle_asked_, false);
  std::string move = is_challenge || idle_begins ? awaited_ + " +" : response->name;
  if (is_tagged || (is_greeting && !uninvited_bye)) move = awaited_ + " " + response->name;
  state_ = client_machine.next(state_, move).value_or(state_);

  const bool is_error = !is_continuation && (response->name == "NO" || response->name == "BAD" || uninvited_bye);
  const std::string topic = is_tagged         ? tagged_topic(awaited_, response->name)
                            : is_greeting     ? untagged_topic("greeting")
                            : is_continuation ? std::string(awaited_ == "IDLE" ? idling_topic : continuation_topic)
                                              : untagged_topic_of(*response);
  out_.emplace_back(Step{Direction::Received, unit.bytes, from, state_, unit_text(unit.text), topic, is_error});
  take_note_of(*response);
  const std::string_view line = std::string_view(unit.text).substr(0, unit.text.find("\r\n"));
  if (is_greeting) return greeted(*response, line);
  if (is_tagged) return tagged(*response, line);
  if (response->kind == Response::Kind::Untagged) return untagged(*response, line);
  if (is_challenge) return challenged(line);
  if (idle_begins) {
    idling_ = true;
    wake_at_ = now_ + config_.idle_max;
    return;
  }
  send_part();
}

/// It costs itself, and neither the session nor the mailbox. But who greets like that is no IMAP server.
void Client::unreadable_line(const Unit& unit) {
  const std::string text = unit_text(unit.text.substr(0, excerpt_octets_max));
  if (awaited_ == "greeting" || ++unreadable_lines_ > unreadable_max)
    return finish(is_tls_record(unit.text) ? std::string(speaks_tls) : "not an IMAP response: " + text);
  if (awaited_ == "LIST" && handler_) list_has_holes_ = true;
  out_.emplace_back(Step{Direction::Received, unit.bytes, state_, state_, unit_text(unit.text),
                         std::string(untagged_topic("unknown")), true});
  tell_unreadable(text);
}

void Client::tell_unreadable(std::string_view what) {
  if (++unreadable_ == 1) out_.emplace_back(Event{Unreadable{std::string(what), 1}});
}

/// What a person must be shown, whatever it answers.
void Client::take_note_of(const Response& response) {
  constexpr std::array<std::string_view, 5> statuses{"OK", "NO", "BAD", "BYE", "PREAUTH"};
  const bool is_status = std::ranges::find(statuses, response.name) != statuses.end();
  if (!is_status || response_code(response.rest).name != "ALERT" || ++alerts_ > alerts_max) return;
  const std::string_view text = response.rest.substr(response.rest.find(']') + 1);
  out_.emplace_back(Event{Alert{std::string(ascii::trim(text.substr(0, excerpt_octets_max))), channel_.has_value()}});
}

/// greeting = "*" SP (resp-cond-auth / resp-cond-bye) (RFC 3501 §7.1)
void Client::greeted(const Response& response, std::string_view line) {
  if (response.name != "OK" && response.name != "PREAUTH") return finish(std::string(line));
  // RFC 9051 §7.1.4: after PREAUTH there can be no STARTTLS, so that whoever must have TLS closes.
  if (response.name == "PREAUTH" && config_.starttls == StartTlsPolicy::Required && !channel_)
    return finish("the server skips the login (PREAUTH), so that no TLS can begin, which is required");
  told_code(response_code(response.rest));
  awaited_.clear();
  state_ == client_state::authenticated ? set_up() : proceed();
}

void Client::tagged(const Response& response, std::string_view line) {
  if (response.name == "OK") told_code(response_code(response.rest));
  remember_modseq();
  idling_ = false;
  (this->*std::exchange(handler_, nullptr))(response, line);
}

/// `arguments` as they are encoded. A command waits at each literal for the server's "+" (RFC 3501 §7.5), unless the
/// server takes literals that do not wait (RFC 7888).
void Client::send(std::string_view verb, const std::vector<std::string>& arguments, Handler handler) {
  awaited_ = verb;
  handler_ = handler;
  heard_ = now_;
  answered_.clear();
  found_.clear();
  tag_ = "a" + std::to_string(++last_tag_);
  command_.clear();
  command_begin_ = sent_;
  std::string part = tag_ + " " + std::string(verb);
  for (const std::string& argument : arguments) {
    part += ' ';
    const std::size_t size_end = argument.find("}\r\n");  // of a literal: nothing else has line ends
    if (size_end == std::string::npos) {
      part += argument;
      continue;
    }
    const std::size_t octets = argument.size() - size_end - 3;  // and what is behind it
    const bool waits = !has("LITERAL+") && !(has("LITERAL-") && octets <= short_literal_octets_max);
    part.append(argument, 0, size_end).append(waits ? "}\r\n" : "+}\r\n");
    if (waits) parts_.push_back(std::exchange(part, {}));
    part.append(argument, size_end + 3);
  }
  parts_.push_back(part + "\r\n");
  send_part();
}

/// The Step comes with the last part: before it nobody knows whether the server wants the rest.
void Client::send_part() {
  std::string part = std::move(parts_.front());
  parts_.pop_front();
  command_ += part;
  sent_ += part.size();
  if (parts_.empty()) step_sent();
  out_.emplace_back(Transmit{std::move(part)});
}

void Client::step_sent() {
  const StateId from = state_;
  state_ = client_machine.next(state_, awaited_).value_or(state_);
  out_.emplace_back(Step{
      Direction::Sent, {command_begin_, sent_}, from, state_, step_text(command_), command_topic(awaited_), false});
}

/// A line that is no command: an answer of a SASL exchange, or DONE.
void Client::send_line(std::string line, std::string topic) {
  const StateId from = state_;
  state_ = client_machine.next(state_, line).value_or(state_);
  const ByteRange range{sent_, sent_ + line.size() + 2};
  sent_ = range.end;
  heard_ = now_;
  out_.emplace_back(Step{Direction::Sent, range, from, state_, step_text(line), std::move(topic), false});
  out_.emplace_back(Transmit{std::move(line) + "\r\n"});
}

void Client::log_out(std::string_view error) {
  if (error_.empty()) error_ = error;
  send("LOGOUT", {}, &Client::expect_bye);
}

void Client::expect_bye(const Response& response, std::string_view line) {
  finish(response.name == "OK" || response.name == "BYE" ? error_ : std::string(line));
}

void Client::finish(std::string error) {
  if (std::exchange(ended_, true)) return;
  state_ = client_state::logout;
  idling_ = waiting_ = false;
  input_.clear();
  if (unreadable_ > 1) out_.emplace_back(Event{Unreadable{"", unreadable_}});
  out_.emplace_back(Event{SessionDone{std::move(error)}});
  out_.emplace_back(Close{});
}

}  // namespace mailscope::imap
