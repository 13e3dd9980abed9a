// A person's device with a mail program: submits what is written there, and collects mail by POP3 or shows the
// server's mailbox by IMAP. Its local mailboxes are what the device would still show without a network.
#pragma once

#include <set>

#include "protocols/imap/client.hpp"
#include "protocols/pop3/client.hpp"
#include "protocols/smtp/client.hpp"
#include "sim/hosts/collected_mail.hpp"
#include "sim/hosts/host.hpp"
#include "sim/hosts/server_finder.hpp"
#include "sim/kernel/random.hpp"
#include "sim/lesson/scenario.hpp"

namespace mailscope {

class MailProgram final : public Host {
 public:
  MailProgram(HostId id, Surroundings& world, Sessions& sessions, const DeviceSetting& setting);
  /// Nothing listens on a device.
  std::unique_ptr<Session> accept(Instant, const ConnectionOpened&) override { return nullptr; }
  void wake(Instant now) override;

  void perform(Instant now, const SendAction& action);
  void perform(Instant now, const CheckMailAction& action);
  void perform(Instant now, const ReadAction& action);
  void perform(Instant now, const LookUpAction& action);

 private:
  struct LocalMessage {
    MessageSummary summary;
    std::uint32_t uid{};  ///< IMAP; 0 for collected mail
  };
  struct ImapProgress {
    std::set<std::uint32_t> listed;  ///< UIDs that the server has named in this session
  };

  using Outgoing = AccountServer<AccountSetting::Outgoing>;
  using Incoming = AccountServer<AccountSetting::Incoming>;
  /// What finds a server of the account's domain; `tls_service` and `service` are SRV labels (RFC 6186, RFC 8314).
  template <class Setting>
  [[nodiscard]] AccountServer<Setting> server_of(const Setting& setting, std::string tls_service, std::string service);
  /// Where the server of this name is.
  template <class Setting>
  [[nodiscard]] Endpoint endpoint(const Setting& setting, const AccountServer<Setting>& server) const {
    const auto found = server.found_at();
    return found ? *found : Endpoint{*host_named(setting.server), setting.port};
  }
  void submit(Instant now, const AccountSetting::Outgoing& outgoing, const smtp::OutgoingMessage& message);
  void collect(Instant now, const AccountSetting::Incoming& incoming);
  void on_pop3(Instant now, pop3::Client::Event& event, std::size_t& retrieved);
  void synchronise(Instant now, const AccountSetting::Incoming& incoming, std::vector<std::uint32_t> open_uids);
  void on_imap(Instant now, imap::Client::Event& event, ImapProgress& progress);
  /// Adds to the local INBOX, or updates what is there, and tells the trace.
  void put(Instant now, LocalMessage message);
  void forget_unlisted(Instant now, const std::set<std::uint32_t>& listed);
  void told_uid_validity(Instant now, std::uint32_t uid_validity);
  [[nodiscard]] LocalMessage* find_uid(std::uint32_t uid);
  [[nodiscard]] LocalMessage* find_subject(const std::string& subject);
  /// Notes why a connection to `server` could not be opened.
  void note_unreachable(Instant now, Phase reason, const std::string& server, Port port);
  [[nodiscard]] std::string own_name() const;
  [[nodiscard]] sasl::ClientPolicy authentication();

  const DeviceSetting& setting_;
  NameLookup names_;
  std::optional<Outgoing> outgoing_;
  std::optional<Incoming> incoming_;
  RandomStream random_, nonces_;
  std::vector<LocalMessage> inbox_;
  CollectedMail collected_;       ///< by POP3
  std::optional<Instant> retry_;  ///< when a maildrop that another session held is tried again
  int retries_left_{};
  std::optional<std::uint32_t> uid_validity_;
  std::uint64_t next_id_{1};
};

}  // namespace mailscope
