#include "protocols/imap/search/search_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/casemap.hpp"
#include "protocols/core/charset.hpp"

namespace mailscope::imap {

namespace {

using Kind = SearchKey::Kind;
using Date = SearchKey::Date;
using mailstore::Flag;

SearchKey of_kind(Kind kind) {
  SearchKey key;
  key.kind = kind;
  return key;
}

SearchKey compound_of(Kind kind, std::vector<SearchKey> keys) {
  SearchKey key = of_kind(kind);
  key.keys = std::move(keys);
  return key;
}

SearchKey negated(SearchKey key) { return compound_of(Kind::Not, {std::move(key)}); }

SearchKey flag_key(std::optional<Flag> flag) {
  SearchKey key = of_kind(Kind::Flag);
  key.flag = flag;
  return key;
}

/// What a key costs to answer, roughly; of several that must all hold, the cheap ones are asked first.
int cost(const SearchKey& key) {
  if (!key.keys.empty()) return cost(*std::ranges::max_element(key.keys, {}, cost));
  if (key.kind == Kind::Body || key.kind == Kind::Text) return 2;
  return key.kind == Kind::Header || key.kind == Kind::Address || key.kind == Kind::Annotation || key.date == Date::Sent
             ? 1
             : 0;
}

/// Keys of one word that are flags, in the order of mailstore::Flag.
constexpr std::array<std::string_view, 5> flag_words{"ANSWERED", "FLAGGED", "DELETED", "SEEN", "DRAFT"};

/// They search the envelope's addresses (RFC 9051 §6.4.4), and HEADER the field as it stands.
constexpr std::string_view address_words[] = {"BCC", "CC", "FROM", "TO"};

struct DateWord {
  std::string_view word;
  Kind kind;
  Date date;
};
constexpr DateWord date_words[] = {{"BEFORE", Kind::Before, Date::Internal},   {"ON", Kind::On, Date::Internal},
                                   {"SINCE", Kind::Since, Date::Internal},     {"SENTBEFORE", Kind::Before, Date::Sent},
                                   {"SENTON", Kind::On, Date::Sent},           {"SENTSINCE", Kind::Since, Date::Sent},
                                   {"SAVEDBEFORE", Kind::Before, Date::Saved}, {"SAVEDON", Kind::On, Date::Saved},
                                   {"SAVEDSINCE", Kind::Since, Date::Saved}};

/// Reads search-key; counts keys and depth, so that neither work nor stack is without bound.
class Reader {
 public:
  Reader(Cursor& cursor, const SearchTerms& terms) : cursor_(cursor), terms_(terms) {}

  std::optional<SearchKey> list() {
    std::vector<SearchKey> keys;
    do {
      auto key = one();
      if (!key) return std::nullopt;
      keys.push_back(std::move(*key));
    } while (cursor_.space());
    std::ranges::stable_sort(keys, {}, cost);
    return compound_of(Kind::And, std::move(keys));
  }

 private:
  std::optional<SearchKey> one() {
    if (++count_ > search_keys_max || depth_ == search_depth_max) return std::nullopt;
    ++depth_;
    auto key = compound();
    --depth_;
    return key;
  }

