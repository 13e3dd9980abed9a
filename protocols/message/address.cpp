#include "protocols/message/address.hpp"

#include <utility>

#include "protocols/message/encoded_word.hpp"
#include "protocols/message/limits.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

namespace {

using Kind = AddressEntry::Kind;

/// obs-local-part and obs-domain have white space around their dots; it means nothing.
bool joins(std::string_view left, const Token& right) {
  return !right.after_space || left.ends_with('.') || right.text.starts_with('.');
}

/// Collects the words of one address until a special says what they were.
class ListReader {
 public:
  explicit ListReader(std::string_view value) : lexer_(value) {}

  std::vector<AddressEntry> read() {
    while (const auto token = lexer_.next()) {
      if (entries_.size() >= limits::addresses_max) return std::move(entries_);
      take(*token);
    }
    finish();
    if (in_group_) entries_.push_back({Kind::GroupEnd, {}, {}, {}, {}});
    return std::move(entries_);
  }

 private:
  enum class Place : std::uint8_t { Words, Route, Angle, Domain, Behind };

  void take(const Token& token) {
    if (token.kind == Token::Kind::Comment) {
      comment_ = token.text;
    } else if (token.is(',')) {
      if (place_ != Place::Route) finish();  // obs-domain-list has commas too
    } else if (token.is(';')) {
      finish();
      if (std::exchange(in_group_, false)) entries_.push_back({Kind::GroupEnd, {}, {}, {}, {}});
    } else if (token.is('<')) {
      open_angle();
    } else if (token.is('>')) {
      if (angle_) place_ = Place::Behind;
    } else if (token.is(':')) {
      colon();
    } else if (token.is('@')) {
      at_sign();
    } else {
      word(token);
    }
  }

  /// name-addr = [display-name] "<" addr-spec ">"; more than one "<" counts as one (RFC 7103 §7.1.2).
  void open_angle() {
    if (angle_) return;
    if (place_ == Place::Behind) finish();  // "<a@b.example> <c@d.example>": the comma is lost
    angle_ = true;
    name_ = phrase();
    // "a@b.example <c@d.example>": an address that should have been quoted, as a name (one sender, not two).
    if (place_ == Place::Domain) name_.append("@").append(std::exchange(host_, {}));
    has_at_ = false;
    words_.clear();
    place_ = Place::Angle;
  }

  /// group = display-name ":" [group-list] ";", or the end of obs-route = obs-domain-list ":"
  void colon() {
    if (place_ == Place::Route) {
      place_ = Place::Angle;
    } else if (place_ == Place::Words && !in_group_) {
      entries_.push_back({Kind::GroupStart, {}, {}, phrase(), {}});
      in_group_ = true;
      reset();
    }
  }

  void at_sign() {
    if (place_ == Place::Angle && words_.empty()) {
      place_ = Place::Route;
    } else if (place_ == Place::Words || place_ == Place::Angle) {
      has_at_ = true;
      place_ = Place::Domain;
    } else if (place_ == Place::Domain && host_.empty()) {
      return;
    } else if (place_ == Place::Domain) {
      place_ = Place::Behind;
    }
    if (place_ == Place::Route) route_ += route_.empty() ? "@" : ",@";
  }

  void word(const Token& token) {
    switch (place_) {
      case Place::Words:
      case Place::Angle:
        if (words_.size() == limits::address_words_max) words_.pop_back();  // the last one may be the local part
        words_.push_back(token);
        break;
      case Place::Route:
        route_ += token.text;
        break;
      case Place::Domain:
        if (host_.empty() || joins(host_, token)) {
          host_ += token.text;
        } else {
          place_ = Place::Behind;
        }
        break;
      case Place::Behind:
        break;  // what follows an address before the comma means nothing
    }
  }

  /// phrase = 1*word / obs-phrase: words in one line, with single spaces.
  [[nodiscard]] std::string phrase() const {
    std::string text;
    for (const Token& word : words_) text += (text.empty() || !word.after_space ? "" : " ") + word.text;
    return text;
  }

  /// The words from the last white space on that is not beside a dot are the local part; what stood before them without
  /// angle brackets was meant as the name.
  void split_local_part(AddressEntry& entry) {
    std::size_t first = words_.empty() ? 0 : words_.size() - 1;
    while (first > 0 && (angle_ || joins(words_[first - 1].text, words_[first]))) --first;
    for (std::size_t at = first; at < words_.size(); ++at) entry.mailbox += words_[at].text;
    words_.resize(first);
    if (!angle_) name_ = phrase();
  }

  void finish() {
    AddressEntry entry;
    if (!angle_ && !has_at_ && words_.size() > 1) {
      entry.mailbox = phrase();  // a name without an address (RFC 7103 §7.1.7)
    } else {
      split_local_part(entry);
    }
    entry.name = name_.empty() ? comment_ : name_;
    entry.route = route_;
    entry.host = host_;
    const bool anything = !entry.mailbox.empty() || !entry.host.empty() || angle_ || has_at_;
    if (anything) entries_.push_back(std::move(entry));
    reset();
  }

  void reset() {
    words_.clear();
    name_.clear();
    comment_.clear();
    route_.clear();
    host_.clear();
    place_ = Place::Words;
    angle_ = has_at_ = false;
  }

  Lexer lexer_;
  std::vector<AddressEntry> entries_;
  std::vector<Token> words_;
  std::string name_, comment_, route_, host_;
  Place place_ = Place::Words;
  bool angle_{}, has_at_{}, in_group_{};
};

}  // namespace

std::vector<AddressEntry> parse_addresses(std::string_view value) { return ListReader(value).read(); }

std::string addr_spec(const AddressEntry& entry) {
  if (entry.kind != Kind::Mailbox) return {};
  const std::string local = entry.mailbox.empty() ? "" : dot_atom_or_quoted(entry.mailbox);
  return entry.host.empty() ? local : local + '@' + entry.host;
}

std::string shown_name(const AddressEntry& entry) {
  return entry.name.empty() ? addr_spec(entry) : decode_words(entry.name);
}

}  // namespace mailscope::message
