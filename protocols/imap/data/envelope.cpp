#include "protocols/imap/data/envelope.hpp"

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/message/address.hpp"

namespace mailscope::imap {

namespace {

/// NIL where the field is absent, "" where it is empty (§7.4.2).
std::string text_field(std::string_view content, const message::Part& message, std::string_view name) {
  const message::HeaderField* field = message::find_field(content, message.fields, name);
  return field ? quoted_or_literal(ascii::trim(message::unfolded(field->value.of(content)))) : "NIL";
}

/// address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")". A host of NIL marks where a group begins, and
/// with a mailbox of NIL, where it ends.
std::string address(const message::AddressEntry& entry) {
  using Kind = message::AddressEntry::Kind;
  const std::string mailbox = entry.kind == Kind::GroupEnd ? "NIL" : quoted_or_literal(entry.mailbox);
  const std::string host = entry.kind == Kind::Mailbox ? quoted_or_literal(entry.host) : "NIL";
  return "(" + nstring(entry.name) + " " + nstring(entry.route) + " " + mailbox + " " + host + ")";
}

/// To, Cc and Bcc may not be repeated (RFC 5322 §3.6), and are: all of them count.
bool is_merged(std::string_view name) { return name == "To" || name == "Cc" || name == "Bcc"; }

/// "(" 1*address ")" / nil; `otherwise` where the field is absent or empty.
std::string address_field(std::string_view content, const message::Part& message, std::string_view name,
                          const std::string& otherwise = "NIL") {
  std::string list = "(";
  for (const message::HeaderField& field : message.fields) {
    if (!ascii::iequals(field.name.of(content), name)) continue;
    for (const message::AddressEntry& entry : message::parse_addresses(field.value.of(content))) list += address(entry);
    if (!is_merged(name)) break;
  }
  return list.size() > 1 ? list + ")" : otherwise;
}

}  // namespace

/// envelope = "(" env-date SP env-subject SP env-from SP env-sender SP env-reply-to SP env-to SP env-cc SP env-bcc SP
/// env-in-reply-to SP env-message-id ")"; Sender and Reply-To are From's where they say nothing (§7.4.2).
std::string envelope(std::string_view content, const message::Part& message) {
  const std::string from = address_field(content, message, "From");
  std::string text = "(" + text_field(content, message, "Date") + " " + text_field(content, message, "Subject");
  text += " " + from;
  for (const std::string_view name : {"Sender", "Reply-To"}) text += " " + address_field(content, message, name, from);
  for (const std::string_view name : {"To", "Cc", "Bcc"}) text += " " + address_field(content, message, name);
  for (const std::string_view name : {"In-Reply-To", "Message-ID"}) text += " " + text_field(content, message, name);
  return text += ")";
}

}  // namespace mailscope::imap
