// What the server says of its own accord, as a table: the texts are written here and nowhere else, and the tests know
// from it every code that can be uttered. Authentication and STARTTLS have replies of their own.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "protocols/smtp/reply.hpp"

namespace mailscope::smtp {

enum class Say : std::uint8_t {
  Greeting,
  Closing,
  Ok,
  ChunkTaken,
  UrlTaken,
  NotVerified,
  StartContent,
  TimedOut,
  ShuttingDown,
  TlsInTheClear,
  TooManyErrors,
  TooManyMessages,
  TooManyRecipients,
  LineTooLong,
  BareLineEnd,
  UnknownCommand,
  WebRequest,
  TooManyRefused,
  NotPrintable,
  NoArgument,
  Syntax,
  ClientName,
  PathSyntax,
  SenderSyntax,
  RecipientSyntax,
  SenderTooLong,
  RecipientTooLong,
  SenderUnqualified,
  RecipientUnqualified,
  ParameterSyntax,
  ParameterValue,
  UnknownParameter,
  ByExpired,
  HeldTooLong,
  NeedsTls,
  NotImplemented,
  WrongOrder,
  EhloFirst,
  EhloOnly,
  DataAfterChunks,
  BinaryInData,
  NoHelp,
  AuthenticationFirst,
  NoRecipients,
  SenderUtf8,
  RecipientUtf8,
  ReplyUtf8,
  SenderNotFull,
  RecipientNotFull,
  TooLarge,
  NoMemory,
  BareInContent,
  TextLineTooLong,
  HeaderNotFull,
  Loop,
};

struct OwnReply {
  Say say;
  std::uint16_t code;
  std::string_view enhanced;
  std::string_view text;  ///< "%" stands for what the occasion adds
};

// clang-format off
inline constexpr std::array own_replies = {
    OwnReply{Say::Greeting, 220, "", "% ESMTP Mailscope"},  // no enhanced code here nor after EHLO: RFC 2034 §4
    OwnReply{Say::Closing, 221, "2.0.0", "% closing connection"},
    OwnReply{Say::Ok, 250, "2.0.0", "OK"},
    OwnReply{Say::ChunkTaken, 250, "2.0.0", "% octets taken"},
    OwnReply{Say::UrlTaken, 250, "2.5.0", "Waiting for additional BURL or BDAT commands"},
    OwnReply{Say::NotVerified, 252, "2.5.0", "Cannot verify, but will take a message and try to deliver it"},
    OwnReply{Say::StartContent, 354, "", "Start mail input; end with <CRLF>.<CRLF>"},
    OwnReply{Say::TimedOut, 421, "4.4.2", "% Error: timeout exceeded"},
    OwnReply{Say::ShuttingDown, 421, "4.3.2", "% Service shutting down"},
    OwnReply{Say::TlsInTheClear, 421, "4.7.0", "% TLS begins here with STARTTLS"},
    OwnReply{Say::TooManyErrors, 421, "4.7.0", "% Error: too many errors"},
    OwnReply{Say::TooManyMessages, 421, "4.7.0", "% Error: too many messages in one session"},
    OwnReply{Say::TooManyRecipients, 452, "4.5.3", "Too many recipients"},
    OwnReply{Say::LineTooLong, 500, "5.5.2", "Line too long"},
    OwnReply{Say::BareLineEnd, 500, "5.5.2", "Bare CR or LF in a command; lines end in CR LF"},
    OwnReply{Say::UnknownCommand, 500, "5.5.2", "Command not recognized"},
    OwnReply{Say::WebRequest, 421, "4.7.0", "% speaks SMTP, not HTTP"},
    OwnReply{Say::TooManyRefused, 421, "4.7.0", "% Too many recipients that do not exist"},
    OwnReply{Say::NotPrintable, 501, "5.5.2", "Only printable US-ASCII characters may stand in a command"},
    OwnReply{Say::NoArgument, 501, "5.5.4", "No argument is allowed here"},
    OwnReply{Say::Syntax, 501, "5.5.4", "Syntax: %"},
    OwnReply{Say::ClientName, 501, "", "A domain name or address literal is needed"},
    OwnReply{Say::PathSyntax, 501, "5.5.4", "Syntax: MAIL FROM:<address> or RCPT TO:<address>, without space at the colon"},
    OwnReply{Say::SenderSyntax, 501, "5.1.7", "Bad address syntax"},
    OwnReply{Say::RecipientSyntax, 501, "5.1.3", "Bad address syntax"},
    OwnReply{Say::SenderTooLong, 501, "5.1.7", "Path too long"},
    OwnReply{Say::RecipientTooLong, 501, "5.1.3", "Path too long"},
    OwnReply{Say::SenderUnqualified, 553, "5.1.7", "The address needs a domain"},
    OwnReply{Say::RecipientUnqualified, 553, "5.1.3", "The address needs a domain"},
    OwnReply{Say::ParameterSyntax, 501, "5.5.4", "Syntax error in parameters"},
    OwnReply{Say::ParameterValue, 501, "5.5.4", "Bad value of parameter %"},
    OwnReply{Say::UnknownParameter, 555, "5.5.4", "Parameter % not recognized"},
    OwnReply{Say::ByExpired, 555, "5.4.7", "Delivery within that time cannot be promised; at least % seconds"},
    OwnReply{Say::HeldTooLong, 501, "5.5.4", "The message would be held longer than it may take to deliver"},
    OwnReply{Say::NeedsTls, 530, "5.7.10", "REQUIRETLS needs a session under TLS"},
    OwnReply{Say::NotImplemented, 502, "5.5.1", "Command not implemented"},
    OwnReply{Say::WrongOrder, 503, "5.5.1", "Bad sequence of commands"},
    OwnReply{Say::EhloFirst, 503, "5.5.1", "Bad sequence of commands: say EHLO first"},
    OwnReply{Say::EhloOnly, 503, "5.5.1", "Bad sequence of commands: after HELO there are no extensions"},
    OwnReply{Say::DataAfterChunks, 503, "5.5.1", "Bad sequence of commands: the content has begun with BDAT"},
    OwnReply{Say::BinaryInData, 503, "5.5.1", "Bad sequence of commands: BODY=BINARYMIME needs BDAT"},
    OwnReply{Say::NoHelp, 504, "5.5.4", "No help on that"},
    OwnReply{Say::AuthenticationFirst, 530, "5.7.0", "Authentication required"},
    OwnReply{Say::NoRecipients, 554, "5.5.1", "No valid recipients"},
    OwnReply{Say::SenderUtf8, 550, "5.6.7", "An address beyond US-ASCII needs SMTPUTF8"},
    OwnReply{Say::RecipientUtf8, 553, "5.6.7", "An address beyond US-ASCII needs SMTPUTF8"},
    OwnReply{Say::ReplyUtf8, 252, "2.6.8", "The answer is beyond US-ASCII: ask with SMTPUTF8"},
    OwnReply{Say::SenderNotFull, 554, "5.1.7", "The sender's domain is not fully qualified"},
    OwnReply{Say::RecipientNotFull, 554, "5.1.3", "The recipient's domain is not fully qualified"},
    OwnReply{Say::TooLarge, 552, "5.3.4", "Message size exceeds %"},
    OwnReply{Say::NoMemory, 452, "4.3.1", "Too much mail is under way here at the moment"},
    OwnReply{Say::BareInContent, 550, "5.6.0", "Bare CR or LF in the message; lines end in CR LF"},
    OwnReply{Say::TextLineTooLong, 554, "5.6.0", "A line of the message is longer than % octets"},
    OwnReply{Say::HeaderNotFull, 554, "5.6.0", "A domain in the field % is not fully qualified"},
    OwnReply{Say::Loop, 554, "5.4.6", "Too many hops: this message goes round in a loop"},
};
// clang-format on

/// The row of `say`, with `detail` in its place.
[[nodiscard]] Reply own_reply(Say say, std::string_view detail = {});

}  // namespace mailscope::smtp
