// The server's commands, one function each (RFC 5321 §4.1.1). Order is the table's matter.
#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/internet_date.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/core/web_request.hpp"
#include "protocols/smtp/server.hpp"

namespace mailscope::smtp {

std::span<const Server::Verb> Server::verbs() {
  using enum Verb::Argument;
  static constexpr std::array table = {
      Verb{"EHLO", &Server::ehlo, Optional, "EHLO domain"},
      Verb{"HELO", &Server::helo, Optional, "HELO domain"},
      Verb{"MAIL", &Server::mail, Optional, "MAIL FROM:<address> [parameters]", true},
      Verb{"RCPT", &Server::rcpt, Optional, "RCPT TO:<address> [parameters]", true},
      Verb{"DATA", &Server::data, None, "DATA"},
      Verb{"BDAT", &Server::bdat, Optional, "BDAT size [LAST]"},
      Verb{"BURL", &Server::burl, Needed, "BURL url [LAST]"},
      Verb{"RSET", &Server::rset, None, "RSET"},
      Verb{"NOOP", &Server::noop, Optional, "NOOP"},
      Verb{"QUIT", &Server::quit, None, "QUIT"},
      Verb{"VRFY", &Server::vrfy, Needed, "VRFY address", true},
      Verb{"EXPN", &Server::expn, Needed, "EXPN list", true},
      Verb{"HELP", &Server::help, Optional, "HELP [command]"},
      Verb{"ETRN", &Server::etrn, Needed, "ETRN node"},
      Verb{"AUTH", &Server::auth, Optional, "AUTH mechanism [initial-response]"},
      Verb{"STARTTLS", &Server::starttls, None, "STARTTLS"},
      // RFC 5321 appendix F.1 and F.6: known, and to be refused
      Verb{"TURN", &Server::not_implemented, Optional, "TURN"},
      Verb{"SEND", &Server::not_implemented, Optional, "SEND"},
      Verb{"SOML", &Server::not_implemented, Optional, "SOML"},
      Verb{"SAML", &Server::not_implemented, Optional, "SAML"},
  };
  return table;
}

std::vector<std::string_view> Server::verb_names() {
  std::vector<std::string_view> names;
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  return names;
}

void Server::command(const Line& line) {
  const Command command = parse_command(line.text);
  const auto verb = std::ranges::find(verbs(), command.verb, &Verb::name);
  const bool known = verb != verbs().end() && !line.too_long && !line.bare_end;
  context_ = known ? verb->name : "unknown";
  hear(line.bytes, line.text, "smtp/command/", context_);
  if (!known && is_web_request(line.text)) return answer(own_reply(Say::WebRequest, config_.hostname));
  if (!known && is_stranger() && ++strangers_bad_commands_ >= strangers_bad_commands_max)
    return answer(own_reply(Say::TooManyErrors, config_.hostname));
  if (line.too_long) return refuse(Say::LineTooLong);
  if (line.bare_end) return refuse(Say::BareLineEnd);
  if (!known) return refuse(Say::UnknownCommand);
  const bool readable =
      verb->utf8 ? utf8_valid_prefix(command.argument) == command.argument.size() : ascii::is_ascii(command.argument);
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  if (!readable || std::ranges::any_of(command.argument, is_control)) return refuse(Say::NotPrintable);
  if (!offers(*verb)) return refuse(Say::NotImplemented);
  if (verb->argument == Verb::Argument::None && !command.argument.empty()) return refuse(Say::NoArgument);
  if (verb->argument == Verb::Argument::Needed && command.argument.empty()) return refuse(Say::Syntax, verb->syntax);
  (this->*verb->run)(command.argument);
}

/// Is the command there at all, as this server is set up?
bool Server::offers(const Verb& verb) const {
  if (verb.run == &Server::not_implemented) return false;
  if (verb.run == &Server::auth) return offers_auth() || (config_.submission && offers_starttls());
  if (verb.run == &Server::starttls) return offers_starttls();
  if (verb.run == &Server::bdat) return config_.extensions.has(Extension::Chunking);
  if (verb.run == &Server::burl)
    return config_.submission && config_.extensions.has(Extension::Burl) &&
           config_.extensions.has(Extension::EightBitMime);
  if (verb.run == &Server::expn) return config_.asks_expn;
  if (verb.run == &Server::etrn) return config_.extensions.has(Extension::Etrn) && !config_.submission;
  return true;
}

/// Is the move legal now? If not, says so.
bool Server::may(std::string_view move) {
  if (machine().next(state(), move)) return true;
  answer(counted(out_of_order()));
  return false;
}

Reply Server::out_of_order() const {
  if (state_ == State::Greeted) return {530, "5.7.0", {std::string(lacks())}};
  return own_reply(state_ == State::Connected ? Say::EhloFirst : Say::WrongOrder);
}

bool Server::is_client_name(std::string_view argument) {
  std::string name(argument);
  if (!config_.strict) std::ranges::replace(name, '_', '-');  // Windows' names have it, and nobody looks them up
  if (is_domain_or_literal(name)) return true;
  refuse(Say::ClientName);
  return false;
}

/// ehlo = "EHLO" SP ( Domain / address-literal ) (§4.1.1.1)
void Server::ehlo(std::string_view argument) {
  if (is_client_name(argument)) begin_session(argument, "EHLO", true);
}

/// helo = "HELO" SP Domain (§4.1.1.1)
void Server::helo(std::string_view argument) {
  if (is_client_name(argument)) begin_session(argument, "HELO", false);
}

void Server::begin_session(std::string_view name, std::string_view verb, bool extended) {
  client_name_ = name;
  extended_ = extended;
  forget_transaction();  // §4.1.4: as if RSET had been given
  Reply reply{250, "", {config_.hostname + (extended ? " greets " + client_name_ : "")}};
  if (extended) {
    for (std::size_t i = 0; i < extension_keywords.size(); ++i)
      if (offers(static_cast<Extension>(i))) reply.lines.push_back(offer(static_cast<Extension>(i)));
    if (offers_starttls() && !channel_) reply.lines.emplace_back("STARTTLS");
    if (offers_auth()) reply.lines.push_back("AUTH" + sasl::names(mechanisms()));
  }
  accept(reply, verb);
}

bool Server::offers(Extension extension) const {
  if (!extended_ || !config_.extensions.has(extension)) return false;
  switch (extension) {
    case Extension::BinaryMime:
      return config_.extensions.has(Extension::Chunking);
    case Extension::Smtputf8:
      return config_.extensions.has(Extension::EightBitMime);
    case Extension::RequireTls:
      return is_secure();
    case Extension::FutureRelease:
      return config_.submission;
    case Extension::Burl:
      return config_.submission && config_.extensions.has(Extension::EightBitMime);
    case Extension::Etrn:
      return !config_.submission;
    default:
      return true;
  }
}

/// ehlo-line = ehlo-keyword *( SP ehlo-param ) (§4.1.1.1)
std::string Server::offer(Extension extension) const {
  std::string line(extension_keywords[static_cast<std::size_t>(extension)]);
  switch (extension) {
    case Extension::Size:
      return line + ' ' + std::to_string(config_.message_octets_max);
    case Extension::DeliverBy:  // RFC 2852 §2
      return config_.by_min.count() > 0 ? line + ' ' + std::to_string(config_.by_min.count()) : line;
    case Extension::FutureRelease:  // RFC 4865 §3: the longest interval and the latest time
      return line + ' ' + std::to_string(config_.hold_max.count()) + ' ' + internet_date(now_ + config_.hold_max);
    case Extension::Burl:  // RFC 4468 §3.3: authorised URLs
      return line + " imap";
    case Extension::Limits:  // RFC 9422 §4
      if (config_.messages_max != 0) line += " MAILMAX=" + std::to_string(config_.messages_max);
      return line + " RCPTMAX=" + std::to_string(config_.recipients_max);
    default:
      return line;
  }
}

Terms Server::terms() const {
  Terms terms;
  for (std::size_t i = 0; i < extension_keywords.size(); ++i)
    if (offers(static_cast<Extension>(i))) terms.offered = terms.offered.with(static_cast<Extension>(i));
  terms.authentication = extended_ && offers_auth();
  terms.tls_missing = extended_ && config_.extensions.has(Extension::RequireTls) && !is_secure();
  terms.message_octets_max = config_.message_octets_max;
  terms.by_min = config_.by_min;
  terms.hold_max = config_.hold_max;
  terms.now = now_;
  return terms;
}

void Server::rset(std::string_view) {
  forget_transaction();
  accept(own_reply(Say::Ok), "RSET");
}

void Server::noop(std::string_view) { say(Say::Ok); }

void Server::quit(std::string_view) { accept(own_reply(Say::Closing, config_.hostname), "QUIT"); }

/// vrfy = "VRFY" SP String (§4.1.1.6). Who exists need not be told (§7.3); 252 is the reply for that (§3.5.3).
void Server::vrfy(std::string_view argument) {
  if (!config_.asks_vrfy) return say(Say::NotVerified);
  ask_about(argument, false);
}

/// expn = "EXPN" SP String (§4.1.1.7)
void Server::expn(std::string_view argument) { ask_about(argument, true); }

/// VRFY and EXPN take the parameter SMTPUTF8 (RFC 6531 §3.7.4.1).
void Server::ask_about(std::string_view argument, bool list) {
  constexpr std::string_view parameter = " SMTPUTF8";
  const std::size_t length = argument.size() > parameter.size() ? argument.size() - parameter.size() : argument.size();
  reply_utf8_ = offers(Extension::Smtputf8) && ascii::iequals(argument.substr(length), parameter);
  if (reply_utf8_) argument = argument.substr(0, length);
  if (!reply_utf8_ && !ascii::is_ascii(argument)) return refuse(Say::RecipientUtf8);
  ask(VerificationOffered{std::string(argument), user_, list, reply_utf8_}, Owed::Other);
}

/// "ETRN" SP [ "@" / "#" ] node, not in a transaction (RFC 1985 §5)
void Server::etrn(std::string_view argument) {
  if (state_ != State::Ready) return refuse(state_ == State::Greeted ? Say::AuthenticationFirst : Say::WrongOrder);
  if (!extended_) return refuse(Say::EhloOnly);
  Cursor at(argument);
  using Scope = QueueRunOffered::Scope;
  const Scope scope = at.take('@') ? Scope::Subdomains : at.take('#') ? Scope::Queue : Scope::Node;
  // A queue's name is whatever the host calls it (§5.3).
  if (at.at_end() || (scope != Scope::Queue && !is_domain_or_literal(at.rest()))) return refuse(Say::ClientName);
  reply_utf8_ = false;
  ask(QueueRunOffered{scope, std::string(at.rest()), user_}, Owed::Other);
}

void Server::help(std::string_view argument) {
  if (!argument.empty()) {
    const auto verb = std::ranges::find(verbs(), ascii::upper(argument), &Verb::name);
    if (verb == verbs().end() || !offers(*verb)) return refuse(Say::NoHelp);
    return answer({214, "2.0.0", {"Syntax: " + std::string(verb->syntax)}});
  }
  std::string names;
  for (const Verb& verb : verbs())
    if (offers(verb)) names.append(" ").append(verb.name);
  answer({214, "2.0.0", {"Commands:" + names, "See RFC 5321"}});
}

void Server::not_implemented(std::string_view) { refuse(Say::NotImplemented); }

}  // namespace mailscope::smtp
