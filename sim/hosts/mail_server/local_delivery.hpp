// The last step of a message's way: into the mailbox of a local user, with the header fields that delivery adds, and
// within the user's quota. It knows accounts, and neither aliases nor queues.
#pragma once

#include <memory>
#include <vector>

#include "protocols/mailstore/store.hpp"
#include "sim/hosts/mail_server/letter.hpp"
#include "sim/hosts/mail_server/mailbox_watch.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

class LocalDelivery final : HostToolkit {
 public:
  LocalDelivery(HostId id, Surroundings& world, Sessions& sessions, const MailServerSetting& setting);

  [[nodiscard]] mailstore::Store& store() { return store_; }
  /// The account of a local address or user, or null.
  [[nodiscard]] mailstore::Account* account_of(std::string_view address) const;
  /// Every server that takes mail has this one (RFC 5321 §4.5.1).
  [[nodiscard]] mailstore::Account& postmaster() const;
  /// Why `messages` of `octets` each cannot be taken for this account; nothing where they can.
  [[nodiscard]] std::optional<smtp::Reply> obstacle(const mailstore::Account& account, std::size_t messages,
                                                    std::uint64_t octets) const;
  /// The same for the content that delivery makes of this letter.
  [[nodiscard]] std::optional<smtp::Reply> obstacle(const mailstore::Account& account, std::size_t messages,
                                                    const Letter& letter) const;
  /// Puts the letter into the account's INBOX, or says why not: the mailbox is full, or had the letter before.
  [[nodiscard]] std::optional<smtp::Reply> deliver(Instant now, mailstore::Account& account, const Letter& letter);
  /// Writes to the trace what has changed in the accounts. False when nothing has.
  [[nodiscard]] bool publish(Instant now);

 private:
  /// What final delivery puts before the content (RFC 5321 §4.4, RFC 8098 §2.3, RFC 9228).
  [[nodiscard]] std::string added_fields(const Letter& letter) const;

  const MailServerSetting& setting_;
  mailstore::Store store_;  ///< with an account for each user and the postmaster
  std::vector<std::unique_ptr<MailboxWatch>> watches_;
};

/// Field that says for whom a server took a message, so that it knows it again when it comes round (RFC 9228).
[[nodiscard]] std::string delivered_to_field(std::string_view address);
/// The content has such a field with this address.
[[nodiscard]] bool was_delivered_to(std::string_view content, std::string_view address);

}  // namespace mailscope
