#include "protocols/imap/search/sort.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

#include "protocols/core/casemap.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/subject.hpp"

namespace mailscope::imap {

namespace {

using Key = SortCriterion::Key;

constexpr std::pair<std::string_view, Key> keys[] = {{"ARRIVAL", Key::Arrival},
                                                     {"CC", Key::Cc},
                                                     {"DATE", Key::Date},
                                                     {"FROM", Key::From},
                                                     {"SIZE", Key::Size},
                                                     {"SUBJECT", Key::Subject},
                                                     {"TO", Key::To},
                                                     {"DISPLAYFROM", Key::DisplayFrom},
                                                     {"DISPLAYTO", Key::DisplayTo},
                                                     {"RELEVANCY", Key::Relevancy},
                                                     {"ANNOTATION", Key::Annotation}};

/// By what one message is compared: one of the two.
struct Value {
  std::int64_t number{};
  std::string text;
  friend auto operator<=>(const Value&, const Value&) = default;
};

Value of_instant(Instant at) { return {at.time_since_epoch().count(), {}}; }

/// addr-mailbox of the first address, or what a person is shown of it (RFC 5957 §3).
std::string first_address(std::string_view content, const std::vector<message::HeaderField>& fields,
                          std::string_view name, bool display) {
  const message::HeaderField* field = message::find_field(content, fields, name);
  const auto addresses =
      field ? message::parse_addresses(field->value.of(content)) : std::vector<message::AddressEntry>{};
  if (addresses.empty()) return {};
  const message::AddressEntry& first = addresses.front();
  if (!display) return first.mailbox;
  std::string shown = message::decode_words(first.name);
  if (!shown.empty()) return shown;
  return first.host.empty() ? first.mailbox : first.mailbox + "@" + first.host;
}

Value value_of(const SortCriterion& criterion, const mailstore::Message& message) {
  const Key key = criterion.key;
  if (key == Key::Annotation) {
    const auto& [entry, user] = criterion.column;
    const std::string* value = annotations_of(message.annotations).find(user, entry);
    return {0, value ? casemap(*value) : ""};
  }
  const std::string& content = message.content->octets();
  if (key == Key::Arrival) return of_instant(message.internal_date);
  if (key == Key::Date) return of_instant(sent_date(message));
  if (key == Key::Size) return {static_cast<std::int64_t>(content.size()), {}};
  const auto fields = message::scan_fields(content);
  const auto address = [&](std::string_view name, bool display) -> Value {
    return {0, casemap(first_address(content, fields, name, display))};
  };
  switch (key) {
    case Key::Cc:
      return address("Cc", false);
    case Key::From:
      return address("From", false);
    case Key::To:
      return address("To", false);
    case Key::DisplayFrom:
      return address("From", true);
    case Key::DisplayTo:
      return address("To", true);
    default:
      break;
  }
  const message::HeaderField* subject = message::find_field(content, fields, "Subject");
  return {0, subject ? casemap(message::base_subject(subject->value.of(content)).text) : ""};
}

}  // namespace

std::optional<std::vector<SortCriterion>> read_sort_criteria(Cursor& cursor, const std::string& user) {
  std::vector<SortCriterion> criteria;
  if (!cursor.take('(')) return std::nullopt;
  do {
    SortCriterion criterion;
    criterion.reverse = cursor.word("REVERSE");
    if (criterion.reverse && !cursor.space()) return std::nullopt;
    const auto* known = std::ranges::find_if(keys, [&](const auto& key) { return cursor.word(key.first); });
    if (known == std::end(keys) || criteria.size() == sort_criteria_max) return std::nullopt;
    criterion.key = known->second;
    if (criterion.key == Key::Annotation) {
      auto column = read_annotation_column(cursor, user);
      if (!column) return std::nullopt;
      criterion.column = std::move(*column);
    }
    criteria.push_back(std::move(criterion));
  } while (cursor.space());
  return cursor.take(')') ? std::optional(std::move(criteria)) : std::nullopt;
}

bool sorts_by_relevancy(const std::vector<SortCriterion>& criteria) {
  return std::ranges::find(criteria, Key::Relevancy, &SortCriterion::key) != criteria.end();
}

std::vector<std::size_t> sorted(const std::vector<const mailstore::Message*>& messages,
                                const std::vector<SortCriterion>& criteria, const std::vector<unsigned>& relevancies) {
  std::vector<std::size_t> order(messages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // The last criterion first: each sort keeps what the earlier one has done among equals.
  for (std::size_t at = criteria.size(); at-- > 0;) {
    std::vector<Value> values;
    for (std::size_t place = 0; place < messages.size(); ++place) {
      const bool by_relevancy = criteria[at].key == Key::Relevancy;
      values.push_back(by_relevancy ? Value{-std::int64_t{relevancies[place]}, {}}
                                    : value_of(criteria[at], *messages[place]));
    }
    std::ranges::stable_sort(order, [&, reverse = criteria[at].reverse](std::size_t a, std::size_t b) {
      return reverse ? values[b] < values[a] : values[a] < values[b];
    });
  }
  return order;
}

Instant sent_date(const mailstore::Message& message) {
  const std::string& content = message.content->octets();
  const auto fields = message::scan_fields(content);
  const message::HeaderField* field = message::find_field(content, fields, "Date");
  const auto date = field ? message::parse_date(field->value.of(content)) : std::nullopt;
  return date ? date->instant : message.internal_date;
}

}  // namespace mailscope::imap
