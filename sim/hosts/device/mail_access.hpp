// One account's mail on a person's device, whatever protocol it comes by: what a person does with it, and what the
// device shows of it. Its mailboxes are what would still be seen without a network.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/sasl/client.hpp"
#include "sim/hosts/names/server_finder.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/kernel/random.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

class MailAccess : protected HostToolkit {
 public:
  using Mailboxes = std::map<std::string, std::vector<MessageSummary>>;

  /// What the accounts of one device share; it outlives them.
  struct Shared {
    NameLookup& names;
    RandomStream& nonces;
    /// A person has opened a message, and all of it is there.
    std::function<void(Instant, MailAccess&, std::uint64_t)> opened;
  };
  /// `account` outlives it. `prefix` stands before the names of its mailboxes in the trace.
  MailAccess(HostId id, Surroundings& world, Sessions& sessions, const AccountSetting& account, std::string prefix,
             Shared shared);
  virtual ~MailAccess() = default;
  MailAccess(const MailAccess&) = delete;
  MailAccess& operator=(const MailAccess&) = delete;

  [[nodiscard]] const AccountSetting& account() const { return account_; }
  /// The newest message with this subject, or null; an empty subject is any message's.
  [[nodiscard]] std::optional<MessageSummary> find(const MessageChoice& choice) const;

  /// Has the message this flag?
  [[nodiscard]] bool is_marked(std::uint64_t message, std::string_view flag) const;

  // What a person does. `message` is the id of one that is shown.
  virtual void check(Instant now) = 0;
  virtual void open(Instant now, std::uint64_t message) = 0;
  virtual void mark(Instant now, std::uint64_t message, const std::string& flag, bool on) = 0;
  /// Writes a note on it; an empty one takes it away.
  virtual void annotate(Instant now, std::uint64_t message, const std::string& note) = 0;
  virtual void move(Instant now, std::uint64_t message, const std::string& to) = 0;
  virtual void erase(Instant now, std::uint64_t message) = 0;  ///< for good
  virtual void search(Instant now, const SearchAction& action) = 0;
  /// A message that was sent is kept.
  virtual void keep_sent(Instant now, std::string content) = 0;
  /// The same before it is sent, and by which URL the submission server can fetch it there (RFC 4468); the URL is empty
  /// where none is to be had, the message's id is 0 where it is not kept. `done` is called once, now or later.
  using OnKept = std::function<void(Instant, std::uint64_t message, const std::string& url)>;
  virtual void keep_unsent(Instant now, std::string content, OnKept done) = 0;
  virtual void set_online(Instant now, bool online) = 0;
  /// A HostWakes event of the device is due.
  virtual void wake(Instant now) = 0;

  /// The whole message, or nothing where only its header is there.
  [[nodiscard]] virtual std::optional<std::string> content(std::uint64_t message) const = 0;
  [[nodiscard]] virtual std::string trash() const = 0;
  [[nodiscard]] virtual Mailboxes shown() const = 0;
  /// Writes to the trace what is shown now and was not before, where that is not written at once.
  virtual void publish(Instant) {}

 protected:
  [[nodiscard]] sasl::ClientPolicy authentication();
  /// Writes a change of what is shown to the trace.
  void tell(Instant now, const std::string& mailbox, MailboxChanged::Kind kind, const MessageSummary& message);
  using Incoming = AccountSetting::Incoming;
  using Server = AccountServer<Incoming>;
  /// The server that the account's mail comes from. Precondition: it has one.
  [[nodiscard]] Server& server() { return *server_; }
  [[nodiscard]] Endpoint endpoint(const Server::Choice& choice) const;
  /// That one cannot be reached: people are told, and `go` is called with another one, or null.
  void unreachable(Instant now, Phase reason, const Server::Choice& failed, Server::Go go);
  /// A message, all of which is there, has been opened.
  void note_opened(Instant now, std::uint64_t message, const std::string& subject);
  /// The messages of a mailbox that have this text: what a device finds without asking anybody.
  [[nodiscard]] std::size_t count_found(const SearchAction& action) const;
  void wake_at(Instant at) { world_.agenda.schedule(at, HostWakes{id_}); }

  const AccountSetting& account_;

 private:
  std::string prefix_;
  Shared shared_;
  std::optional<Server> server_;
};

}  // namespace mailscope
