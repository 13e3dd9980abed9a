#include "protocols/imap/search.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/names.hpp"
#include "protocols/message/message.hpp"

namespace mailscope::imap {

namespace {

using Kind = SearchKey::Kind;

SearchKey of_kind(Kind kind) {
  SearchKey key;
  key.kind = kind;
  return key;
}

SearchKey flag_key(std::string_view flag, bool set = true) {
  SearchKey key = of_kind(Kind::Flag);
  key.name = flag;
  if (set) return key;
  SearchKey negated = of_kind(Kind::Not);
  negated.keys.push_back(std::move(key));
  return negated;
}

SearchKey both(SearchKey one, SearchKey other) {
  SearchKey key = of_kind(Kind::And);
  key.keys.push_back(std::move(one));
  key.keys.push_back(std::move(other));
  return key;
}

/// Reads search-key; counts keys and depth, so that neither work nor stack is without bound.
class Reader {
 public:
  Reader(Cursor& cursor, const MailboxView& view) : cursor_(cursor), view_(view) {}

  std::optional<SearchKey> list() {
    SearchKey all = of_kind(Kind::And);
    do {
      auto key = one();
      if (!key) return std::nullopt;
      all.keys.push_back(std::move(*key));
    } while (cursor_.space());
    return all;
  }

 private:
  std::optional<SearchKey> one() {
    if (++count_ > search_keys_max || depth_ == search_depth_max) return std::nullopt;
    ++depth_;
    auto key = compound();
    --depth_;
    return key;
  }

  /// "(" search-key *(SP search-key) ")", NOT, OR, or a simple key
  std::optional<SearchKey> compound() {
    if (cursor_.take('(')) {
      auto inner = list();
      return cursor_.take(')') ? inner : std::nullopt;
    }
    const std::size_t operands = cursor_.word("NOT") ? 1 : cursor_.word("OR") ? 2 : 0;
    if (operands == 0) return simple();
    SearchKey key = of_kind(operands == 1 ? Kind::Not : Kind::Or);
    while (key.keys.size() < operands) {
      auto operand = cursor_.space() ? one() : std::nullopt;
      if (!operand) return std::nullopt;
      key.keys.push_back(std::move(*operand));
    }
    return key;
  }

  std::optional<SearchKey> simple() {
    if (auto key = flag_word()) return key;
    if (auto key = with_argument()) return key;
    return failed_ ? std::nullopt : numbers(Kind::Numbers);
  }

  /// The keys that are one word: flags, and what is said by flags.
  std::optional<SearchKey> flag_word() {
    if (cursor_.word("ALL")) return of_kind(Kind::All);
    if (cursor_.word("NEW")) return both(flag_key(recent_flag), flag_key("\\Seen", false));
    if (cursor_.word("OLD")) return flag_key(recent_flag, false);
    if (cursor_.word("RECENT")) return flag_key(recent_flag);
    for (const std::string_view flag : system_flags) {
      if (cursor_.word(flag.substr(1))) return flag_key(flag);
      if (cursor_.word("UN" + std::string(flag.substr(1)))) return flag_key(flag, false);
    }
    return std::nullopt;
  }

  std::optional<SearchKey> with_argument() {
    for (const std::string_view field : {"BCC", "CC", "FROM", "SUBJECT", "TO"})
      if (cursor_.word(field)) return text(Kind::Header, std::string(field));
    if (cursor_.word("HEADER")) {
      auto name = cursor_.space() ? cursor_.astring() : std::nullopt;
      return name ? text(Kind::Header, std::move(*name)) : fail();
    }
    if (cursor_.word("BODY")) return text(Kind::Body, {});
    if (cursor_.word("TEXT")) return text(Kind::Text, {});
    if (cursor_.word("BEFORE")) return day(Kind::Before);
    if (cursor_.word("ON")) return day(Kind::On);
    if (cursor_.word("SINCE")) return day(Kind::Since);
    if (cursor_.word("LARGER")) return octets(Kind::Larger);
    if (cursor_.word("SMALLER")) return octets(Kind::Smaller);
    if (cursor_.word("KEYWORD")) return keyword(true);
    if (cursor_.word("UNKEYWORD")) return keyword(false);
    if (cursor_.word("UID")) return cursor_.space() ? numbers(Kind::Uids) : fail();
    return std::nullopt;
  }

  /// A key's word was there and its argument was not: no other key can be meant.
  std::optional<SearchKey> fail() {
    failed_ = true;
    return std::nullopt;
  }

