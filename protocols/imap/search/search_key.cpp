#include "protocols/imap/search/search_key.hpp"

#include <algorithm>
#include <array>

#include "protocols/imap/data/structure_memo.hpp"
#include "protocols/imap/search/text_search.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/fields.hpp"

namespace mailscope::imap {

namespace {

using Kind = SearchKey::Kind;

/// The day, time and zone disregarded, that a key's date is held against. Nothing where a message has no Date field.
std::optional<Instant> day_of(SearchKey::Date which, const mailstore::Message& message) {
  const auto midnight = [](Instant at) {
    return Instant{std::chrono::floor<std::chrono::days>(at.time_since_epoch())};
  };
  if (which == SearchKey::Date::Internal) return midnight(message.internal_date);
  if (which == SearchKey::Date::Saved) return midnight(message.save_date);
  const std::string& content = message.content->octets();
  const auto fields = message::scan_fields(content);
  const message::HeaderField* field = message::find_field(content, fields, "Date");
  const auto date = field ? message::parse_date(field->value.of(content)) : std::nullopt;
  return date ? std::optional(midnight(date->local())) : std::nullopt;
}

bool date_matches(const SearchKey& key, const mailstore::Message& message) {
  const auto day = day_of(key.date, message);
  if (!day) return false;
  return key.kind == Kind::Before ? *day < key.day : key.kind == Kind::On ? *day == key.day : *day >= key.day;
}

/// Of a text within FUZZY.
unsigned resemblance(const SearchKey& key, const SearchTarget& target) {
  const mailstore::ContentPointer& content = target.message.content;
  if (key.kind == Kind::Header || key.kind == Kind::Address)
    return field_resembles(content->octets(), key.name, *key.fuzzy);
  const auto structure = structure_of(content, target.memos);
  return message_resembles(content->octets(), structure->root(), *key.fuzzy, key.kind == Kind::Text);
}

bool content_matches(const SearchKey& key, const SearchTarget& target) {
  if (key.fuzzy) return resemblance(key, target) > 0;
  const mailstore::ContentPointer& content = target.message.content;
  if (key.kind == Kind::Header) return field_holds(content->octets(), key.name, key.text);
  if (key.kind == Kind::Address) return addresses_hold(content->octets(), key.name, key.text);
  const auto structure = structure_of(content, target.memos);
  return message_holds(content->octets(), structure->root(), key.text, key.kind == Kind::Text);
}

/// Scores that are to be averaged.
struct Scores {
  unsigned sum{}, count{};
  [[nodiscard]] unsigned mean() const { return count == 0 ? relevancy_max : std::max(1U, sum / count); }
};

/// Nothing where the key is not met.
std::optional<Scores> scores(const SearchKey& key, const SearchTarget& target) {
  if (key.fuzzy) {
    const unsigned score = resemblance(key, target);
    return score > 0 ? std::optional(Scores{score, 1}) : std::nullopt;
  }
  if (key.kind != Kind::And && key.kind != Kind::Or && key.kind != Kind::Fuzzy)
    return matches(key, target) ? std::optional(Scores{}) : std::nullopt;
  Scores all;
  std::optional<Scores> best;
  for (const SearchKey& inner : key.keys) {
    const auto found = scores(inner, target);
    if (!found && key.kind != Kind::Or) return std::nullopt;
    if (!found) continue;
    all = {all.sum + found->sum, all.count + found->count};
    if (!best || found->mean() > best->mean()) best = found;
  }
  return key.kind == Kind::Or ? best : std::optional(all);
}

bool looks_at_content(const SearchKey& key) {
  return mentions(key, Kind::Body) || mentions(key, Kind::Text) || mentions(key, Kind::Header);
}

/// One of the keys comes out so. What costs a search of texts is asked last.
bool any_cheapest_first(const std::vector<SearchKey>& keys, bool wanted, const auto& comes_out) {
  for (const bool costly : {false, true})
    for (const SearchKey& key : keys)
      if (looks_at_content(key) == costly && comes_out(key) == wanted) return true;
  return false;
}

}  // namespace

bool mentions(const SearchKey& key, SearchKey::Kind kind) {
  const auto within = [kind](const SearchKey& inner) { return mentions(inner, kind); };
  return key.kind == kind || std::ranges::any_of(key.keys, within);
}

bool matches(const SearchKey& key, const SearchTarget& target) {
  const auto inner = [&](const SearchKey& other) { return matches(other, target); };
  const mailstore::Message& message = target.message;
  const auto age = [&] { return target.now - message.internal_date; };
  switch (key.kind) {
    case Kind::All:
      return true;
    case Kind::Flag:
      return key.flag && message.flags.contains(*key.flag);
    case Kind::Recent:
      return target.recent;
    case Kind::Numbers:
      return key.numbers->contains(target.number);
    case Kind::Uids:
      return key.numbers->contains(message.uid.value);
    case Kind::Before:
    case Kind::On:
    case Kind::Since:
      return date_matches(key, message);
    case Kind::Older:
      return age() >= std::chrono::seconds(key.number);
    case Kind::Younger:
      return age() <= std::chrono::seconds(key.number);
    case Kind::Larger:
      return message.content->octets().size() > key.number;
    case Kind::Smaller:
      return message.content->octets().size() < key.number;
    case Kind::ModSeq:
      return message.modseq.value >= key.number;
    case Kind::EmailId:
      return message.content->email().text('M') == key.text;
    case Kind::ThreadId:
      return message.content->thread().text('T') == key.text;
    case Kind::Annotation:
      return imap::matches(*key.annotation, annotations_of(message.annotations));
    case Kind::Header:
    case Kind::Address:
    case Kind::Body:
    case Kind::Text:
      return content_matches(key, target);
    case Kind::Not:
      return !inner(key.keys.front());
    case Kind::Or:
      return any_cheapest_first(key.keys, true, inner);
    case Kind::And:
    case Kind::Fuzzy:
      return !any_cheapest_first(key.keys, false, inner);
  }
  return false;
}

bool can_change(const SearchKey& key) {
  return std::ranges::any_of(std::array{Kind::Flag, Kind::Recent, Kind::Numbers, Kind::Older, Kind::Younger, Kind::ModSeq,
                                        Kind::Annotation},
                             [&key](Kind kind) { return mentions(key, kind); });
}

unsigned relevancy(const SearchKey& key, const SearchTarget& target) {
  const auto found = scores(key, target);
  return found ? found->mean() : 0;
}

std::size_t search_cost(const SearchKey& key, const mailstore::Message& message) {
  using Kind = SearchKey::Kind;
  constexpr std::size_t header_octets = 2'000, fuzzy_factor = 16;  // as such things are
  const std::size_t size = message.content->octets().size();
  const bool whole = mentions(key, Kind::Body) || mentions(key, Kind::Text);
  return (whole ? size : std::min(size, header_octets)) * (mentions(key, Kind::Fuzzy) ? fuzzy_factor : 1) + 100;
}

}  // namespace mailscope::imap
