// The commands of a mail transaction at the server: MAIL, RCPT, DATA, BDAT, BURL (RFC 5321 §3.3, RFC 3030 §2,
// RFC 4468 §3).
#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/smtp/server.hpp"
#include "protocols/smtp/submission.hpp"

namespace mailscope::smtp {

/// mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] (§4.1.1.2)
void Server::mail(std::string_view argument) {
  if (!may("MAIL")) return;
  if (config_.messages_max != 0 && messages_ >= config_.messages_max)
    return answer(own_reply(Say::TooManyMessages, config_.hostname));
  auto parsed = parse_mail(argument, config_.strict);
  if (const PathFault* fault = std::get_if<PathFault>(&parsed)) return path_refused(*fault, true);
  PathArgument& sender = std::get<PathArgument>(parsed);
  Envelope envelope;
  envelope.reverse_path = std::move(sender.path);
  std::optional<Reply> fault = read_parameters(sender.parameters, terms(), envelope);
  if (!fault) fault = fault_of(envelope);
  if (fault) return answer(counted(std::move(*fault)));
  if (config_.memory && envelope.size.value_or(0) > config_.memory->left()) return say(Say::NoMemory);
  envelope_ = envelope;
  std::string path = envelope.reverse_path;
  ask(SenderOffered{std::move(path), user_, std::move(envelope)}, Owed::Sender);
}

std::optional<Reply> Server::fault_of(const Envelope& envelope) const {
  if (!envelope.utf8 && !ascii::is_ascii(envelope.reverse_path)) return own_reply(Say::SenderUtf8);
  if (envelope.hold && envelope.by && release_of(*envelope.hold, now_) > now_ + envelope.by->time)
    return own_reply(Say::HeldTooLong);
  if (config_.submission && !is_fully_qualified(envelope.reverse_path, config_.local_domains))
    return own_reply(Say::SenderNotFull);
  return std::nullopt;
}

/// rcpt = "RCPT TO:" ( "<Postmaster@" Domain ">" / "<Postmaster>" / Forward-path ) [SP Rcpt-parameters] (§4.1.1.3)
void Server::rcpt(std::string_view argument) {
  if (!may("RCPT")) return;
  auto parsed = parse_rcpt(argument, config_.strict);
  if (const PathFault* fault = std::get_if<PathFault>(&parsed)) return path_refused(*fault, false);
  PathArgument& path = std::get<PathArgument>(parsed);
  Recipient recipient;
  recipient.forward_path = std::move(path.path);
  std::optional<Reply> fault = read_parameters(path.parameters, terms(), recipient);
  if (!fault) fault = fault_of(recipient);
  if (fault) return answer(counted(std::move(*fault)));
  if (envelope_.recipients.size() >= config_.recipients_max)
    return say(Say::TooManyRecipients);  // §4.5.3.1.10; not counted as an error: the client did well
  offered_ = recipient;
  std::string forward_path = recipient.forward_path;
  ask(RecipientOffered{std::move(forward_path), user_, std::move(recipient)}, Owed::Recipient);
}

std::optional<Reply> Server::fault_of(const Recipient& recipient) const {
  const bool ascii =
      ascii::is_ascii(recipient.forward_path) &&
      (!recipient.original || ascii::is_ascii(recipient.original->address) || is_utf8_type(recipient.original->type));
  if (!envelope_.utf8 && !ascii) return own_reply(Say::RecipientUtf8);
  if (config_.submission && !is_fully_qualified(recipient.forward_path, config_.local_domains))
    return own_reply(Say::RecipientNotFull);
  return std::nullopt;
}

void Server::path_refused(PathFault fault, bool sender) {
  switch (fault) {
    case PathFault::Syntax:
      return refuse(Say::PathSyntax);
    case PathFault::Mailbox:
      return refuse(sender ? Say::SenderSyntax : Say::RecipientSyntax);
    case PathFault::Unqualified:
      return refuse(sender ? Say::SenderUnqualified : Say::RecipientUnqualified);
    case PathFault::TooLong:
      return refuse(sender ? Say::SenderTooLong : Say::RecipientTooLong);
    case PathFault::Parameters:
      return refuse(Say::ParameterSyntax);
  }
}

void Server::data(std::string_view) {
  // §3.3: with no recipient left, 554 tells more than 503.
  if (state_ == State::Mail && recipient_refused_) return refuse(Say::NoRecipients);
  if (state_ == State::Chunks) return refuse(Say::DataAfterChunks);  // RFC 3030 §2
  if (!may("DATA")) return;
  if (envelope_.body == Body::BinaryMime) return refuse(Say::BinaryInData);  // RFC 3030 §3
  accept(own_reply(Say::StartContent), "DATA");
}

/// bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ], end-marker = "LAST" (RFC 3030 §2). Whatever the answer will be,
/// the octets come: they are taken off the stream before it is given.
void Server::bdat(std::string_view argument) {
  Cursor at(argument);
  const std::string_view size = at.take_while(ascii::is_digit);
  const auto octets = ascii::number<std::uint64_t>(size);
  const bool last = at.take(" LAST");
  Chunk chunk;
  if (!octets || !at.at_end()) {
    chunk.refusal = counted(own_reply(Say::Syntax, "BDAT size [LAST]"));  // how much comes, nobody can tell
  } else {
    chunk.left = *octets;
    chunk.last = last;
    if (state_ == State::Mail && recipient_refused_) {
      chunk.refusal = counted(own_reply(Say::NoRecipients));
    } else if (!machine().next(state(), "BDAT")) {
      chunk.refusal = counted(out_of_order());
    } else if (!extended_) {
      chunk.refusal = counted(own_reply(Say::EhloOnly));
    }
  }
  chunk_ = std::move(chunk);
}

/// burl-cmd = "BURL" SP absolute-URI [SP end-marker]; end-marker = "LAST" (RFC 4468 §3.5). A URL is asked about only
/// where its content would have a recipient (§3.2).
void Server::burl(std::string_view argument) {
  if (state_ == State::Mail && recipient_refused_) return refuse(Say::NoRecipients);
  if (!may("BURL")) return;
  if (!extended_) return refuse(Say::EhloOnly);
  Cursor at(argument);
  const std::string_view url = at.take_while([](char c) { return c != ' '; });
  const bool last = at.take(" LAST");
  if (url.empty() || !at.at_end()) return refuse(Say::Syntax, "BURL url [LAST]");
  last_url_ = last;
  ask(UrlOffered{std::string(url), user_}, Owed::Url);
}

}  // namespace mailscope::smtp
