// A person's device with a mail program: does what the person does, with the mail of one or more accounts. It submits
// what is written; what comes in is the matter of each account's MailAccess.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "protocols/message/disposition.hpp"
#include "protocols/message/draft.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/hosts/device/mail_access.hpp"

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
  void perform(Instant now, const CheckMailAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const MessageAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const MoveAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const NoteAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const SearchAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const EmptyTrashAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const LineAction& action, std::optional<std::size_t> account);
  void perform(Instant now, const LookUpAction& action, std::optional<std::size_t> account);

  /// A message on its way out.
  struct Letter {
    std::uint64_t id{};
    smtp::OutgoingMessage message;
    std::size_t account{};
    bool smuggles{};                      ///< its bare line ends are meant
    bool is_receipt{};                    ///< the program wrote it
    std::optional<std::uint64_t> kept{};  ///< in Sent before it is sent, as this message; 0: that could not be
  };
  [[nodiscard]] MailAccess& access(std::optional<std::size_t> account) { return *accesses_[account.value_or(0)]; }
  /// The message, or a notice that there is none.
  [[nodiscard]] std::optional<MessageSummary> choose(Instant now, MailAccess& access, const MessageChoice& choice);
  void erase(Instant now, MailAccess& access, const MessageSummary& message, const std::string& mailbox);
  void hand_in(Instant now, message::Draft draft, std::size_t account, const SendAction& wishes = {});
  /// Submits it, or keeps it until there is a line.
  void send_off(Instant now, const Letter& letter);
  /// A message was opened: who asks for a receipt gets it where the account gives any (RFC 8098 §2.1).
  void on_opened(Instant now, MailAccess& access, std::uint64_t message);
  void send_receipt(Instant now, const MailAccess& access, const std::string& content,
                    const message::DispositionRequest& request);
  void submit(Instant now, const Letter& letter);
  void keep_first(Instant now, const Letter& letter);
  void tell_not_by_reference(Instant now, const std::string& server);
  void submit_to(Instant now, const AccountSetting::Outgoing& outgoing, const Letter& letter);
  void on_submitted(Instant now, const Letter& letter, const smtp::MessageDone& done);
  void tell_outbox(Instant now, MailboxChanged::Kind kind, const Letter& letter);
  [[nodiscard]] std::string own_name() const;
  /// A new one, without angle brackets.
  [[nodiscard]] std::string message_id(std::string_view address);

  NameLookup names_;
  RandomStream random_, nonces_;
  std::vector<std::unique_ptr<MailAccess>> accesses_;
  std::vector<std::unique_ptr<AccountServer<AccountSetting::Outgoing>>> outgoing_;  ///< by account; may be null
  std::deque<Letter> outbox_;                                                       ///< what waits to go on line
  std::uint64_t last_letter_{};
  bool online_{true};
};

}  // namespace mailscope
