#include "protocols/imap/data/mailbox_filter.hpp"

#include <algorithm>
#include <utility>

#include "protocols/imap/syntax/mailbox_name.hpp"

namespace mailscope::imap {

namespace {

using Kind = MailboxFilter::Kind;

constexpr std::pair<std::string_view, Kind> words[] = {{"SELECTED", Kind::Selected},  {"INBOXES", Kind::Inboxes},
                                                       {"PERSONAL", Kind::Personal},  {"SUBSCRIBED", Kind::Subscribed},
                                                       {"SUBTREE", Kind::Subtree},    {"SUBTREE-ONE", Kind::SubtreeOne},
                                                       {"MAILBOXES", Kind::Mailboxes}};

/// one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"
std::optional<std::vector<std::string>> read_names(Cursor& cursor) {
  std::vector<std::string> names;
  const bool several = cursor.take('(');
  do {
    const auto name = cursor.mailbox();
    if (!name || names.size() == filter_names_max) return std::nullopt;
    names.push_back(mailstore::canonical_name(*name));
  } while (several && cursor.space());
  return !several || cursor.take(')') ? std::optional(std::move(names)) : std::nullopt;
}

}  // namespace

bool MailboxFilter::chooses(std::string_view name, bool own,
                            const std::set<std::string, std::less<>>& subscriptions) const {
  if (kind == Kind::Selected) return false;
  if (kind == Kind::Personal) return own;
  if (kind == Kind::Inboxes) return own && name == mailstore::inbox_name;  // mail is delivered nowhere else
  if (kind == Kind::Subscribed) return subscriptions.contains(name);
  return std::ranges::any_of(names, [&](const std::string& top) {
    if (name == top) return true;
    if (kind == Kind::Mailboxes || !name.starts_with(top + hierarchy_delimiter)) return false;
    return kind == Kind::Subtree || name.find(hierarchy_delimiter, top.size() + 1) == std::string_view::npos;
  });
}

std::optional<MailboxFilter> read_mailbox_filter(Cursor& cursor) {
  const auto* known = std::ranges::find_if(words, [&](const auto& word) { return cursor.word(word.first); });
  if (known == std::end(words)) return std::nullopt;
  MailboxFilter filter{known->second, {}};
  if (filter.kind < Kind::Subtree) return filter;
  auto names = cursor.space() ? read_names(cursor) : std::nullopt;
  if (!names) return std::nullopt;
  filter.names = std::move(*names);
  return filter;
}

std::optional<std::vector<MailboxFilter>> read_mailbox_filters(Cursor& cursor) {
  std::vector<MailboxFilter> filters;
  do {
    auto filter = filters.size() < filter_names_max ? read_mailbox_filter(cursor) : std::nullopt;
    if (!filter) return std::nullopt;
    filters.push_back(std::move(*filter));
  } while (cursor.space());
  return filters;
}

}  // namespace mailscope::imap
