#include "sim/hosts/mail_server/local_delivery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/message.hpp"
#include "protocols/smtp/unitext.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

constexpr std::string_view postmaster_name = "postmaster";
constexpr std::string_view delivered_to_name = "Delivered-To";
constexpr std::string_view original_recipient_name = "Original-Recipient";

/// RFC 5321 §4.4: exactly one return path is present when a message is delivered, and only the server that delivers
/// knows it; so it is with the original recipient (RFC 8098 §2.3). One that the message came with is somebody's
/// invention.
std::string without_delivery_fields(const std::string& content) {
  std::string result;
  std::size_t kept = 0;
  for (const message::HeaderField& field : message::scan_fields(content)) {
    const std::string_view name = field.name.of(content);
    if (!ascii::iequals(name, "Return-Path") && !ascii::iequals(name, original_recipient_name)) continue;
    result.append(content, kept, field.whole.begin - kept);
    kept = field.whole.end;
  }
  return result.append(content, kept);
}

/// original-recipient-header (RFC 8098 §2.3), in UTF-8 only where the message may have that (RFC 6533 §3)
std::string original_recipient_field(const Letter& letter) {
  const auto& original = letter.recipient().original;
  if (!original) return {};
  const bool encoded = smtp::is_utf8_type(original->type) && !letter.envelope.utf8;
  return fmt::format("{}: {};{}\r\n", original_recipient_name, original->type,
                     encoded ? smtp::unitext_encode(original->address, true) : original->address);
}

/// What is said where a mailbox takes no more (RFC 5321 §4.2.2, RFC 3463 §3.3, §3.4); `for_good`: waiting does not
/// help.
std::optional<smtp::Reply> refusal_of(mailstore::Outcome room, bool for_good) {
  if (room == mailstore::Outcome::Ok) return std::nullopt;
  if (room == mailstore::Outcome::Limit) return smtp::Reply{452, "4.3.1", {"Insufficient system storage"}};
  if (for_good) return smtp::Reply{552, "5.2.2", {"Mailbox full"}};
  return smtp::Reply{452, "4.2.2", {"Mailbox full"}};
}

}  // namespace

LocalDelivery::LocalDelivery(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting)
    : HostToolkit(id, world, sessions), setting_(setting) {
  mailstore::Quota quota;
  if (setting.policy.quota_octets) quota.storage = mailstore::Usage{.octets = *setting.policy.quota_octets}.storage();
  for (const ServerUser& user : setting.users) store_.add(user.name).set_quota(quota);
  store_.add(postmaster_name).set_quota({});  // reports must not be refused
  for (const auto& [name, account] : store_.accounts())
    watches_.push_back(std::make_unique<MailboxWatch>(id, *account, world.trace));
}

mailstore::Account* LocalDelivery::account_of(std::string_view address) const {
  return store_.find(local_part_of(address));
}

mailstore::Account& LocalDelivery::postmaster() const { return *store_.find(postmaster_name); }

std::optional<smtp::Reply> LocalDelivery::obstacle(const mailstore::Account& account, std::size_t messages,
                                                   std::uint64_t octets) const {
  return refusal_of(account.find("INBOX")->room_for(messages, messages * octets), setting_.policy.over_quota_refused);
}

std::optional<smtp::Reply> LocalDelivery::obstacle(const mailstore::Account& account, std::size_t messages,
                                                   const Letter& letter) const {
  return obstacle(account, messages, added_fields(letter).size() + letter.content->size());
}

std::string LocalDelivery::added_fields(const Letter& letter) const {
  return fmt::format("Return-Path: <{}>\r\n{}{}", letter.envelope.reverse_path, original_recipient_field(letter),
                     delivered_to_field(letter.address()));
}

std::optional<smtp::Reply> LocalDelivery::deliver(Instant now, mailstore::Account& account, const Letter& letter) {
  if (was_delivered_to(*letter.content, letter.address()))
    return smtp::Reply{
        554, "5.4.6", {fmt::format("{} has had this message: it goes round in a loop", letter.address())}};
  const mailstore::Added added =
      account.inbox().append(now, added_fields(letter) + without_delivery_fields(*letter.content));
  if (const auto refusal = refusal_of(added.outcome, true)) return refusal;  // nobody is left who could wait
  note(now, Severity::Success, "notice/delivered", {account.user()});
  return std::nullopt;
}

bool LocalDelivery::publish(Instant now) {
  bool changed = false;
  for (const auto& watch : watches_) changed = watch->publish(now) || changed;
  return changed;
}

std::string delivered_to_field(std::string_view address) {
  return fmt::format("{}: {}\r\n", delivered_to_name, address);
}

bool was_delivered_to(std::string_view content, std::string_view address) {
  return std::ranges::any_of(message::field_bodies(content, delivered_to_name),
                             [&](const std::string& body) { return ascii::iequals(body, address); });
}

}  // namespace mailscope
