// A person's device with a mail program: does what the person does, with the mail of one or more accounts. It writes
// letters; that they leave is the matter of OutgoingMail, and what comes in that of each account's MailAccess.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "protocols/message/disposition.hpp"
#include "protocols/message/draft.hpp"
#include "sim/hosts/device/mail_access.hpp"
#include "sim/hosts/device/outgoing_mail.hpp"

namespace mailscope {

class MailProgram final : public Host {
 public:
  MailProgram(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting);
  /// Nothing listens on a device.
  std::unique_ptr<Session> accept(Instant, const ConnectionOpened&) override { return nullptr; }
  void wake(Instant now) override;
  [[nodiscard]] bool publish(Instant now) override;

  void act(Instant now, const Action& action) override;

 private:
  /// `account`: which of its accounts; nothing: the first, or all where that makes sense.
  void perform(Instant now, const SendAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const ReplyAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const EditAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const CheckMailAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const MessageAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const MoveAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const NoteAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const SearchAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const EmptyTrashAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const LineAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const LookUpAction& action, std::optional<std::size_t> account);

  [[nodiscard]] MailAccess& access(std::optional<std::size_t> account) { return *accesses_[account.value_or(0)]; }
  /// The message, or a notice that there is none.
  [[nodiscard]] std::optional<MessageSummary> choose(Instant now, MailAccess& access, const MessageChoice& choice);
  void erase(Instant now, MailAccess& access, const MessageSummary& message, const std::string& mailbox);
  /// The letter of that subject in the Outbox, or a notice that there is none that waits.
  [[nodiscard]] std::optional<std::uint64_t> choose_waiting(Instant now, const std::string& subject);
  [[nodiscard]] WrittenLetter written(Instant now, message::Draft draft, std::size_t account, SendAction wishes);
  /// A message was opened: who asks for a receipt gets it where the account gives any (RFC 8098 §2.1).
  void on_opened(Instant now, MailAccess& access, std::uint64_t message);
  void send_receipt(Instant now, const MailAccess& access, const std::string& content,
                    const message::DispositionRequest& request);
  /// A new one, without angle brackets.
  [[nodiscard]] std::string message_id(std::string_view address);

  NameLookup names_;
  RandomStream random_, nonces_;
  OutgoingMail::Accesses accesses_;
  OutgoingMail outgoing_;
  bool online_{true};
};

}  // namespace mailscope
