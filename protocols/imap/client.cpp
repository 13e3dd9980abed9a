#include "protocols/imap/client.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/imap/encode.hpp"
#include "protocols/imap/names.hpp"

namespace mailscope::imap {

namespace {

constexpr StateId greeting{0}, not_authenticated{1}, authenticated{2}, selected{3}, logout{4}, in_exchange{5};
constexpr std::array<std::string_view, 6> state_names{"greeting", "not authenticated", "authenticated", "selected",
                                                      "logout",   "authenticating"};

/// RFC 3501 §3, as this client lives through it. "VERB OK" is a reply.
constexpr Transition transitions[] = {
    {greeting, "greeting OK", not_authenticated},
    {greeting, "greeting PREAUTH", authenticated},
    {greeting, "BYE", logout},
    {not_authenticated, "CAPABILITY", not_authenticated},
    {not_authenticated, "STARTTLS", not_authenticated},
    {not_authenticated, "AUTHENTICATE", not_authenticated},
    {not_authenticated, "AUTHENTICATE +", in_exchange},
    {not_authenticated, "AUTHENTICATE OK", authenticated},
    {in_exchange, "AUTHENTICATE OK", authenticated},
    {in_exchange, "AUTHENTICATE NO", not_authenticated},
    {in_exchange, "AUTHENTICATE BAD", not_authenticated},
    {in_exchange, "BYE", logout},
    {not_authenticated, "LOGIN", not_authenticated},
    {not_authenticated, "LOGIN OK", authenticated},
    {not_authenticated, "LOGOUT", logout},
    {not_authenticated, "BYE", logout},
    {authenticated, "SELECT", authenticated},
    {authenticated, "SELECT OK", selected},
    {authenticated, "LOGOUT", logout},
    {authenticated, "BYE", logout},
    {selected, "UID FETCH", selected},
    {selected, "LOGOUT", logout},
    {selected, "BYE", logout},
};
constexpr Machine client_machine{"IMAP client", state_names, transitions};

constexpr std::string_view listing_items = "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM SUBJECT DATE)])";

}  // namespace

Client::Client(ClientConfig config) : config_(std::move(config)), framer_(line_octets_max), state_(greeting) {}

void Client::receive(Instant now, std::string_view bytes) {
  if (ended_) return;
  input_.append(bytes);
  heard_ = now;
}

void Client::receive_eof(Instant) { eof_ = true; }

void Client::deadline_passed(Instant now) {
  const auto due = deadline();
  if (due && now >= *due) finish("the server did not answer " + awaited_ + " in time");
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
    if (take_unit()) continue;
    if (!eof_) return std::nullopt;
    finish("the server closed the connection");
  }
  if (out_.empty()) return std::nullopt;
  auto next = std::move(out_.front());
  out_.pop_front();
  if (std::holds_alternative<StartTls>(next)) input_.clear();  // what came in the clear is not to be believed
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
  if (unit.too_long || !response) return finish("not an IMAP response: " + unit_text(unit.text.substr(0, 200)));
  const bool is_tagged = response->kind == Response::Kind::Tagged;
  const bool is_status = response->name == "OK" || response->name == "NO" || response->name == "BAD";
  if (is_tagged && (response->tag != tag_ || !is_status || awaited_ == "greeting"))
    return finish("an answer to nothing that was asked: " + unit_text(unit.text.substr(0, 200)));

  if (is_tagged && !std::exchange(parts_, {}).empty()) step_sent();  // refused before it was whole
  const StateId from = state_;
  const bool is_greeting = awaited_ == "greeting" && response->kind == Response::Kind::Untagged;
  const bool uninvited_bye = response->name == "BYE" && awaited_ != "LOGOUT";
  const bool is_challenge = response->kind == Response::Kind::Continuation && awaited_ == "AUTHENTICATE";
  std::string move = is_challenge ? "AUTHENTICATE +" : response->name;
  if (is_tagged || (is_greeting && !uninvited_bye)) move = awaited_ + " " + response->name;
  state_ = client_machine.next(state_, move).value_or(state_);

  const bool is_error = response->kind != Response::Kind::Continuation &&
                        (response->name == "NO" || response->name == "BAD" || uninvited_bye);
  const std::string topic = is_tagged                                        ? tagged_topic(awaited_, response->name)
                            : is_greeting                                    ? untagged_topic("greeting")
                            : response->kind == Response::Kind::Continuation ? std::string(continuation_topic)
                                                                             : untagged_topic_of(*response);
  out_.emplace_back(Step{Direction::Received, unit.bytes, from, state_, unit_text(unit.text), topic, is_error});
  const std::string_view line = std::string_view(unit.text).substr(0, unit.text.find("\r\n"));
  if (is_greeting) return greeted(*response, line);
  if (is_tagged) return tagged(*response, line);
  if (response->kind == Response::Kind::Untagged) return untagged(*response, line);
  if (is_challenge) return challenged(line);
  if (parts_.empty()) return finish("a continuation that was not asked for");
  send_part();
}

