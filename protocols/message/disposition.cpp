#include "protocols/message/disposition.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/report_form.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

namespace {

using report_form::Fields;

constexpr const char* kind = "disposition-notification";
constexpr std::array<std::string_view, 4> types = {"displayed", "deleted", "dispatched", "processed"};
constexpr std::array<std::string_view, 2> action_modes = {"manual-action", "automatic-action"};
constexpr std::array<std::string_view, 2> sending_modes = {"mdn-sent-manually", "mdn-sent-automatically"};

/// disposition-notification-content (RFC 8098 §3.1)
std::string write_fields(const DispositionStatus& status) {
  using report_form::field;
  const std::string mode = std::string(action_modes[status.automatic_action]) + "/MDN-sent-" +
                           (status.sent_automatically ? "automatically" : "manually");
  return report_form::field_unless_empty("Reporting-UA", status.reporting_ua) +
         field("Original-Recipient", status.original) +
         field("Final-Recipient", report_form::typed_address(status.recipient)) +
         (status.message_id.empty() ? "" : field("Original-Message-ID", '<' + status.message_id + '>')) +
         field("Disposition", mode + "; " + std::string(types[static_cast<std::size_t>(status.type)]));
}

/// Takes what stands before the first of `ends` off `text`, in lower case.
std::string take_word(std::string_view& text, std::string_view ends) {
  const std::size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string word = ascii::lower(ascii::trim(text.substr(0, end)));
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

/// Index of the word in the table, or nothing.
template <std::size_t size>
std::optional<std::size_t> index_in(const std::array<std::string_view, size>& table, std::string_view word) {
  const auto found = std::ranges::find(table, word);
  return found == table.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - table.begin()));
}

/// disposition-mode OWS ";" OWS disposition-type [ OWS "/" OWS disposition-modifier … ] (RFC 8098 §3.2.6)
bool read_disposition(std::string_view value, DispositionStatus& status) {
  const std::string text = without_comments(value);
  std::string_view left = text;
  const auto action = index_in(action_modes, take_word(left, "/"));
  const auto sending = index_in(sending_modes, take_word(left, ";"));
  const auto type = index_in(types, take_word(left, "/"));
  if (!action || !sending || !type) return false;
  status.automatic_action = *action == 1;
  status.sent_automatically = *sending == 1;
  status.type = static_cast<DispositionType>(*type);
  return true;
}

std::vector<AddressEntry> mailboxes(std::string_view value) {
  std::vector<AddressEntry> all = parse_addresses(value);
  std::erase_if(all, [](const AddressEntry& each) {
    return each.kind != AddressEntry::Kind::Mailbox || each.mailbox.empty() || each.host.empty();
  });
  return all;
}

/// Case counts in the local part only, quotes do not (RFC 8098 §2.1).
bool is_same(const AddressEntry& a, const AddressEntry& b) {
  return a.mailbox == b.mailbox && ascii::iequals(a.host, b.host);
}

std::string first_id(std::string_view value) {
  const std::vector<std::string> ids = message_ids(value);
  return ids.empty() ? std::string() : ids.front();
}

/// importance = "required" / "optional" (RFC 8098 §2.2)
bool has_required_option(std::string_view value) {
  const std::string text = without_comments(value);
  for (std::string_view left = text; !left.empty();) {
    std::string option = take_word(left, ";");
    std::string_view importance = option;
    importance.remove_prefix(std::min(importance.find('=') + 1, importance.size()));
    if (take_word(importance, ",") == "required") return true;
  }
  return false;
}

}  // namespace

std::string build_disposition(const DispositionStatus& status, const ReportCover& cover) {
  return report_form::write(cover, kind, write_fields(status));
}

std::optional<DispositionStatus> parse_disposition_status(std::string_view content) {
  const std::optional<std::string> body = report_form::read(content, kind);
  if (!body) return std::nullopt;
  const Fields fields(*body);
  const std::optional<Typed> recipient = fields.pair("Final-Recipient");
  if (!recipient) return std::nullopt;
  DispositionStatus status{.reporting_ua = fields.text("Reporting-UA"),
                           .original = fields.pair("Original-Recipient"),
                           .recipient = recipient->value,
                           .message_id = first_id(fields.text("Original-Message-ID"))};
  return read_disposition(fields.text("Disposition"), status) ? std::optional(status) : std::nullopt;
}

std::optional<DispositionRequest> disposition_request(std::string_view content) {
  const std::string_view header = content.substr(0, header_end(content));
  const std::vector<HeaderField> all = scan_fields(header);
  const auto value = [&](std::string_view name) {
    const HeaderField* found = find_field(header, all, name);
    return found ? found->value.of(header) : std::string_view{};
  };
  const auto is_request = [&](const HeaderField& each) {
    return ascii::iequals(each.name.of(header), "Disposition-Notification-To");
  };
  std::vector<AddressEntry> wanted = mailboxes(value("Disposition-Notification-To"));
  const std::string_view return_path = value("Return-Path");
  const std::vector<AddressEntry> sender = mailboxes(return_path);
  if (wanted.empty() || wanted.size() > disposition_addresses_max) return std::nullopt;
  if (std::ranges::count_if(all, is_request) > 1) return std::nullopt;
  if (!return_path.empty() && sender.empty()) return std::nullopt;
  if (has_required_option(value("Disposition-Notification-Options"))) return std::nullopt;
  if (report_form::read(content, kind)) return std::nullopt;

  const AddressEntry first = wanted.front();
  const Fields fields(header);
  DispositionRequest request{{},
                             fields.pair("Original-Recipient"),
                             fields.text("Subject"),
                             first_id(value("Message-ID")),
                             sender.size() == 1 && is_same(sender.front(), first)};
  for (auto each = wanted.begin(); each != wanted.end(); ++each) {
    const auto same = [&](const AddressEntry& other) { return is_same(other, *each); };
    if (std::any_of(wanted.begin(), each, same)) continue;
    request.to.push_back(addr_spec(*each));
  }
  if (request.to.size() > 1) request.may_be_automatic = false;
  return request;
}

}  // namespace mailscope::message
