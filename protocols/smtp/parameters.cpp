#include "protocols/smtp/parameters.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/internet_date.hpp"
#include "protocols/smtp/grammar.hpp"
#include "protocols/smtp/own_replies.hpp"
#include "protocols/smtp/unitext.hpp"
#include "protocols/smtp/xtext.hpp"

namespace mailscope::smtp {

namespace {

/// What reading one value can come to.
enum class Outcome : std::uint8_t { Right, Wrong, TooLarge, Expired };

/// 1*digits_max DIGIT
std::optional<std::uint64_t> digits(std::string_view text, std::size_t digits_max) {
  if (text.empty() || text.size() > digits_max || !std::ranges::all_of(text, ascii::is_digit)) return std::nullopt;
  return ascii::number<std::uint64_t>(text).value_or(UINT64_MAX);
}

std::optional<std::int64_t> seconds(std::string_view text) {
  const auto number = digits(text, 9);  // RFC 2852 §4, RFC 4865 §3: at most nine digits
  return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
}

/// size-value = 1*20DIGIT (RFC 1870 §4)
Outcome read_size(std::string_view value, const Terms& terms, Envelope& envelope) {
  envelope.size = digits(value, 20);
  if (!envelope.size) return Outcome::Wrong;
  return *envelope.size > terms.message_octets_max ? Outcome::TooLarge : Outcome::Right;
}

/// body-value = "7BIT" / "8BITMIME" / "BINARYMIME" (RFC 6152 §2, RFC 3030 §3)
Outcome read_body(std::string_view value, const Terms& terms, Envelope& envelope) {
  if (ascii::iequals(value, "7BIT")) return Outcome::Right;
  const bool binary = ascii::iequals(value, "BINARYMIME") && terms.offered.has(Extension::BinaryMime);
  if (!binary && !ascii::iequals(value, "8BITMIME")) return Outcome::Wrong;
  envelope.body = binary ? Body::BinaryMime : Body::EightBitMime;
  return Outcome::Right;
}

/// RFC 6531 §3.4: no value
Outcome read_smtputf8(std::string_view value, const Terms&, Envelope& envelope) {
  envelope.utf8 = true;
  return value.empty() ? Outcome::Right : Outcome::Wrong;
}

/// RFC 8689 §2: no value
Outcome read_requiretls(std::string_view value, const Terms&, Envelope& envelope) {
  envelope.require_tls = true;
  return value.empty() ? Outcome::Right : Outcome::Wrong;
}

/// "AUTH=" ("<>" / xtext), a Mailbox in it; whether whom the client names is to be trusted, the host decides (RFC 4954
/// §5)
Outcome read_auth(std::string_view value, const Terms&, Envelope& envelope) {
  const std::string text = value == "<>" ? "" : xtext_decode(value).value_or("");
  auto path = parse_mail("FROM:<" + text + '>');
  PathArgument* const mailbox = std::get_if<PathArgument>(&path);
  const bool is_mailbox = mailbox && !mailbox->path.empty() && mailbox->parameters.empty() && !text.starts_with('@');
  if (value != "<>" && !is_mailbox) return Outcome::Wrong;
  envelope.auth = std::move(mailbox->path);
  return Outcome::Right;
}

/// ret-value = "FULL" / "HDRS" (RFC 3461 §4.3)
Outcome read_ret(std::string_view value, const Terms&, Envelope& envelope) {
  if (ascii::iequals(value, "FULL")) envelope.returned = Return::Full;
  if (ascii::iequals(value, "HDRS")) envelope.returned = Return::Headers;
  return envelope.returned == Return::Unsaid ? Outcome::Wrong : Outcome::Right;
}

/// envid-parameter = "ENVID=" xtext; it means printable US-ASCII only (RFC 3461 §4.4)
Outcome read_envid(std::string_view value, const Terms&, Envelope& envelope) {
  const std::optional<std::string> id = xtext_decode(value);
  if (value.empty() || value.size() > envelope_id_octets_max || !id || !std::ranges::all_of(*id, ascii::is_printable))
    return Outcome::Wrong;
  envelope.id = *id;
  return Outcome::Right;
}

/// by-value = by-time ";" by-mode [by-trace], by-time = ["-" / "+"] 1*9DIGIT (RFC 2852 §4)
Outcome read_by(std::string_view value, const Terms& terms, Envelope& envelope) {
  Cursor at(value);
  const bool negative = at.take('-');
  if (!negative) at.take('+');
  const auto time = seconds(at.take_while(ascii::is_digit));
  if (!time || !at.take(';')) return Outcome::Wrong;
  DeliverBy by;
  by.time = std::chrono::seconds(negative ? -*time : *time);
  by.returned = at.take("R");
  if (!by.returned && !at.take("N")) return Outcome::Wrong;
  by.trace = at.take("T");
  // A message that would have to be returned at once is not taken (§4).
  if (!at.at_end() || (by.returned && by.time.count() <= 0)) return Outcome::Wrong;
  envelope.by = by;
  return by.returned && by.time < terms.by_min ? Outcome::Expired : Outcome::Right;
}

/// future-release-interval = %x31-39 *8DIGIT (RFC 4865 §3); not together with HOLDUNTIL (§4.2)
Outcome read_holdfor(std::string_view value, const Terms& terms, Envelope& envelope) {
  const auto time = seconds(value);
  if (!time || value.starts_with('0') || *time > terms.hold_max.count() || envelope.hold) return Outcome::Wrong;
  envelope.hold = std::chrono::seconds(*time);
  return Outcome::Right;
}

/// future-release-date-time = date-time (RFC 4865 §3 as corrected by erratum 2040)
Outcome read_holduntil(std::string_view value, const Terms& terms, Envelope& envelope) {
  const auto time = parse_internet_date(value);
  if (!time || *time > terms.now + terms.hold_max || envelope.hold) return Outcome::Wrong;
  envelope.hold = *time;
  return Outcome::Right;
}

/// priority-value = (["-"] NZDIGIT) / "0" (RFC 6710 §7)
Outcome read_priority(std::string_view value, const Terms&, Envelope& envelope) {
  const bool negative = value.starts_with('-');
  const auto number = digits(value.substr(negative ? 1 : 0), 1);
  if (!number || (negative && *number == 0)) return Outcome::Wrong;
  const int priority = static_cast<int>(*number);
  envelope.priority = static_cast<std::int8_t>(negative ? -priority : priority);
  return Outcome::Right;
}

/// notify-esmtp-value = "NEVER" / 1#notify-list-element (RFC 3461 §4.1)
Outcome read_notify(std::string_view value, const Terms&, Recipient& recipient) {
  Notify& notify = recipient.notify;
  if (ascii::iequals(value, "NEVER")) {
    notify.never = true;
    return Outcome::Right;
  }
  Cursor at(value);
  do {
    const std::string_view word = at.take_while(ascii::is_alpha);
    bool* const wanted = ascii::iequals(word, "SUCCESS")   ? &notify.success
                         : ascii::iequals(word, "FAILURE") ? &notify.failure
                         : ascii::iequals(word, "DELAY")   ? &notify.delay
                                                           : nullptr;
    if (wanted == nullptr) return Outcome::Wrong;
    *wanted = true;
  } while (at.take(','));
  return at.at_end() ? Outcome::Right : Outcome::Wrong;
}

/// original-recipient-address = addr-type ";" xtext (RFC 3461 §4.2)
Outcome read_orcpt(std::string_view value, const Terms& terms, Recipient& recipient) {
  const std::size_t semicolon = value.find(';');
  if (value.size() > original_recipient_octets_max || semicolon == 0 || semicolon == std::string_view::npos)
    return Outcome::Wrong;
  const std::string_view type = value.substr(0, semicolon), text = value.substr(semicolon + 1);
  const bool is_atom = std::ranges::all_of(type, [](char c) { return ascii::is_alnum(c) || c == '-'; });
  // Its 7-bit form may come to every server, UTF-8 as it is to one with SMTPUTF8 (RFC 6533 §3).
  const bool utf8 = is_utf8_type(type) && (terms.offered.has(Extension::Smtputf8) || ascii::is_ascii(text));
  const std::optional<std::string> address = utf8 ? unitext_decode(text) : xtext_decode(text);
  if (!is_atom || !address || address->empty()) return Outcome::Wrong;
  if (!utf8 && !std::ranges::all_of(*address, ascii::is_printable)) return Outcome::Wrong;
  recipient.original = OriginalRecipient{std::string(type), *address};
  return Outcome::Right;
}

template <class Target>
struct Rule {
  std::string_view keyword;
  std::optional<Extension> extension;  ///< nothing: AUTH
  Outcome (*read)(std::string_view value, const Terms& terms, Target& target);
};

constexpr Rule<Envelope> mail_rules[] = {
    {"SIZE", Extension::Size, read_size},
    {"BODY", Extension::EightBitMime, read_body},
    {"SMTPUTF8", Extension::Smtputf8, read_smtputf8},
    {"REQUIRETLS", Extension::RequireTls, read_requiretls},
    {"AUTH", std::nullopt, read_auth},
    {"RET", Extension::Dsn, read_ret},
    {"ENVID", Extension::Dsn, read_envid},
    {"BY", Extension::DeliverBy, read_by},
    {"HOLDFOR", Extension::FutureRelease, read_holdfor},
    {"HOLDUNTIL", Extension::FutureRelease, read_holduntil},
    {"MT-PRIORITY", Extension::MtPriority, read_priority},
};
constexpr Rule<Recipient> rcpt_rules[] = {
    {"NOTIFY", Extension::Dsn, read_notify},
    {"ORCPT", Extension::Dsn, read_orcpt},
};

template <class Target, std::size_t count>
std::optional<Reply> read(const std::vector<Parameter>& parameters, const Rule<Target> (&rules)[count],
                          const Terms& terms, Target& target) {
  for (const auto& [keyword, value] : parameters) {
    const auto rule = std::ranges::find(rules, keyword, &Rule<Target>::keyword);
    const bool known = rule != std::end(rules);
    if (known && rule->extension == Extension::RequireTls && terms.tls_missing) return own_reply(Say::NeedsTls);
    if (!known || !(rule->extension ? terms.offered.has(*rule->extension) : terms.authentication))
      return own_reply(Say::UnknownParameter, keyword);
    switch (rule->read(value, terms, target)) {
      case Outcome::Right:
        break;
      case Outcome::Wrong:
        return own_reply(Say::ParameterValue, keyword);
      case Outcome::TooLarge:
        return own_reply(Say::TooLarge, std::to_string(terms.message_octets_max));
      case Outcome::Expired:
        return own_reply(Say::ByExpired, std::to_string(terms.by_min.count()));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Reply> read_parameters(const std::vector<Parameter>& parameters, const Terms& terms, Envelope& envelope) {
  return read(parameters, mail_rules, terms, envelope);
}

std::optional<Reply> read_parameters(const std::vector<Parameter>& parameters, const Terms& terms,
                                     Recipient& recipient) {
  return read(parameters, rcpt_rules, terms, recipient);
}

}  // namespace mailscope::smtp
