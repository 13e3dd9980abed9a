// What LIST, STATUS, SEARCH and response codes tell a client of mailboxes and messages.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/syntax/sequence_set.hpp"
#include "protocols/mailstore/special_use.hpp"

namespace mailscope::imap {

/// mailbox-list (RFC 3501 §7.2.2, RFC 5258 §6)
struct ListedMailbox {
  std::string name;       ///< in UTF-8
  std::string delimiter;  ///< of its hierarchy; empty: it has none
  bool selectable{true};
  bool subscribed{};
  bool is_view{};  ///< \All, \Flagged, \Important: its messages are in other mailboxes too (RFC 6154 §2)
  mailstore::SpecialUses uses;
};
/// `utf8`: names travel in UTF-8 (IMAP4rev2), not in modified UTF-7. Nothing where the syntax is wrong or the name is
/// none.
[[nodiscard]] std::optional<ListedMailbox> read_listed(std::string_view rest, bool utf8);

/// status-att-list (RFC 3501 §7.2.4, RFC 7162 §3.1.7)
struct MailboxStatus {
  std::string name;
  std::optional<std::uint32_t> messages, uid_next, uid_validity;
  std::optional<std::uint64_t> modseq;
};
[[nodiscard]] std::optional<MailboxStatus> read_status(std::string_view rest, bool utf8);

/// The numbers of a SEARCH response, or those behind ALL in an ESEARCH response (RFC 4731 §3.1); at most `most`.
[[nodiscard]] std::vector<std::uint32_t> read_search(std::string_view rest, std::size_t most);
[[nodiscard]] std::vector<std::uint32_t> read_esearch(std::string_view rest, std::size_t most);

/// The reverse of numbers_of(): "4,7:9". Precondition: at least one.
[[nodiscard]] std::string set_of(std::vector<std::uint32_t> numbers);
/// The numbers that a set names, in its order; nothing where "*" is among them or they are more than `most`.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> numbers_of(const SequenceSet& set, std::size_t most);

/// resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set (RFC 4315 §3)
struct CopiedUids {
  std::uint32_t uid_validity{};
  std::vector<std::uint32_t> from, to;  ///< of one size
};
[[nodiscard]] std::optional<CopiedUids> read_copyuid(std::string_view argument, std::size_t most);

/// resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
struct AppendedUid {
  std::uint32_t uid_validity{}, uid{};
};
[[nodiscard]] std::optional<AppendedUid> read_appenduid(std::string_view argument);

}  // namespace mailscope::imap
