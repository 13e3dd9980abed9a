#include "protocols/smtp/offers.hpp"

#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/internet_date.hpp"

namespace mailscope::smtp {

namespace {

std::string_view word(Cursor& at) {
  at.take(' ');
  return at.take_while([](char c) { return c != ' '; });
}

/// 1*9DIGIT, as the limits of DELIVERBY and FUTURERELEASE are written.
std::optional<std::chrono::seconds> seconds(std::string_view text) {
  const auto number = text.size() <= 9 ? ascii::number<std::uint32_t>(text) : std::nullopt;
  return number ? std::optional(std::chrono::seconds(*number)) : std::nullopt;
}

struct Flag {
  std::string_view keyword;
  bool Offers::*member;
};
constexpr std::array flags = {
    Flag{"PIPELINING", &Offers::pipelining},
    Flag{"8BITMIME", &Offers::eight_bit_mime},
    Flag{"SMTPUTF8", &Offers::utf8},
    Flag{"CHUNKING", &Offers::chunking},
    Flag{"BINARYMIME", &Offers::binary_mime},
    Flag{"DSN", &Offers::dsn},
    Flag{"ENHANCEDSTATUSCODES", &Offers::enhanced_status_codes},
    Flag{"STARTTLS", &Offers::starttls},
    Flag{"REQUIRETLS", &Offers::require_tls},
    Flag{"MT-PRIORITY", &Offers::priority},
    Flag{"ETRN", &Offers::etrn},
};

/// limit-name-value = limit-name "=" limit-value; these have 1*6DIGIT, not zero (RFC 9422 §4).
void read_limits(Cursor& at, Offers& offers) {
  while (!at.at_end()) {
    Cursor limit(word(at));
    const std::string_view name = limit.take_while([](char c) { return c != '='; });
    limit.take('=');
    const auto value = limit.rest().size() <= 6 ? ascii::number<std::uint32_t>(limit.rest()) : std::nullopt;
    if (value.value_or(0) == 0) continue;
    if (ascii::iequals(name, "RCPTMAX")) offers.recipients_max = value;
    if (ascii::iequals(name, "RCPTDOMAINMAX")) offers.domains_max = value;
    if (ascii::iequals(name, "MAILMAX")) offers.messages_max = value;
  }
}

/// ehlo-line = ehlo-keyword *( SP ehlo-param ) (§4.1.1.1)
void read_line(std::string_view line, Offers& offers) {
  Cursor at(line);
  const std::string_view keyword = word(at);
  for (const Flag& flag : flags)
    if (ascii::iequals(keyword, flag.keyword)) offers.*flag.member = true;
  if (ascii::iequals(keyword, "SIZE")) offers.size = ascii::number<std::uint64_t>(word(at)).value_or(0);
  if (ascii::iequals(keyword, "DELIVERBY")) {  // min-by-time *( "," extension-token ) (RFC 2852 §2)
    const std::string_view options = word(at);
    offers.by = seconds(options.substr(0, options.find(','))).value_or(std::chrono::seconds(0));
  }
  if (ascii::iequals(keyword, "FUTURERELEASE")) {
    offers.hold = seconds(word(at));
    offers.hold_until = parse_internet_date(word(at));
  }
  if (ascii::iequals(keyword, "BURL"))  // without "imap" it has to be authenticated first (RFC 4468 §3.1)
    while (!at.at_end()) offers.burl = ascii::iequals(word(at), "imap") || offers.burl;
  if (ascii::iequals(keyword, "LIMITS")) read_limits(at, offers);
  if (ascii::iequals(keyword, "AUTH"))
    while (!at.at_end()) offers.mechanisms.push_back(ascii::upper(word(at)));
}

}  // namespace

Offers parse_offers(std::span<const std::string> lines) {
  Offers offers;
  for (const std::string& line : lines) read_line(line, offers);
  offers.binary_mime = offers.binary_mime && offers.chunking;
  return offers;
}

}  // namespace mailscope::smtp
