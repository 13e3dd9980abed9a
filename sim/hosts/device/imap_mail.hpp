// Mail that is kept on an IMAP server, with a copy on the device: what a person does is done to the copy at once, and
// on the server as soon as there is a connection.
#pragma once

#include <map>
#include <memory>

#include "protocols/imap/client/client.hpp"
#include "sim/hosts/device/mail_access.hpp"

namespace mailscope {

class ImapMail final : public MailAccess {
 public:
  ImapMail(HostId id, Surroundings& world, Sessions& sessions, const AccountSetting& account, std::string prefix,
           Shared shared);

  void check(Instant now) override;
  void open(Instant now, std::uint64_t message) override;
  void mark(Instant now, std::uint64_t message, const std::string& flag, bool on) override;
  void annotate(Instant now, std::uint64_t message, const std::string& note) override;
  void move(Instant now, std::uint64_t message, const std::string& to) override;
  void erase(Instant now, std::uint64_t message) override;
  void search(Instant now, const SearchAction& action) override;
  void keep_sent(Instant now, std::string content) override;
  void keep_unsent(Instant now, std::string content, OnKept done) override;
  void set_online(Instant now, bool online) override;
  void wake(Instant now) override;
  [[nodiscard]] std::optional<std::string> content(std::uint64_t message) const override;
  [[nodiscard]] std::string trash() const override;
  [[nodiscard]] Mailboxes shown() const override;
  void publish(Instant now) override;

 private:
  void begin_session(Instant now);
  void begin_session_with(Instant now, const Server::Choice& choice);
  /// Something waits to be told to the server, or to be asked from it.
  void changed(Instant now, bool was_queued = true);
  [[nodiscard]] imap::Client* client() const;
  void on_imap(Instant now, imap::Client::Event& event);
  void on_dropped(Instant now, const imap::ChangeDropped& dropped);
  [[nodiscard]] bool on_trouble(Instant now, const imap::Client::Event& event);
  void ended(Instant now, const std::string& error);
  void search_here(Instant now, const SearchAction& action);
  std::uint64_t append_sent(Instant now, std::string content);
  void tell_url(Instant now, std::uint64_t message, const std::string& url);

  imap::Replica replica_;
  std::optional<ConnectionId> connection_;
  bool online_{true};
  bool again_{};                            ///< something waits that came too late for the session
  std::deque<SearchAction> searches_;       ///< asked of the server, oldest first
  std::map<std::uint64_t, OnKept> unsent_;  ///< by message: whose URL is awaited
  std::optional<Instant> next_session_;     ///< by the schedule, or to stay connected
  std::size_t failures_{};                  ///< sessions in a row that ended too early
  Instant session_begun_;
  Mailboxes published_;
  std::uint64_t published_revision_{};  ///< of the replica
};

}  // namespace mailscope
