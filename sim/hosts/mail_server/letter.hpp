// One message for one recipient, as a server holds it between accepting and handing on.
#pragma once

#include <memory>
#include <string>

#include "protocols/message/report.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailscope {

struct Letter {
  smtp::Envelope envelope;  ///< with exactly one recipient
  std::shared_ptr<const std::string> content;
  Instant accepted;                  ///< by this server
  std::optional<smtp::Hold> held{};  ///< it was, before it began its way (RFC 4865)
  std::string user{};                ///< of this server, who submitted it; empty: nobody did

  [[nodiscard]] const smtp::Recipient& recipient() const { return envelope.recipients.front(); }
  [[nodiscard]] const std::string& address() const { return recipient().forward_path; }
};

/// What became of a letter (RFC 3464 §2.3.3), and why.
struct Outcome {
  using Action = message::ReportAction;
  Action action{};
  smtp::Reply reply;
  std::string remote_host;             ///< who gave that reply; empty when nobody did
  std::optional<Instant> retry_until;  ///< of what is delayed
};

}  // namespace mailscope
