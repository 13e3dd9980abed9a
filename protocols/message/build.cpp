// Writes a message. Whatever the draft holds, no field can end early and begin another: line ends and other control
// characters in it become spaces.
#include <algorithm>
#include <optional>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/content_type.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/draft.hpp"
#include "protocols/message/encode.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/field_text.hpp"
#include "protocols/message/flowed.hpp"
#include "protocols/message/token.hpp"
#include "protocols/message/transport.hpp"

namespace mailscope::message {

namespace {

/// Of a parameter's section (RFC 2231 §3), so that it fits a line with its name.
constexpr std::size_t section_octets_max = 48;

/// An address that has a form in US-ASCII goes in it: so the message needs no server that knows SMTPUTF8.
std::string addr_spec_of(const Address& address) {
  const std::string spec = without_controls(address.address);
  const std::size_t domain = spec.rfind('@') + 1;
  if (!std::ranges::all_of(spec.substr(0, domain), ascii::is_printable)) return spec;
  return spec.substr(0, domain) + to_a_labels(spec.substr(domain)).value_or(spec.substr(domain));
}

/// mailbox = name-addr / addr-spec (RFC 5322 §3.4)
std::string mailbox(const Address& address) {
  const std::string name = without_controls(address.display_name);
  const std::string spec = addr_spec_of(address);
  return name.empty() ? spec : phrase(name) + " <" + spec + '>';
}

std::string mailbox_list(const std::vector<Address>& addresses) {
  std::string list;
  for (const Address& address : addresses) list += (list.empty() ? "" : ", ") + mailbox(address);
  return list;
}

std::string list_field(std::string_view name, const std::vector<Address>& addresses) {
  return addresses.empty() ? std::string{} : field(name, mailbox_list(addresses));
}

/// ext-octet of RFC 2231 §7; what an attribute-char may be stands as it is.
std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = ascii::is_alnum(c) || std::string_view("!#$&+-.^_`{|}~").find(c) != std::string_view::npos;
    result += plain ? std::string(1, c) : "%" + hex_digits(c);
  }
  return result;
}

/// "; name=value", in sections with a charset (RFC 2231 §3, §4) where the value is no printable US-ASCII or too long.
std::string parameter_text(std::string_view name, std::string_view value) {
  const std::string text = utf8_repaired(without_controls(value));
  if (text.size() <= section_octets_max && std::ranges::all_of(text, ascii::is_printable))
    return "; " + std::string(name) + '=' + quoted_string(text);
  std::vector<std::string> sections{"UTF-8''"};
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t octets = std::max<std::size_t>(utf8_length(rest), 1);
    const std::string next = percent_encoded(rest.substr(0, octets));
    if (sections.back().size() + next.size() > section_octets_max) sections.emplace_back();
    sections.back() += next;
    rest.remove_prefix(octets);
  }
  if (sections.size() == 1) return "; " + std::string(name) + "*=" + sections.front();
  std::string result;
  for (std::size_t number = 0; number < sections.size(); ++number)
    result += "; " + std::string(name) + '*' + std::to_string(number) + "*=" + sections[number];
  return result;
}

/// 7bit as we write it: US-ASCII without control characters, lines not over 78 (RFC 2045 §2.7; the length is ours).
bool is_short_7bit(std::string_view text) {
  for (std::size_t length = 0; const char c : text) {
    if (c == '\r') continue;
    length = c == '\n' ? 0 : length + 1;
    if (length > folded_line_octets_max || (c != '\n' && c != '\t' && !ascii::is_printable(c))) return false;
  }
  return true;
}

/// 8bit (RFC 2045 §2.8): as 7bit, but for the octets over 127.
bool fits_8bit(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return c < 0; }, 'x');
  return fits_7bit(text);
}

/// A part: its Content-* fields and its body.
struct Entity {
  std::string header, body;
};

Entity entity(std::string_view content_type, std::string_view encoding, std::string body) {
  return {field("Content-Type", content_type) + field("Content-Transfer-Encoding", encoding), std::move(body)};
}

Entity text_entity(std::string_view subtype, std::string_view text, bool flowed, bool eight_bit) {
  std::string body = with_crlf(flowed ? flow(text) : std::string(text));
  if (!body.empty() && !body.ends_with("\r\n")) body += "\r\n";
  const std::string type = "text/" + std::string(subtype) +
                           "; charset=" + (has_eight_bit(body) ? "utf-8" : "us-ascii") +
                           (flowed ? "; format=flowed" : "");
  if (is_short_7bit(body)) return entity(type, "7bit", std::move(body));
  if (eight_bit && fits_8bit(body)) return entity(type, "8bit", std::move(body));
  Encoded encoded = encode_octets(body, true);
  return entity(type, encoded.encoding, std::move(encoded.text));
}

