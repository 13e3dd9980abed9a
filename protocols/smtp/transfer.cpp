#include "protocols/smtp/transfer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "protocols/core/internet_date.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/message.hpp"
#include "protocols/message/transport.hpp"
#include "protocols/smtp/parameters.hpp"
#include "protocols/smtp/session.hpp"
#include "protocols/smtp/unitext.hpp"
#include "protocols/smtp/xtext.hpp"

namespace mailscope::smtp {

namespace {

/// May the path stand in a command line? Whether it is a mailbox, the server says.
bool can_travel(std::string_view path) {
  const auto is_fit = [](char c) { return ascii::is_printable(c) || static_cast<unsigned char>(c) > 127; };
  return std::ranges::all_of(path, is_fit) && utf8_valid_prefix(path) == path.size() &&
         path.size() + 64 < plain_command_octets_max;
}

Reply own_reply(std::uint16_t code, std::string_view enhanced, std::string_view text) {
  return {code, std::string(enhanced), {std::string(text)}};
}

/// The path as it is named to a server without SMTPUTF8: what it needs no UTF-8 for is written in A-labels (RFC 6531
/// §3.2). A local part means what it says at its own server alone, and stays.
std::string path_in_ascii(const std::string& path) {
  const std::size_t domain = path.rfind('@') + 1;
  const auto a_labels = ascii::is_ascii(path.substr(0, domain)) ? to_a_labels(path.substr(domain)) : std::nullopt;
  return a_labels ? path.substr(0, domain) + *a_labels : path;
}

/// What the message needs beside plain SMTP.
struct Needs {
  bool utf8_header{}, utf8_sender{}, utf8_recipient{};
  [[nodiscard]] bool utf8() const { return utf8_header || utf8_sender || utf8_recipient; }
};

/// Octets beyond US-ASCII in a header need SMTPUTF8 where they are UTF-8; older mail has them without any meaning, and
/// they travel as 8-bit content does (RFC 6532 §3).
Needs needs_of(const Envelope& envelope, std::string_view content) {
  const std::string_view header = message::split(content).header;
  const auto is_ascii_path = [](const Recipient& recipient) { return ascii::is_ascii(recipient.forward_path); };
  return {!ascii::is_ascii(header) && utf8_valid_prefix(header) == header.size(),
          !ascii::is_ascii(envelope.reverse_path),
          !std::ranges::all_of(envelope.recipients, is_ascii_path)};
}

/// The envelope with its paths as they are named to this server: in UTF-8 only where something in it needs SMTPUTF8 all
/// the same, so that no server on the way has to know more than it must.
Envelope envelope_for(const Envelope& given, std::string_view content, const Offers& offers) {
  Envelope envelope = given;
  envelope.reverse_path = path_in_ascii(given.reverse_path);
  for (Recipient& recipient : envelope.recipients) recipient.forward_path = path_in_ascii(recipient.forward_path);
  return offers.utf8 && needs_of(envelope, content).utf8() ? given : envelope;
}

/// RFC 4865 §4.1
bool takes_hold(const Hold& hold, const Offers& offers) {
  if (const auto* seconds = std::get_if<std::chrono::seconds>(&hold)) return offers.hold && *seconds <= *offers.hold;
  return offers.hold && (!offers.hold_until || std::get<Instant>(hold) <= *offers.hold_until);
}

/// Why nothing of the message can go to this server, its content aside.
std::optional<Reply> obstacle(const Envelope& envelope, const Needs& needs, const Offers& offers, bool secured) {
  if (!can_travel(envelope.reverse_path)) return own_reply(553, "5.1.7", "The sender's address cannot travel");
  if (needs.utf8_sender && !offers.utf8)
    return own_reply(550, "5.6.7", "The server takes no sender's address beyond US-ASCII");
  if (needs.utf8_header && !offers.utf8) return own_reply(554, "5.6.9", "The server takes no header in UTF-8");
  if (envelope.require_tls && !envelope.reverse_path.empty()) {  // reports are exempt (RFC 8689 §4.2.1)
    if (!secured) return own_reply(550, "5.7.10", "The message requires TLS, and the session has none");
    if (!offers.require_tls) return own_reply(550, "5.7.30", "The message requires TLS on its whole way");
  }
  if (envelope.by && envelope.by->returned && envelope.by->time.count() <= 0)
    return own_reply(554, "5.4.7", "The time that the sender allowed is over");
  if (envelope.by && envelope.by->returned && (!offers.by || envelope.by->time < *offers.by))
    return own_reply(550, "5.3.3", "The server cannot promise to deliver in time or return the message");
  if (envelope.hold && !takes_hold(*envelope.hold, offers))
    return own_reply(550, "5.3.3", "The server does not hold messages that long");
  return std::nullopt;
}

/// Content as the server takes it, and what BODY has to say of it. False: no form that it takes.
bool choose_form(const Envelope& envelope, std::string content, const Offers& offers, bool mends_lines,
                 Transfer& transfer) {
  const bool binary = envelope.body == Body::BinaryMime;
  transfer.content = binary || !mends_lines ? std::move(content) : with_crlf(content);
  if (!transfer.content.empty() && !binary && !transfer.content.ends_with("\r\n")) transfer.content += "\r\n";
  if (binary && offers.binary_mime) {
    transfer.chunks = true;
    transfer.mail += " BODY=BINARYMIME";
    return true;
  }
  if (!binary && ascii::is_ascii(transfer.content)) return true;
  if (binary || !offers.eight_bit_mime) {
    std::optional<std::string> converted = message::downgrade_to_7bit(transfer.content);
    if (!converted) return false;
    transfer.content = std::move(*converted);
    return true;
  }
  transfer.mail += " BODY=8BITMIME";
  return true;
}

/// Mail-parameters of the extensions offered, but SIZE and BODY.
std::string mail_parameters(const Envelope& envelope, const Needs& needs, const Offers& offers) {
  std::string text;
  if (needs.utf8() && offers.utf8) text += " SMTPUTF8";
  if (envelope.require_tls && offers.require_tls) text += " REQUIRETLS";  // reports too, where they can (RFC 8689 §5)
  if (envelope.auth && !offers.mechanisms.empty())
    text += " AUTH=" + (envelope.auth->empty() ? "<>" : xtext_encode(*envelope.auth));
  if (offers.dsn && envelope.returned != Return::Unsaid)
    text += envelope.returned == Return::Full ? " RET=FULL" : " RET=HDRS";
  if (offers.dsn && !envelope.id.empty()) text += " ENVID=" + xtext_encode(envelope.id);
  if (envelope.by && offers.by)
    text += " BY=" + std::to_string(envelope.by->time.count()) + ';' + (envelope.by->returned ? 'R' : 'N') +
            (envelope.by->trace ? "T" : "");
  if (envelope.hold) {
    if (const auto* seconds = std::get_if<std::chrono::seconds>(&*envelope.hold))
      text += " HOLDFOR=" + std::to_string(seconds->count());
    else
      text += " HOLDUNTIL=" + internet_date(std::get<Instant>(*envelope.hold));
  }
  if (envelope.priority && offers.priority) text += " MT-PRIORITY=" + std::to_string(*envelope.priority);
  return text;
}

/// notify-esmtp-value = "NEVER" / 1#notify-list-element (RFC 3461 §4.1)
std::string notify_value(const Notify& notify) {
  if (notify.never) return "NEVER";
  std::string list;
  const std::array<std::pair<bool, const char*>, 3> elements = {
      {{notify.success, "SUCCESS"}, {notify.failure, "FAILURE"}, {notify.delay, "DELAY"}}};
  for (const auto& [wanted, name] : elements)
    if (wanted) list.append(list.empty() ? "" : ",").append(name);
  return list;
}

/// What the server is asked to report. Who cannot be told how long a message may take is asked to tell of delays
/// (RFC 2852 §4.1.4.2).
Notify notify_asked(const Recipient& recipient, const Envelope& envelope, const Offers& offers) {
  Notify notify = recipient.notify;
  if (!envelope.by || offers.by || notify.never) return notify;
  notify.failure = notify.failure || !notify.said();
  notify.delay = true;
  return notify;
}

/// RFC 3461 §5.2.2: the server cannot be asked. RFC 2852 §4.1.4: each relay tells of itself where the sender asked for
/// a trace, and of a server that keeps no time while there is some left to keep (§4.1.4.2).
bool owes_report(const Recipient& recipient, const Envelope& envelope, const Offers& offers) {
  if (!offers.dsn && recipient.notify.success) return true;
  return envelope.by && !recipient.notify.never &&
         (envelope.by->trace || (!offers.by && envelope.by->time.count() > 0));
}

/// original-recipient-address = addr-type ";" xtext (RFC 3461 §4.2); `utf8`: the transaction has SMTPUTF8 (RFC 6533 §3)
std::string original_recipient(const OriginalRecipient& original, bool utf8) {
  const std::string& address = original.address;
  return original.type + ';' + (is_utf8_type(original.type) ? unitext_encode(address, !utf8) : xtext_encode(address));
}

Transfer::To plan_recipient(const Recipient& recipient, const Envelope& envelope, const Offers& offers, bool utf8) {
  Transfer::To to{"TO:<" + recipient.forward_path + '>', std::nullopt, owes_report(recipient, envelope, offers)};
  if (!can_travel(recipient.forward_path))
    to.refusal = own_reply(553, "5.1.3", "The recipient's address cannot travel");
  else if (!offers.utf8 && !ascii::is_ascii(recipient.forward_path))
    to.refusal = own_reply(553, "5.6.7", "The server takes no recipient's address beyond US-ASCII");
  if (const Notify notify = notify_asked(recipient, envelope, offers); offers.dsn && notify.said())
    to.argument += " NOTIFY=" + notify_value(notify);
  if (offers.dsn && recipient.original) to.argument += " ORCPT=" + original_recipient(*recipient.original, utf8);
  return to;
}

/// May the content be fetched from there? Only where it is as it would be sent, and by a command that can travel.
bool goes_by_url(const std::string& url, const Offers& offers) {
  constexpr std::size_t around = std::string_view("BURL  LAST\r\n").size();
  return offers.burl && !url.empty() && url.size() + around <= plain_command_octets_max &&
         std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Transfer plan_transfer(const Envelope& given, std::string content, const Offers& offers, bool secured,
                       const Handling& handling) {
  Transfer transfer;
  const Envelope envelope = envelope_for(given, content, offers);
  const Needs needs = needs_of(envelope, content);
  transfer.refusal = obstacle(envelope, needs, offers, secured);
  if (transfer.refusal) return transfer;
  transfer.mail = "FROM:<" + envelope.reverse_path + '>';
  transfer.chunks = offers.chunking && handling.chunking == Chunking::WhereOffered;
  const bool by_url = goes_by_url(handling.url, offers);
  const std::string shown = by_url ? content : std::string();
  if (!choose_form(envelope, std::move(content), offers, handling.mends_lines, transfer)) {
    transfer.refusal = own_reply(554, "5.6.3", "The server takes no 8-bit content, and this one cannot be converted");
    return transfer;
  }
  if (by_url && transfer.content == shown) transfer.url = handling.url;
  const std::uint64_t octets = transfer.content.size();
  if (offers.size && *offers.size != 0 && octets > *offers.size) {
    transfer.refusal = own_reply(552, "5.3.4", "The message is larger than the server announces to take");
    return transfer;
  }
  if (offers.size) transfer.mail += " SIZE=" + std::to_string(octets);
  transfer.mail += mail_parameters(envelope, needs, offers);
  for (const Recipient& recipient : envelope.recipients)
    transfer.recipients.push_back(plan_recipient(recipient, envelope, offers, needs.utf8() && offers.utf8));
  return transfer;
}

}  // namespace mailscope::smtp
