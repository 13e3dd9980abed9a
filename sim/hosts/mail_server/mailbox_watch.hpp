// Turns what happens in one user's account into records of the trace. Knows no protocol.
#pragma once

#include <string>
#include <vector>

#include "protocols/mailstore/account.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope {

class MailboxWatch final : public mailstore::Observer {
 public:
  /// All outlive it, but for that it must not be destroyed before `account` is or stops changing.
  MailboxWatch(HostId host, mailstore::Account& account, Trace& trace) : host_(host), account_(account), trace_(trace) {
    account.observe(*this);
  }
  void changed(const mailstore::Change& change) override;
  /// Writes to the trace what happened since the last call, in order. Returns whether that was anything.
  bool publish(Instant now);

 private:
  void record(MailboxChanged::Kind kind, const std::string& mailbox, const mailstore::Mailbox& keywords,
              const mailstore::Message& message);

  HostId host_;
  mailstore::Account& account_;
  Trace& trace_;
  bool changed_{};
  std::vector<MailboxChanged> records_;
};

}  // namespace mailscope