/// The name goes twice: by RFC 2183 and 2231, and in Content-Type by RFC 2047, which old programs read.
Entity attachment_entity(const Attachment& attachment) {
  const auto wanted = parse_content_type(attachment.type);
  std::string type = wanted ? wanted->type + '/' + wanted->subtype : "application/octet-stream";
  std::optional<std::string> message;
  if (type == "message/rfc822") message = downgrade_to_7bit(attachment.content);
  if (wanted && (type == "message/rfc822" || wanted->type == "multipart") && !message)
    type = "application/octet-stream";
  if (wanted && wanted->type == "text")
    for (const Parameter& parameter : wanted->parameters) type += parameter_text(parameter.name, parameter.value);
  if (!attachment.name.empty()) {
    const std::string name = without_controls(attachment.name);
    type += "; name=" + (is_plain(name) ? quoted_string(name) : '"' + encode_words(name) + '"');
  }
  const bool is_text = wanted && wanted->type == "text" && with_crlf(attachment.content) == attachment.content;
  Entity result;
  if (message) {
    result = entity(type, "7bit", std::move(*message));
  } else if (is_text && is_short_7bit(attachment.content)) {
    result = entity(type, "7bit", attachment.content);
  } else {
    Encoded encoded = encode_octets(attachment.content, is_text);
    result = entity(type, encoded.encoding, std::move(encoded.text));
  }
  std::string disposition = attachment.is_inline ? "inline" : "attachment";
  if (!attachment.name.empty()) disposition += parameter_text("filename", attachment.name);
  result.header += field("Content-Disposition", disposition);
  return result;
}

/// A boundary that begins no line of the parts (RFC 2046 §5.1.1). "=_" is in no quoted-printable and no base64.
std::string boundary_for(const std::vector<Entity>& parts) {
  for (std::size_t number = 0;; ++number) {
    std::string boundary = "=_part_" + std::to_string(number) + "_=";
    const auto holds = [&boundary](const Entity& part) { return part.body.find("--" + boundary) != std::string::npos; };
    if (std::ranges::none_of(parts, holds)) return boundary;
  }
}

/// Identity encoding only (RFC 2045 §6.4): 8bit where a part has it.
Entity multipart(std::string_view subtype, const std::vector<Entity>& parts) {
  const std::string boundary = boundary_for(parts);
  std::string body;
  for (const Entity& part : parts)
    body.append("--")
        .append(boundary)
        .append("\r\n")
        .append(part.header)
        .append("\r\n")
        .append(part.body)
        .append("\r\n");
  body += "--" + boundary + "--\r\n";
  const std::string_view encoding = has_eight_bit(body) ? "8bit" : "7bit";
  return entity("multipart/" + std::string(subtype) + "; boundary=\"" + boundary + '"', encoding, std::move(body));
}

Entity body_entity(const Draft& draft) {
  Entity body = text_entity("plain", draft.text, draft.flowed, draft.eight_bit);
  if (!draft.html.empty())
    body = multipart("alternative", {std::move(body), text_entity("html", draft.html, false, draft.eight_bit)});
  if (draft.attachments.empty()) return body;
  std::vector<Entity> parts{std::move(body)};
  for (const Attachment& attachment : draft.attachments) parts.push_back(attachment_entity(attachment));
  return multipart("mixed", parts);
}

/// 1*msg-id (RFC 5322 §3.6.4)
std::string id_list(const std::vector<std::string>& ids) {
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "<" : " <") + without_controls(id) + '>';
  return list;
}

}  // namespace

std::string build(const Draft& draft) {
  std::string content = field("Date", date(draft.date)) + field("From", mailbox(draft.from));
  content += list_field("Reply-To", draft.reply_to) + list_field("To", draft.to) + list_field("Cc", draft.cc);
  content += field("Subject", unstructured(draft.subject));
  if (!draft.message_id.empty()) content += field("Message-ID", id_list({draft.message_id}));
  if (!draft.in_reply_to.empty()) content += field("In-Reply-To", id_list({draft.in_reply_to}));
  if (!draft.references.empty()) content += field("References", id_list(draft.references));
  content += list_field("Disposition-Notification-To", draft.receipt_to);
  if (!draft.user_agent.empty()) content += field("User-Agent", unstructured(draft.user_agent));
  const Entity body = body_entity(draft);
  return content + field("MIME-Version", "1.0") + body.header + "\r\n" + body.body;
}

std::vector<std::string> recipients(const Draft& draft) {
  std::vector<std::string> result;
  for (const auto* list : {&draft.to, &draft.cc, &draft.bcc})
    for (const Address& address : *list) result.push_back(address.address);
  return result;
}

}  // namespace mailscope::message