  /// "(" search-key *(SP search-key) ")", FUZZY, NOT, OR, or a simple key
  std::optional<SearchKey> compound() {
    if (cursor_.take('(')) {
      auto inner = list();
      return cursor_.take(')') ? inner : std::nullopt;
    }
    if (cursor_.word("FUZZY")) return fuzzy();
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

  /// "FUZZY" SP search-key (RFC 6203 §7): texts within it are compared loosely, everything else as ever (§5).
  std::optional<SearchKey> fuzzy() {
    ++fuzzy_depth_;
    auto inner = cursor_.space() ? one() : std::nullopt;
    --fuzzy_depth_;
    return inner ? std::optional(compound_of(Kind::Fuzzy, {std::move(*inner)})) : std::nullopt;
  }

  std::optional<SearchKey> simple() {
    if (auto key = one_word()) return key;
    if (auto key = with_text()) return key;
    if (auto key = with_number()) return key;
    return failed_ ? std::nullopt : numbers(Kind::Numbers);
  }

  /// The keys that are one word. SAVEDATESUPPORTED: it is, in every mailbox (RFC 8514 §4.3).
  std::optional<SearchKey> one_word() {
    if (cursor_.word("ALL") || cursor_.word("SAVEDATESUPPORTED")) return of_kind(Kind::All);
    if (cursor_.word("NEW")) return compound_of(Kind::And, {of_kind(Kind::Recent), negated(flag_key(Flag::Seen))});
    if (cursor_.word("OLD")) return negated(of_kind(Kind::Recent));
    if (cursor_.word("RECENT")) return of_kind(Kind::Recent);
    for (std::uint8_t number = 0; number < flag_words.size(); ++number) {
      const std::string_view word = flag_words.at(number);
      if (cursor_.word(word)) return flag_key(Flag{number});
      if (cursor_.word("UN" + std::string(word))) return negated(flag_key(Flag{number}));
    }
    return std::nullopt;
  }

  std::optional<SearchKey> with_text() {
    for (const std::string_view field : address_words)
      if (cursor_.word(field)) return text(Kind::Address, std::string(field));
    if (cursor_.word("SUBJECT")) return text(Kind::Header, "SUBJECT");
    if (cursor_.word("HEADER")) {
      auto name = cursor_.space() ? cursor_.astring() : std::nullopt;
      return name ? text(Kind::Header, std::move(*name)) : fail();
    }
    if (cursor_.word("BODY")) return text(Kind::Body, {});
    if (cursor_.word("TEXT")) return text(Kind::Text, {});
    if (cursor_.word("ANNOTATION")) return annotation();
    if (cursor_.word("KEYWORD")) return keyword(true);
    if (cursor_.word("UNKEYWORD")) return keyword(false);
    if (cursor_.word("EMAILID")) return object_id(Kind::EmailId);
    if (cursor_.word("THREADID")) return object_id(Kind::ThreadId);
    return std::nullopt;
  }

  std::optional<SearchKey> with_number() {
    for (const auto& [word, kind, date] : date_words)
      if (cursor_.word(word)) return day(kind, date);
    if (cursor_.word("LARGER")) return number(Kind::Larger);
    if (cursor_.word("SMALLER")) return number(Kind::Smaller);
    if (cursor_.word("OLDER")) return interval(Kind::Older);
    if (cursor_.word("YOUNGER")) return interval(Kind::Younger);
    if (cursor_.word("MODSEQ")) return mod_sequence();
    if (cursor_.word("UID")) return cursor_.space() ? numbers(Kind::Uids) : fail();
    return std::nullopt;
  }

  /// A key's word was there and its argument was not: no other key can be meant.
  std::optional<SearchKey> fail() {
    failed_ = true;
    return std::nullopt;
  }

  std::optional<SearchKey> text(Kind kind, std::string name) {
    const auto wanted = cursor_.space() ? cursor_.astring() : std::nullopt;
    if (!wanted) return fail();
    SearchKey key = of_kind(kind);
    key.name = std::move(name);
    key.text = casemap(utf8_from_charset(*wanted, terms_.charset).value_or(""));
    if (fuzzy_depth_ > 0) key.fuzzy.emplace(key.text);
    return key;
  }

  std::optional<SearchKey> annotation() {
    auto term = read_annotation_term(cursor_, terms_.charset, terms_.user);
    if (!term) return fail();
    SearchKey key = of_kind(Kind::Annotation);
    key.annotation = std::move(term);
    return key;
  }

  std::optional<SearchKey> day(Kind kind, Date which) {
    const auto date = cursor_.space() ? cursor_.date() : std::nullopt;
    if (!date) return fail();
    SearchKey key = of_kind(kind);
    key.date = which;
    key.day = *date;
    return key;
  }

  /// number64 (RFC 9051 §9)
  std::optional<SearchKey> number(Kind kind) {
    const auto value = cursor_.space() ? cursor_.mod_sequence() : std::nullopt;
    if (!value) return fail();
    SearchKey key = of_kind(kind);
    key.number = value->value;
    return key;
  }

  /// ("OLDER" / "YOUNGER") SP nz-number (RFC 5032 §3)
  std::optional<SearchKey> interval(Kind kind) {
    const auto seconds = cursor_.space() ? cursor_.nz_number() : std::nullopt;
    if (!seconds) return fail();
    SearchKey key = of_kind(kind);
    key.number = *seconds;
    return key;
  }

  /// "MODSEQ" [SP entry-name SP entry-type-req] SP mod-sequence-valzer (RFC 7162 §7). A message has one mod-sequence,
  /// whatever was changed of it.
  std::optional<SearchKey> mod_sequence() {
    if (!cursor_.space()) return fail();
    if (cursor_.next_is('"')) {
      const auto entry = cursor_.string();
      const bool good = entry && ascii::istarts_with(*entry, "/flags/") && cursor_.space() &&
                        (cursor_.word("priv") || cursor_.word("shared") || cursor_.word("all")) && cursor_.space();
      if (!good) return fail();
    }
    const auto value = cursor_.mod_sequence();
    if (!value) return fail();
    SearchKey key = of_kind(Kind::ModSeq);
    key.number = value->value;
    return key;
  }

  std::optional<SearchKey> keyword(bool set) {
    const auto name = cursor_.space() ? cursor_.atom() : std::nullopt;
    if (!name) return fail();
    SearchKey key = flag_key(terms_.mailbox->keywords().find(*name));
    return set ? key : negated(std::move(key));
  }

  /// objectid = 1*255(ALPHA / DIGIT / "_" / "-") (RFC 8474 §7)
  std::optional<SearchKey> object_id(Kind kind) {
    auto id = cursor_.space() ? cursor_.atom() : std::nullopt;
    if (!id) return fail();
    SearchKey key = of_kind(kind);
    key.text = std::move(*id);
    return key;
  }

  /// "$" names messages, whichever way it is written (RFC 5182 §2.1).
  std::optional<SearchKey> numbers(Kind kind) {
    const auto set = cursor_.sequence_set();
    if (!set || (set->saved && !terms_.view)) return fail();
    SearchKey key = of_kind(set->saved ? Kind::Uids : kind);
    if (set->saved) {
      std::vector<NumberSet::Range> uids;
      for (const mailstore::Uid uid : terms_.view->saved()) uids.push_back({uid.value, uid.value});
      key.numbers = NumberSet(std::move(uids));
      return key;
    }
    key.numbers = set->resolve(largest(kind == Kind::Uids));
    return key;
  }

  /// What "*" is.
  [[nodiscard]] std::uint32_t largest(bool by_uid) const {
    if (terms_.view) return terms_.view->largest(by_uid);
    const auto& messages = terms_.mailbox->messages();
    if (!by_uid) return static_cast<std::uint32_t>(messages.size());
    return messages.empty() ? terms_.mailbox->uid_next().value : messages.back().uid.value;
  }

  Cursor& cursor_;
  const SearchTerms& terms_;
  std::size_t count_{}, depth_{}, fuzzy_depth_{};
  bool failed_{};
};

}  // namespace

std::optional<SearchKey> read_search_keys(Cursor& cursor, const SearchTerms& terms) {
  auto keys = Reader(cursor, terms).list();
  return cursor.at_end() ? keys : std::nullopt;
}

}  // namespace mailscope::imap
