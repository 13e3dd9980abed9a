#include "protocols/imap/data/mailbox_data.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/imap/syntax/encode.hpp"
#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

/// mailbox = "INBOX" / astring
std::optional<std::string> name(Cursor& cursor) {
  const auto read = cursor.mailbox();
  return read && !read->empty() ? std::optional(mailstore::canonical_name(*read)) : std::nullopt;
}

void note_attribute(ListedMailbox& mailbox, std::string_view attribute) {
  const auto is = [attribute](std::string_view word) { return ascii::iequals(attribute, word); };
  if (is("\\Noselect") || is("\\NonExistent")) mailbox.selectable = false;
  if (is("\\Subscribed")) mailbox.subscribed = true;
  if (is("\\All") || is("\\Flagged") || is("\\Important")) mailbox.is_view = true;
  if (const auto use = mailstore::special_use(attribute)) mailbox.uses.insert(*use);
}

}  // namespace

std::optional<ListedMailbox> read_listed(std::string_view rest, bool utf8) {
  Cursor cursor = Cursor::liberal(rest, utf8);
  ListedMailbox mailbox;
  if (!cursor.take('(')) return std::nullopt;
  while (!cursor.take(')')) {
    if (cursor.space()) continue;
    if (!cursor.take('\\')) return std::nullopt;
    const auto attribute = cursor.atom();
    if (!attribute) return std::nullopt;
    note_attribute(mailbox, "\\" + *attribute);
  }
  if (!cursor.space()) return std::nullopt;
  if (!cursor.word("NIL")) {
    auto delimiter = cursor.string();
    if (!delimiter) return std::nullopt;
    mailbox.delimiter = std::move(*delimiter);
  }
  if (!cursor.space()) return std::nullopt;
  auto read = name(cursor);
  if (!read) return std::nullopt;
  mailbox.name = std::move(*read);
  return mailbox;
}

std::optional<MailboxStatus> read_status(std::string_view rest, bool utf8) {
  Cursor cursor(rest, utf8);
  MailboxStatus status;
  auto read = name(cursor);
  if (!read || !cursor.space() || !cursor.take('(')) return std::nullopt;
  status.name = std::move(*read);
  while (!cursor.take(')')) {
    if (cursor.space()) continue;
    const auto item = cursor.atom();
    const auto value = item && cursor.space() ? cursor.atom() : std::nullopt;
    if (!value) return std::nullopt;
    if (ascii::iequals(*item, "MESSAGES")) status.messages = ascii::number<std::uint32_t>(*value);
    if (ascii::iequals(*item, "UIDNEXT")) status.uid_next = ascii::number<std::uint32_t>(*value);
    if (ascii::iequals(*item, "UIDVALIDITY")) status.uid_validity = ascii::number<std::uint32_t>(*value);
    if (ascii::iequals(*item, "HIGHESTMODSEQ")) status.modseq = ascii::number<std::uint64_t>(*value);
  }
  return status;
}

std::vector<std::uint32_t> read_search(std::string_view rest, std::size_t most) {
  Cursor cursor(rest);
  std::vector<std::uint32_t> found;
  while (found.size() < most) {
    const auto number = cursor.number();
    if (!number) break;
    found.push_back(*number);
    if (!cursor.space()) break;
  }
  return found;
}

std::vector<std::uint32_t> read_esearch(std::string_view rest, std::size_t most) {
  const std::size_t at = ascii::upper(rest).find(" ALL ");
  if (at == std::string_view::npos) return {};
  Cursor cursor(rest.substr(at + 5));
  const auto set = cursor.sequence_set();
  auto numbers = set ? numbers_of(*set, most) : std::nullopt;
  return numbers ? std::move(*numbers) : std::vector<std::uint32_t>{};
}

std::optional<std::vector<std::uint32_t>> numbers_of(const SequenceSet& set, std::size_t most) {
  std::vector<std::uint32_t> numbers;
  for (const SequenceSet::Range& range : set.ranges) {
    if (!range.one || !range.other) return std::nullopt;
    const auto [first, last] = std::minmax(*range.one, *range.other);
    if (last - first >= most - std::min(most, numbers.size())) return std::nullopt;
    for (std::uint32_t number = first; number < last; ++number) numbers.push_back(number);
    numbers.push_back(last);  // which may be the largest number there is
  }
  return numbers;
}

std::string set_of(std::vector<std::uint32_t> numbers) {
  std::ranges::sort(numbers);
  std::vector<mailstore::Uid> uids;
  for (const std::uint32_t number : numbers) uids.push_back({number});
  return uid_set(uids);
}

std::optional<CopiedUids> read_copyuid(std::string_view argument, std::size_t most) {
  Cursor cursor(argument);
  CopiedUids copied;
  const auto validity = cursor.nz_number();
  const auto from = validity && cursor.space() ? cursor.sequence_set() : std::nullopt;
  const auto to = from && cursor.space() ? cursor.sequence_set() : std::nullopt;
  if (!to) return std::nullopt;
  auto old_uids = numbers_of(*from, most), new_uids = numbers_of(*to, most);
  if (!old_uids || !new_uids || old_uids->size() != new_uids->size()) return std::nullopt;
  return CopiedUids{*validity, std::move(*old_uids), std::move(*new_uids)};
}

std::optional<AppendedUid> read_appenduid(std::string_view argument) {
  Cursor cursor(argument);
  const auto validity = cursor.nz_number();
  const auto uid = validity && cursor.space() ? cursor.nz_number() : std::nullopt;
  if (!uid) return std::nullopt;
  return AppendedUid{*validity, *uid};
}

}  // namespace mailscope::imap
