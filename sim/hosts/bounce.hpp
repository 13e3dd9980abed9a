// The report that tells a sender that a message could not be delivered (RFC 5321 §6.1, RFC 3464).
#pragma once

#include <string>

#include "protocols/core/time.hpp"
#include "protocols/smtp/reply.hpp"

namespace mailscope {

struct FailedDelivery {
  std::string reporting_host;  ///< who gives up
  std::string sender;          ///< the reverse path: who is told
  std::string recipient;
  smtp::Reply reply;        ///< why
  std::string remote_host;  ///< who gave that reply; empty when nobody did
  std::string content;      ///< the message; its header is returned
};

/// A complete multipart/report message with CR LF; `unique` distinguishes its Message-ID and boundary.
[[nodiscard]] std::string bounce_message(const FailedDelivery& failure, Instant now, const std::string& unique);

}  // namespace mailscope
