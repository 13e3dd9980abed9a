#include "protocols/smtp/submission.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/smtp/header_scan.hpp"

namespace mailscope::smtp {

namespace {

constexpr std::array<std::string_view, 12> address_fields = {
    "From",        "Sender",        "Reply-To",  "To",        "Cc",         "Bcc",
    "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc", "Resent-Reply-To"};

}  // namespace

bool is_fully_qualified(std::string_view path, std::span<const std::string> local) {
  const std::size_t at = path.rfind('@');
  if (at == std::string_view::npos) return true;  // the null sender, and postmaster
  const std::string_view domain = path.substr(at + 1);
  return domain.starts_with('[') || domain.find('.') != std::string_view::npos ||
         std::ranges::any_of(local, [domain](const std::string& one) { return ascii::iequals(one, domain); });
}

std::string unqualified_field(std::string_view content, std::span<const std::string> local) {
  for (const message::HeaderField& field : message::scan_fields(content)) {
    const std::string_view name = field.name.of(content);
    const auto is_name = [&](std::string_view each) { return ascii::iequals(each, name); };
    if (std::ranges::none_of(address_fields, is_name)) continue;
    for (const message::AddressEntry& entry : message::parse_addresses(field.value.of(content)))
      if (!entry.host.empty() && !is_fully_qualified('@' + entry.host, local)) return std::string(name);
  }
  return {};
}

std::string missing_fields(std::string_view content, const Completion& completion) {
  const auto has = [&](std::string_view name) { return count_fields(content, name) > 0; };
  const auto address = "<" + std::string(completion.reverse_path) + ">";
  const bool sender_known = !completion.reverse_path.empty();
  std::string fields;
  if (!has("Date")) fields += "Date: " + message::date(completion.now) + "\r\n";                     // §8.2
  if (!has("Message-ID")) fields += "Message-ID: <" + std::string(completion.message_id) + ">\r\n";  // §8.3
  if (!has("From") && sender_known) fields += "From: " + address + "\r\n";
  const bool from_other =
      has("From") && first_line_of(content, "From").find(completion.reverse_path) == std::string_view::npos;
  if (completion.adds_sender && sender_known && from_other && !has("Sender"))  // §8.1
    fields += "Sender: " + address + "\r\n";
  if (!fields.empty() && !begins_with_field(content) && !content.starts_with("\r\n")) fields += "\r\n";
  return fields;
}

}  // namespace mailscope::smtp
