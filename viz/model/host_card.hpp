// What a host's card says at an instant, in the reader's language: its heading, its doors, its stacks of mail.
// Knows no measures and no ImGui.
#pragma once

#include <string>
#include <vector>

#include "viz/model/view.hpp"

namespace mailscope {

/// A port as a door of the card.
struct Door {
  PortInfo info;
  bool is_in_use{};  ///< a connection or exchange to it is under way
};

/// A mailbox or the outgoing queue, drawn as a small stack of envelopes.
struct MailStack {
  std::string name;  ///< in the reader's language
  std::size_t messages{};
  bool is_queue{};
};

struct HostCard {
  std::string title, subtitle;
  std::vector<Door> doors;
  std::vector<MailStack> stacks;
  std::string speaks;  ///< protocol of what the host has on the wire now; empty: nothing
};

/// A server with more mailboxes than this shows their number and sum.
inline constexpr std::size_t stacks_shown_max = 2;

[[nodiscard]] HostCard host_card(const View& view, HostId host);

/// "INBOX" as readers call it; other names as they are.
[[nodiscard]] std::string mailbox_title(const std::string& mailbox);
/// What a door does to who comes: "open", "closed: connections are refused", "filtered: …".
[[nodiscard]] const char* policy_text(PortPolicy policy);
/// The short name of a service on its door.
[[nodiscard]] const char* service_text(const std::string& service);
/// Whether the connection is neither over nor failed.
[[nodiscard]] bool is_under_way(Phase phase);
/// "20 ms", "0.4 ms"
[[nodiscard]] std::string latency_text(Duration latency);

}  // namespace mailscope
