// Mail that is kept on the device itself, and collected by POP3 where the account has such a server. What a person does
// with it is known to nobody else.
#pragma once

#include <memory>

#include "protocols/pop3/client.hpp"
#include "sim/hosts/device/collected_mail.hpp"
#include "sim/hosts/device/mail_access.hpp"

namespace mailscope {

class LocalMail final : public MailAccess {
 public:
  LocalMail(HostId id, Surroundings& world, Sessions& sessions, const AccountSetting& account, std::string prefix,
            Shared shared);

  void check(Instant now) override;
  void open(Instant now, std::uint64_t message) override;
  void mark(Instant now, std::uint64_t message, const std::string& flag, bool on) override;
  void annotate(Instant now, std::uint64_t message, const std::string& note) override;
  void move(Instant now, std::uint64_t message, const std::string& to) override;
  void erase(Instant now, std::uint64_t message) override;
  void search(Instant now, const SearchAction& action) override;
  void keep_sent(Instant now, std::string content) override;
  /// Nobody else sees what a device keeps.
  void keep_unsent(Instant now, std::string, OnKept done) override { done(now, 0, ""); }
  void set_online(Instant now, bool online) override;
  void wake(Instant now) override;
  [[nodiscard]] std::optional<std::string> content(std::uint64_t message) const override;
  [[nodiscard]] std::string trash() const override { return "Trash"; }
  [[nodiscard]] Mailboxes shown() const override;

 private:
  struct Kept {
    MessageSummary summary;
    std::string content;
  };
  struct Place {
    std::string mailbox;
    std::size_t at{};
  };
  [[nodiscard]] std::optional<Place> place(std::uint64_t message) const;
  void keep(Instant now, const std::string& mailbox, std::string content, const std::set<std::string>& flags);
  [[nodiscard]] Kept take(Instant now, std::uint64_t message);
  void collect(Instant now);
  void collect_from(Instant now, const Server::Choice* choice);
  void on_listed(Instant now, const pop3::MaildropListed& listed);
  void on_pop3(Instant now, pop3::Client::Event& event, std::size_t& retrieved);

  std::map<std::string, std::vector<Kept>> mailboxes_;
  CollectedMail collected_;
  std::uint64_t last_id_{};
  bool online_{true}, collecting_{};
  bool has_ids_{};                ///< the server has told unique-ids in this session
  std::optional<Instant> retry_;  ///< when a maildrop that another session held is tried again
  int retries_left_{};
  std::optional<Instant> next_check_;
};

}  // namespace mailscope
