// Turns what happens in one user's account into records of the trace. Knows no protocol.
#pragma once

#include <string>
#include <vector>

#include "protocols/mailstore/account.hpp"
#include "sim/trace/record.hpp"

namespace mailscope {

class MailboxWatch final : public mailstore::Observer {
 public:
  /// Both outlive it, but for that it must not be destroyed before `account` is or stops changing.
  MailboxWatch(HostId host, mailstore::Account& account) : host_(host), account_(account) { account.observe(*this); }
  void changed(const mailstore::Change& change) override;
  /// What happened since the last call, in order.
  [[nodiscard]] std::vector<MailboxChanged> take();

 private:
  void record(MailboxChanged::Kind kind, const std::string& mailbox, const mailstore::Mailbox& keywords,
              const mailstore::Message& message);

  HostId host_;
  mailstore::Account& account_;
  std::vector<MailboxChanged> records_;
};

}  // namespace mailscope
