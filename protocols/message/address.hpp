// Address lists of a header: From, To, Cc … (RFC 5322 §3.4, §4.4; UTF-8 by RFC 6532). Reads what people and programs
// really write; knows no domain.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::message {

/// One entry as IMAP's ENVELOPE has them: a mailbox, or the mark where a group begins or ends. An empty text is NIL
/// there, but for `mailbox` and `host` of a Mailbox ("To: Joe" has no host), which then are "".
struct AddressEntry {
  enum class Kind : std::uint8_t { Mailbox, GroupStart, GroupEnd };
  Kind kind = Kind::Mailbox;
  std::string name;     ///< display name without quotes and quoted pairs; encoded words as they stand
  std::string route;    ///< "@a.example,@b.example" (§4.4), as it stands
  std::string mailbox;  ///< local part without quotes; of a GroupStart the group's name
  std::string host;     ///< domain, or a domain literal with its brackets
};

/// address-list = (address *("," address)) / obs-addr-list. A comment gives the name where there is no other, as old
/// programs wrote it. Mends what RFC 7103 §7.1 mends. At most limits::addresses_max entries.
[[nodiscard]] std::vector<AddressEntry> parse_addresses(std::string_view value);

/// local@domain, the local part in quotes where it needs them (§3.4.1); "" for a group mark.
[[nodiscard]] std::string addr_spec(const AddressEntry& entry);
/// What a person is shown: the name with encoded words decoded, or the address where there is none.
[[nodiscard]] std::string shown_name(const AddressEntry& entry);

}  // namespace mailscope::message
