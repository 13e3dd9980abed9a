// The server's commands, one function each (RFC 5321 §4.1.1, RFC 4954 §4). Order is the table's matter.
#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/core/base64.hpp"
#include "protocols/smtp/server.hpp"
#include "protocols/smtp/xtext.hpp"

namespace mailscope::smtp {

std::span<const Server::Verb> Server::verbs() {
  static constexpr std::array table = {
      Verb{"EHLO", &Server::ehlo, true},
      Verb{"HELO", &Server::helo, true},
      Verb{"MAIL", &Server::mail, true},
      Verb{"RCPT", &Server::rcpt, true},
      Verb{"DATA", &Server::data, false},
      Verb{"RSET", &Server::rset, false},
      Verb{"NOOP", &Server::noop, true},
      Verb{"QUIT", &Server::quit, false},
      Verb{"VRFY", &Server::vrfy, true},
      Verb{"HELP", &Server::help, true},
      Verb{"AUTH", &Server::auth, true},
      Verb{"EXPN", &Server::not_implemented, true},
      Verb{"STARTTLS", &Server::starttls, false},
      Verb{"TURN", &Server::not_implemented, true},  // RFC 5321 appendix F.1
  };
  return table;
}

void Server::command(const Line& line) {
  const Command command = parse_command(line.text);
  const auto verb = std::ranges::find(verbs(), command.verb, &Verb::name);
  const bool known = verb != verbs().end() && !line.too_long && !line.bare_end;
  context_ = known ? command.verb : "unknown";
  outbox_.hear(line.bytes, state(), state(), step_text(line.text + "\r\n"), "smtp/command/" + context_);
  if (line.too_long) return refuse(500, "5.5.2", "Line too long");
  if (line.bare_end) return refuse(500, "5.5.2", "Bare CR or LF in a command; lines end in CR LF");
  if (!known) return refuse(500, "5.5.2", "Command not recognized");
  if (!std::ranges::all_of(command.argument, ascii::is_printable))
    return refuse(501, "5.5.2", "Only printable US-ASCII characters may stand in a command");
  if (!verb->takes_argument && !command.argument.empty()) return refuse(501, "5.5.4", "No argument is allowed here");
  (this->*verb->run)(command.argument);
}

/// Is the move legal now? If not, says so.
bool Server::may(std::string_view move) {
  if (machine().next(state(), move)) return true;
  if (state_ == State::Greeted) {
    refuse(530, "5.7.0", lacks());
  } else {
    refuse(503, "5.5.1",
           state_ == State::Connected ? "Bad sequence of commands: say EHLO first" : "Bad sequence of commands");
  }
  return false;
}

bool Server::is_client_name(std::string_view argument) {
  if (is_domain_or_literal(argument)) return true;
  refuse(501, "", "A domain name or address literal is needed");  // no enhanced code here: RFC 2034 §4
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
    reply.lines.insert(reply.lines.end(), {"PIPELINING", "SIZE " + std::to_string(config_.message_octets_max),
                                           "8BITMIME", "ENHANCEDSTATUSCODES"});
    if (config_.starttls != StartTlsOffer::None && !channel_) reply.lines.emplace_back("STARTTLS");
    if (offers_auth()) {
      std::string offer = "AUTH";
      for (const sasl::Mechanism each : sasl::mechanisms) offer.append(" ").append(sasl::name(each));
      reply.lines.push_back(std::move(offer));
    }
  }
  accept(reply, verb);
}

/// mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] (§4.1.1.2)
void Server::mail(std::string_view argument) {
  if (!may("MAIL")) return;
  auto parsed = parse_mail(argument);
  if (const PathFault* fault = std::get_if<PathFault>(&parsed)) return path_refused(*fault, "5.1.7");
  PathArgument& sender = std::get<PathArgument>(parsed);
  for (const Parameter& parameter : sender.parameters)
    if (std::optional<Reply> fault = fault_of(parameter)) return answer(counted(std::move(*fault)));
  offered_path_ = sender.path;
  ask(SenderOffered{std::move(sender.path), user_}, Owed::Sender);
}

/// What is wrong with a parameter of MAIL. HELO offers no extensions, so none may be used after it (§2.2.1).
std::optional<Reply> Server::fault_of(const Parameter& parameter) const {
  const auto& [keyword, value] = parameter;
  const auto when = [](bool bad) {
    return bad ? std::optional(Reply{501, "5.5.4", {"Bad value of a parameter"}}) : std::nullopt;
  };
  if (extended_ && keyword == "SIZE") {  // size-value = 1*20DIGIT (RFC 1870 §4)
    if (value.empty() || value.size() > 20 || !std::ranges::all_of(value, ascii::is_digit)) return when(true);
    if (ascii::number<std::uint64_t>(value).value_or(UINT64_MAX) <= config_.message_octets_max) return std::nullopt;
    return Reply{552, "5.3.4", {"Message size exceeds " + std::to_string(config_.message_octets_max)}};
  }
  if (extended_ && keyword == "BODY")  // RFC 6152 §2
    return when(!ascii::iequals(value, "7BIT") && !ascii::iequals(value, "8BITMIME"));
  // Whom the client names is not trusted: it is read and not used (RFC 4954 §5).
  if (extended_ && keyword == "AUTH" && offers_auth()) return when(value != "<>" && !xtext_decode(value));
  return Reply{555, "5.5.4", {"Parameter " + keyword + " not recognized"}};
}

/// rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] (§4.1.1.3)
void Server::rcpt(std::string_view argument) {
  if (!may("RCPT")) return;
  auto parsed = parse_rcpt(argument);
  if (const PathFault* fault = std::get_if<PathFault>(&parsed)) return path_refused(*fault, "5.1.3");
  PathArgument& recipient = std::get<PathArgument>(parsed);
  if (!recipient.parameters.empty())
    return refuse(555, "5.5.4", "Parameter " + recipient.parameters.front().keyword + " not recognized");
  if (envelope_.recipients.size() >= config_.recipients_max)
    return answer(
        {452, "4.5.3", {"Too many recipients"}});  // §4.5.3.1.10; not counted as an error: the client did well
  offered_path_ = recipient.path;
  ask(RecipientOffered{std::move(recipient.path), user_}, Owed::Recipient);
}

void Server::path_refused(PathFault fault, std::string_view enhanced) {
  switch (fault) {
    case PathFault::Syntax:
      return refuse(501, "5.5.4", "Syntax: MAIL FROM:<address> or RCPT TO:<address>, without space at the colon");
    case PathFault::Mailbox:
      return refuse(501, enhanced, "Bad address syntax");
    case PathFault::Unqualified:
      return refuse(553, enhanced, "The address needs a domain");
    case PathFault::TooLong:
      return refuse(501, enhanced, "Path too long");
    case PathFault::Parameters:
      return refuse(501, "5.5.4", "Syntax error in parameters");
  }
}

void Server::data(std::string_view) {
  // §3.3: with no recipient left, 554 tells more than 503.
  if (state_ == State::Mail && recipient_refused_) return refuse(554, "5.5.1", "No valid recipients");
  if (may("DATA")) accept({354, "", {"Start mail input; end with <CRLF>.<CRLF>"}}, "DATA");
}

void Server::rset(std::string_view) {
  forget_transaction();
  accept({250, "2.0.0", {"OK"}}, "RSET");
}

void Server::noop(std::string_view) { answer({250, "2.0.0", {"OK"}}); }

void Server::quit(std::string_view) { accept({221, "2.0.0", {config_.hostname + " closing connection"}}, "QUIT"); }

/// vrfy = "VRFY" SP String (§4.1.1.6). Who exists is not told (§7.3); 252 is the reply for that (§3.5.3).
void Server::vrfy(std::string_view argument) {
  if (argument.empty()) return refuse(501, "5.5.4", "Syntax: VRFY address");
  answer({252, "2.5.0", {"Cannot verify, but will take a message and try to deliver it"}});
}

void Server::help(std::string_view) {
  std::string names;
  for (const Verb& verb : verbs())
    if (verb.run != &Server::not_implemented && (verb.run != &Server::auth || offers_auth()) &&
        (verb.run != &Server::starttls || config_.starttls != StartTlsOffer::None))
      names.append(" ").append(verb.name);
  answer({214, "2.0.0", {"Commands:" + names, "See RFC 5321"}});
}

void Server::not_implemented(std::string_view) { refuse(502, "5.5.1", "Command not implemented"); }

/// "AUTH" SP mechanism [SP initial-response] (RFC 4954 §4)
void Server::auth(std::string_view argument) {
  if (!offers_auth() && config_.submission && config_.starttls != StartTlsOffer::None)
    return refuse(530, "5.7.0", lacks());
  if (!offers_auth()) return not_implemented(argument);
  if (!user_.empty()) return refuse(503, "5.5.1", "Already authenticated");
  if (!may(on_challenge)) return;
  if (!extended_) return refuse(503, "5.5.1", "Authentication needs EHLO");
  const std::size_t space = argument.find(' ');
  const std::optional<sasl::Mechanism> mechanism = sasl::mechanism(argument.substr(0, space));
  if (argument.empty()) return refuse(501, "5.5.4", "Syntax: AUTH mechanism [initial-response]");
  if (!mechanism) return refuse(504, "5.5.4", "Authentication mechanism not supported");
  std::optional<std::string> initial;
  if (space != std::string_view::npos) {
    const std::string_view text = argument.substr(space + 1);
    initial = text == "=" ? "" : base64_decode(text);  // "=" is a response of no octets
    if (!initial) return refuse(501, "5.5.2", "The initial response is no base64");
  }
  exchange_.emplace(*mechanism);
  auth_move(exchange_->begin(initial));
}

}  // namespace mailscope::smtp
