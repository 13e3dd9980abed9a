// Local names that stand for other addresses: aliases (RFC 5321 §3.9.1) and mailing lists (§3.9.2).
// It knows names, and neither accounts nor messages.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/mail_policy.hpp"

namespace mailscope {

class Aliases {
 public:
  /// Both outlive this. `domains` are those that are delivered here.
  Aliases(const MailPolicy& policy, const std::vector<std::string>& domains) : policy_(policy), domains_(domains) {}

  struct Destination {
    std::string address;  ///< elsewhere, or a local name that stands for nothing else (any more)
    /// List that brought it here, null where none did: its owner is the reverse path from there on.
    const MailPolicy::List* list{};
  };
  /// The local address is an alias or a list.
  [[nodiscard]] bool stands_for_others(std::string_view address) const;
  /// The list of this local address; null where it is none.
  [[nodiscard]] const MailPolicy::List* list_of(std::string_view address) const;
  /// Where a message for this local address goes in the end, each once. A name that leads back to itself is a
  /// destination: a mailbox, if there is one of that name. Each name is followed once, so loops end.
  [[nodiscard]] std::vector<Destination> expand(std::string_view address) const;
  /// The address is local: its domain is one of ours, or it has none.
  [[nodiscard]] bool is_local(std::string_view address) const;

 private:
  struct Walk;
  void follow(std::string_view address, const MailPolicy::List* list, Walk& walk) const;
  [[nodiscard]] const MailPolicy::Alias* alias_of(std::string_view address) const;

  const MailPolicy& policy_;
  const std::vector<std::string>& domains_;
};

}  // namespace mailscope
