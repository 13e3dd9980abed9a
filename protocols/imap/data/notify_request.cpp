#include "protocols/imap/data/notify_request.hpp"

#include <algorithm>
#include <utility>

#include "protocols/core/ascii.hpp"

namespace mailscope::imap {

namespace {

using Kind = MailboxFilter::Kind;

/// What is read of one event-group.
struct Group {
  NotifyEvents events;
  std::vector<FetchItem> items;
  bool unsupported{}, has_items{};
};

/// event = message-event / mailbox-event / user-event / event-ext; message-event has its attributes behind it.
bool read_event(Cursor& cursor, Group& group) {
  const auto name = cursor.atom();
  if (!name) return false;
  const auto* known =
      std::ranges::find_if(notify_event_names, [&](std::string_view one) { return ascii::iequals(one, *name); });
  if (known == notify_event_names.end()) return group.unsupported = true;
  const auto event = static_cast<NotifyEvent>(known - notify_event_names.begin());
  group.events.insert(event);
  if (event != NotifyEvent::MessageNew || !cursor.rest().starts_with(" (")) return true;
  cursor.space();
  auto items = fetch_items(cursor);
  if (!items) return false;
  group.items = std::move(*items);
  return group.has_items = true;
}

/// Which events go together (§5).
bool is_legal(const Group& group, bool of_selected) {
  const auto has = [&group](NotifyEvent event) { return group.events.contains(event); };
  if (has(NotifyEvent::MessageNew) != has(NotifyEvent::MessageExpunge)) return false;
  const bool of_messages = has(NotifyEvent::FlagChange) || has(NotifyEvent::AnnotationChange);
  if (of_messages && !has(NotifyEvent::MessageNew)) return false;
  if (!of_selected) return !group.has_items;
  return std::none_of(
      notify_event_names.begin() + static_cast<int>(NotifyEvent::MailboxName), notify_event_names.end(),
      [&](const std::string_view& name) { return has(static_cast<NotifyEvent>(&name - notify_event_names.data())); });
}

/// events = ("(" event *(SP event) ")") / "NONE"
std::optional<Group> read_events(Cursor& cursor, bool of_selected) {
  Group group;
  if (cursor.word("NONE")) return group;
  if (!cursor.take('(')) return std::nullopt;
  do {
    if (!read_event(cursor, group)) return std::nullopt;
  } while (cursor.space());
  if (!cursor.take(')') || !is_legal(group, of_selected)) return std::nullopt;
  return group;
}

/// event-group = "(" filter-mailboxes SP events ")"
bool read_group(Cursor& cursor, NotifyRequest& request, bool& selected_given) {
  if (!cursor.take('(')) return false;
  const bool delayed = cursor.word("SELECTED-DELAYED");
  auto filter = delayed ? MailboxFilter{Kind::Selected, {}} : read_mailbox_filter(cursor);
  if (!filter || !cursor.space()) return false;
  const bool of_selected = filter->kind == Kind::Selected;
  auto group = read_events(cursor, of_selected);
  if (!group || !cursor.take(')')) return false;
  request.unsupported = request.unsupported || group->unsupported;
  if (!of_selected) {
    request.too_many = request.groups.size() == NotifyRequest::groups_max;
    if (!request.too_many) request.groups.push_back({std::move(*filter), group->events});
    return true;
  }
  if (std::exchange(selected_given, true)) return false;
  request.delayed = delayed;
  request.selected = group->events;
  request.new_items = std::move(group->items);
  return true;
}

}  // namespace

/// notify = "NOTIFY" SP (notify-set / notify-none); notify-set = "SET" [SP "STATUS"] SP event-groups
std::optional<NotifyRequest> read_notify(Cursor& cursor) {
  NotifyRequest request;
  if (!cursor.space()) return std::nullopt;
  if (cursor.word("NONE")) return cursor.at_end() ? std::optional(request) : std::nullopt;
  if (!cursor.word("SET") || !cursor.space()) return std::nullopt;
  request.set = true;
  request.status = cursor.word("STATUS");
  if (request.status && !cursor.space()) return std::nullopt;
  bool selected_given = false;
  do {
    if (!read_group(cursor, request, selected_given)) return std::nullopt;
  } while (!request.too_many && cursor.space());
  return request.too_many || cursor.at_end() ? std::optional(std::move(request)) : std::nullopt;
}

}  // namespace mailscope::imap
