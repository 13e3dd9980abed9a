// The client side of IMAP4rev1 (RFC 3501): logs in, selects a mailbox, lists what is there, opens what it is told to.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"

namespace mailscope::imap {

struct ClientConfig {
  std::string user, password;
  std::string mailbox{"INBOX"};
  std::vector<std::uint32_t> open_uids;  ///< messages whose body is fetched, which sets \Seen
};

/// The mailbox is selected.
struct MailboxSelected {
  std::uint32_t uid_validity{}, messages{};
};
/// One message of the mailbox as the server lists it.
struct MessageListed {
  std::uint32_t uid{};
  std::set<std::string> flags;
  std::uint64_t octets{};
  std::string header;  ///< the fields asked for, CR LF
};
/// Every message of the mailbox has been listed: what was not is gone from the server.
struct ListingDone {};
/// A message's whole content came. `flags` as the server tells them after it.
struct MessageFetched {
  std::uint32_t uid{};
  std::set<std::string> flags;
  std::string content;
};
/// The session is over. `error` is the server's NO, BAD or BYE line, or why the connection was lost; else empty.
struct SessionDone {
  std::string error;
};

class Client {
 public:
  using Event = std::variant<MailboxSelected, MessageListed, ListingDone, MessageFetched, SessionDone>;

  explicit Client(ClientConfig config);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
};

}  // namespace mailscope::imap
