// What a device sends: each letter is tried at once, and stays in the Outbox until a server has taken it, or the person
// takes it out. Only a server's permanent no to the letter itself waits for the person; everything else is tried again.
// It knows nothing of how letters are written.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/message/draft.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/hosts/device/mail_access.hpp"

namespace mailscope {

/// A message on its way out, and what it was written from.
struct WrittenLetter {
  message::Draft draft;  ///< of a receipt: empty
  SendAction wishes;
  smtp::OutgoingMessage message;
  std::size_t account{};                ///< index among the device's
  bool is_receipt{};                    ///< the program wrote it
  std::optional<std::uint64_t> kept{};  ///< in Sent before it is sent, as this message; 0: that could not be
};

class OutgoingMail final : HostToolkit {
 public:
  using Accesses = std::vector<std::unique_ptr<MailAccess>>;  ///< by account

  /// A part of the device `id`. All references outlive this; `accesses` is whole.
  OutgoingMail(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting, NameLookup& names,
               RandomStream& nonces, Accesses& accesses);

  void hand_in(Instant now, WrittenLetter letter);
  /// A person wants it to be tried: all that waits, but for what a server has refused for good. `account`: of this one
  /// alone.
  void try_again(Instant now, std::optional<std::size_t> account);
  void set_online(Instant now, bool online);
  /// A HostWakes event of the device is due.
  void wake(Instant now);

  // What a person does with what waits.
  /// The newest letter in the Outbox with that subject (an empty one is any letter's); nothing where there is none, or
  /// where it is on its way at this moment.
  [[nodiscard]] std::optional<std::uint64_t> find(std::string_view subject) const;
  /// Precondition of these: `id` was found.
  [[nodiscard]] const WrittenLetter& letter(std::uint64_t id) const { return items_.at(id).letter; }
  void replace(Instant now, std::uint64_t id, WrittenLetter letter);  ///< and tries it
  void remove(Instant now, std::uint64_t id);

 private:
  using Choice = AccountServer<AccountSetting::Outgoing>::Choice;
  enum class Wait : std::uint8_t { Schedule, Check, Person };  ///< for what a letter that could not be sent waits
  struct Item {
    WrittenLetter letter;
    bool shown{}, busy{};  ///< in the Outbox; on its way
    bool in_sent{};        ///< some recipients have got it, and it is in Sent
    std::size_t tries{};
    std::string reason{};  ///< why it is in the Outbox
    Wait waits{};
    std::optional<Instant> next_try{};
  };

  void submit(Instant now, std::uint64_t id);
  void keep_first(Instant now, std::uint64_t id);
  void submit_at_server(Instant now, std::uint64_t id);
  void submit_to(Instant now, std::uint64_t id, const Choice* choice, const std::string& reason);
  void unreachable(Instant now, std::uint64_t id, Phase phase, const Choice& failed);
  [[nodiscard]] smtp::ClientConfig client_config(const WrittenLetter& letter, const AccountSetting::Outgoing& outgoing);
  void on_submitted(Instant now, std::uint64_t id, const smtp::MessageDone& done);
  void taken(Instant now, Item& item, const std::string& recipients);
  void wait(Instant now, std::uint64_t id, std::string reason, Wait waits);
  void forget_kept(Instant now, Item& item);
  void tell(Instant now, std::uint64_t id, MailboxChanged::Kind kind);
  void tell_not_by_reference(Instant now, const std::string& server);
  [[nodiscard]] MailAccess& access(const Item& item) { return *accesses_[item.letter.account]; }

  RandomStream& nonces_;
  Accesses& accesses_;
  std::vector<std::unique_ptr<AccountServer<AccountSetting::Outgoing>>> servers_;  ///< by account; may be null
  std::map<std::uint64_t, Item> items_;  ///< no more than the person and the person's program have written
  std::uint64_t last_id_{};
  bool online_{true};
};

}  // namespace mailscope