/// greeting = "*" SP (resp-cond-auth / resp-cond-bye) (RFC 3501 §7.1)
void Client::greeted(const Response& response, std::string_view line) {
  if (response.name != "OK" && response.name != "PREAUTH") return finish(std::string(line));
  const ResponseCode code = response_code(response.rest);
  if (code.name == "CAPABILITY") capabilities_ = capabilities(code.argument);
  awaited_.clear();
  proceed();
}

void Client::untagged(const Response& response, std::string_view line) {
  if (response.name == "CAPABILITY") capabilities_ = capabilities(response.rest);
  if (response.name == "EXISTS" && response.number) messages_ = *response.number;
  if (response.name == "FETCH" && response.number) return fetched(response);
  if (response.name == "BYE" && awaited_ != "LOGOUT") return finish(std::string(line));
  const ResponseCode code = response.name == "OK" ? response_code(response.rest) : ResponseCode{};
  if (code.name == "UIDVALIDITY") uid_validity_ = ascii::number<std::uint32_t>(code.argument).value_or(0);
}

/// A listed message is told at once; an opened one when its FETCH is over, with the flags it has then.
void Client::fetched(const Response& response) {
  auto data = read_fetch(response.rest);
  if (!data) return finish("not a FETCH response: " + std::string(response.rest.substr(0, 200)));
  if (!data->uid) return;  // news of flags; the next listing tells them
  if (!opened_ && data->header && data->flags && data->octets)
    out_.emplace_back(
        Event{MessageListed{*data->uid, std::move(*data->flags), *data->octets, std::move(*data->header)}});
  if (!opened_ || *data->uid != config_.open_uids[next_open_]) return;
  opened_->uid = *data->uid;
  if (data->content) opened_->content = std::move(*data->content);
  if (data->flags) opened_->flags = std::move(*data->flags);
}

void Client::tagged(const Response& response, std::string_view line) {
  const std::string answered = std::exchange(awaited_, {});
  if (answered == "LOGOUT") return finish(response.name == "OK" ? error_ : std::string(line));
  if (answered == "STARTTLS") return starttls_answered(response, line);
  if (response.name != "OK") return log_out(line);
  if (answered == "AUTHENTICATE" && !dialogue_->complete()) return finish(sasl::unproved_server);
  if (answered == "SELECT") out_.emplace_back(Event{MailboxSelected{uid_validity_, messages_}});
  if (answered == "UID FETCH" && opened_) {
    if (opened_->uid != 0) out_.emplace_back(Event{std::move(*opened_)});
    opened_.reset();
    ++next_open_;
    return open_next();
  }
  if (answered == "UID FETCH" || (answered == "SELECT" && messages_ == 0)) {
    out_.emplace_back(Event{ListingDone{}});
    return open_next();
  }
  proceed();
}

/// The next command towards the listing.
void Client::proceed() {
  if (state_ == authenticated) return send("SELECT", {astring(config_.mailbox)});
  if (state_ == selected) return send("UID FETCH", {"1:*", std::string(listing_items)});
  if (capabilities_.empty() && !std::exchange(asked_capability_, true)) return send("CAPABILITY");
  if (begins_tls()) return;
  log_in();
}

void Client::open_next() {
  if (next_open_ == config_.open_uids.size()) return log_out({});
  opened_.emplace();
  send("UID FETCH", {std::to_string(config_.open_uids[next_open_]), "(FLAGS BODY[])"});
}

/// `arguments` as they are encoded. A command waits at each literal for the server's "+" (RFC 3501 §7.5).
void Client::send(std::string_view verb, const std::vector<std::string>& arguments) {
  awaited_ = verb;
  tag_ = "a" + std::to_string(++last_tag_);
  command_.clear();
  command_begin_ = sent_;
  std::string part = tag_ + " " + std::string(verb);
  for (const std::string& argument : arguments) {
    part += ' ';
    const std::size_t announced = argument.starts_with('{') ? argument.find("\r\n") + 2 : 0;
    if (announced > 0) {
      part.append(argument, 0, announced);
      parts_.push_back(std::exchange(part, {}));
    }
    part.append(argument, announced);
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

void Client::log_out(std::string_view error) {
  if (error_.empty()) error_ = error;
  send("LOGOUT");
}

void Client::finish(std::string error) {
  if (std::exchange(ended_, true)) return;
  state_ = logout;
  input_.clear();
  out_.emplace_back(Event{SessionDone{std::move(error)}});
  out_.emplace_back(Close{});
}

}  // namespace mailscope::imap