  std::optional<SearchKey> text(Kind kind, std::string name) {
    auto wanted = cursor_.space() ? cursor_.astring() : std::nullopt;
    if (!wanted) return fail();
    SearchKey key = of_kind(kind);
    key.name = std::move(name);
    key.text = ascii::lower(*wanted);
    return key;
  }

  std::optional<SearchKey> day(Kind kind) {
    const auto date = cursor_.space() ? cursor_.date() : std::nullopt;
    if (!date) return fail();
    SearchKey key = of_kind(kind);
    key.day = *date;
    return key;
  }

  std::optional<SearchKey> octets(Kind kind) {
    const auto number = cursor_.space() ? cursor_.number() : std::nullopt;
    if (!number) return fail();
    SearchKey key = of_kind(kind);
    key.octets = *number;
    return key;
  }

  std::optional<SearchKey> keyword(bool set) {
    const auto name = cursor_.space() ? cursor_.atom() : std::nullopt;
    return name ? flag_key(*name, set) : fail();
  }

  std::optional<SearchKey> numbers(Kind kind) {
    const auto set = cursor_.sequence_set();
    if (!set) return fail();
    const bool by_uid = kind == Kind::Uids;
    SearchKey key = of_kind(kind);
    key.numbers = set->resolve(view_.largest(by_uid));
    if (!by_uid && (view_.size() == 0 || key.numbers->largest() > view_.size())) return fail();
    return key;
  }

  Cursor& cursor_;
  const MailboxView& view_;
  std::size_t count_{}, depth_{};
  bool failed_{};
};

/// `wanted` is in lower case.
bool contains(std::string_view text, std::string_view wanted) {
  return ascii::lower(text).find(wanted) != std::string::npos;
}

/// As it stands on the wire, or with its encoded words decoded. An empty text asks only for the field.
bool header_holds(std::string_view content, const SearchKey& key) {
  for (const message::Field& field : message::header_fields(content))
    if (ascii::iequals(field.name, key.name) && contains(field.body, key.text)) return true;
  const auto decoded = message::decoded_field(content, key.name);
  return decoded && contains(*decoded, key.text);
}

/// Header fields also decoded, which US-ASCII comparison allows (§6.4.4).
bool text_holds(std::string_view content, const SearchKey& key) {
  if (contains(content, key.text)) return true;
  return std::ranges::any_of(std::array{"From", "To", "Cc", "Subject"}, [&](std::string_view name) {
    const auto decoded = message::decoded_field(content, name);
    return decoded && contains(*decoded, key.text);
  });
}

bool holds(const SearchKey& key, const mailstore::Message& message, const std::set<std::string>& flags,
           std::uint32_t number) {
  const auto inner = [&](const SearchKey& other) { return holds(other, message, flags, number); };
  const auto day = std::chrono::floor<std::chrono::days>(message.internal_date);
  switch (key.kind) {
    case Kind::All:
      return true;
    case Kind::Flag:
      return std::ranges::any_of(flags, [&key](const std::string& flag) { return ascii::iequals(flag, key.name); });
    case Kind::Header:
      return header_holds(message.content->octets(), key);
    case Kind::Body:
      return contains(message::split(message.content->octets()).body, key.text);
    case Kind::Text:
      return text_holds(message.content->octets(), key);
    case Kind::Before:
      return day < key.day;
    case Kind::On:
      return day == key.day;
    case Kind::Since:
      return day >= key.day;
    case Kind::Larger:
      return message.content->octets().size() > key.octets;
    case Kind::Smaller:
      return message.content->octets().size() < key.octets;
    case Kind::Numbers:
      return key.numbers->contains(number);
    case Kind::Uids:
      return key.numbers->contains(message.uid.value);
    case Kind::Not:
      return !inner(key.keys.front());
    case Kind::Or:
      return std::ranges::any_of(key.keys, inner);
    case Kind::And:
      return std::ranges::all_of(key.keys, inner);
  }
  return false;
}

}  // namespace

std::optional<SearchKey> search_keys(Cursor& cursor, const MailboxView& view) {
  auto keys = Reader(cursor, view).list();
  return cursor.at_end() ? keys : std::nullopt;
}

bool matches(const SearchKey& key, const MailboxView& view, std::size_t place) {
  const MailboxView::Entry& entry = view.entries()[place];
  const mailstore::Message* message = view.message(entry);
  return message && holds(key, *message, view.flags(entry), static_cast<std::uint32_t>(place + 1));
}

}  // namespace mailscope::imap
