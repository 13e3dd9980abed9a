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

using Value = SortValue;

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

void Sorting::add(const mailstore::Message& message, unsigned relevancy) {
  for (std::size_t at = 0; at < criteria_.size(); ++at)
    values_[at].push_back(criteria_[at].key == Key::Relevancy ? Value{-std::int64_t{relevancy}, {}}
                                                              : value_of(criteria_[at], message));
}

std::vector<std::size_t> Sorting::order() const {
  std::vector<std::size_t> order(values_.empty() ? 0 : values_.front().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [this](std::size_t a, std::size_t b) {
    for (std::size_t at = 0; at < criteria_.size(); ++at)
      if (const auto compared = values_[at][a] <=> values_[at][b]; compared != 0)
        return criteria_[at].reverse ? compared > 0 : compared < 0;
    return false;
  });
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
