// How the names of mailboxes that people see stand to those of a server: with the prefix and the hierarchy delimiter of
// the user's own namespace (RFC 2342 §5, RFC 3501 §6.3.8). People see "Sent" and "Work/2026" wherever that is
// "INBOX.Sent" and "INBOX.Work.2026". It knows no wire encoding.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope::imap {

/// One namespace: "INBOX." and ".".
struct PersonalNamespace {
  std::string prefix;     ///< in UTF-8; may be empty
  std::string delimiter;  ///< empty: no hierarchy
};
/// The first personal one of a NAMESPACE response. Nothing where the syntax is wrong; with NIL one without a prefix.
[[nodiscard]] std::optional<PersonalNamespace> read_personal_namespace(std::string_view rest, bool utf8);

class NameSpace {
 public:
  /// What is named or created from now on is in there.
  void in(PersonalNamespace personal) { personal_ = std::move(personal); }
  /// Of the listed mailboxes none is known: a new list begins.
  void forget() { listed_.clear(); }
  /// LIST has named this one: how people see it. Two mailboxes never share a name.
  [[nodiscard]] std::string learn(const std::string& at_server, std::string_view delimiter);
  [[nodiscard]] std::string shown(std::string_view at_server) const;
  /// The reverse; where the mailbox is not there, the name by which it would be created.
  [[nodiscard]] std::string at_server(std::string_view shown) const;

 private:
  [[nodiscard]] std::string shown(std::string_view at_server, std::string_view delimiter) const;

  PersonalNamespace personal_{"", "/"};
  std::map<std::string, std::string, std::less<>> listed_;  ///< by the name that people see
};

}  // namespace mailscope::imap
