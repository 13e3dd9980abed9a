// Reads IMAP's grammar from one command or response, left to right (RFC 3501 §9). Each function takes what its rule
// describes and moves on, or takes nothing and says so. Knows no command.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"
#include "protocols/imap/syntax/sequence_set.hpp"
#include "protocols/mailstore/types.hpp"

namespace mailscope::imap {

[[nodiscard]] bool is_atom_char(char c);
[[nodiscard]] bool is_astring_char(char c);
[[nodiscard]] bool is_text_char(char c);

class Cursor {
 public:
  /// `text` outlives the cursor. Its literals are whole, as UnitFramer gives them. With `utf8`, names of mailboxes are
  /// UTF-8 (RFC 9051 §5.1, RFC 6855 §3).
  explicit Cursor(std::string_view text, bool utf8 = false) : rest_(text), utf8_(utf8) {}
  /// For what a server says, as liberally as people's programs read it: octets above 127 in quoted strings that are no
  /// UTF-8 (taken for Latin-1), backslashes before other characters, NUL in literals, further spaces between flags.
  [[nodiscard]] static Cursor liberal(std::string_view text, bool utf8 = false) {
    Cursor cursor(text, utf8);
    cursor.liberal_ = true;
    return cursor;
  }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool next_is(char c) const { return rest_.starts_with(c); }
  bool take(char c);
  bool space() { return take(' '); }
  /// These characters in any case.
  bool prefix(std::string_view expected);
  /// The same, with no atom character after them.
  bool word(std::string_view expected);

  std::optional<std::string> tag();
  std::optional<std::string> atom();
  std::optional<std::string> string();  ///< quoted or literal
  std::optional<std::string> astring();
  /// A mailbox's name in UTF-8; "", which names none, where it is no modified UTF-7 (RFC 3501 §5.1.3), or no UTF-8.
  std::optional<std::string> mailbox();
  /// The name, or the pattern of names, that was written so; nothing where it can be none.
  [[nodiscard]] std::optional<std::string> name_of(std::string_view wire) const;
  std::optional<std::string> list_mailbox();
  std::optional<std::uint32_t> number();
  std::optional<std::uint32_t> nz_number();
  /// number64 of IMAP4rev2 (RFC 9051 §9): unsigned, 63 bits.
  std::optional<std::uint64_t> number64();
  /// mod-sequence-valzer: 63 bits (RFC 7162 §7).
  std::optional<mailstore::ModSeq> mod_sequence();
  /// Ranges, or "$" (RFC 5182 §3).
  std::optional<SequenceSet> sequence_set();
  /// A flag but \Recent; system flags in canonical spelling.
  std::optional<std::string> flag();
  std::optional<std::set<std::string>> flag_list();         ///< in parentheses
  std::optional<std::set<std::string>> bare_flags();        ///< STORE also takes them without parentheses
  std::optional<std::set<std::string>> flags_of_message();  ///< flag-fetch: \Recent too
  /// Midnight of the day, quoted or not (rule date).
  std::optional<Instant> date();
  std::optional<Instant> date_time();
  /// A literal only, as APPEND wants it; with NUL in it where it is a literal8, "~{n}" (RFC 3516 §7).
  std::optional<std::string> literal();
  /// value = nstring / literal8 (RFC 5464 §5, RFC 5257 §5): nothing for NIL. False where it is none of these.
  bool value(std::optional<std::string>& read);

 private:
  template <class Accept>
  std::optional<std::string> run(Accept accept);
  std::optional<std::string> quoted();
  std::optional<std::string> any_flag();
  std::optional<std::set<std::string>> flags(bool recent_too);
  std::optional<std::set<std::string>> listed_flags(bool recent_too);
  std::optional<unsigned> digits(std::size_t count);
  std::optional<std::chrono::sys_days> day_month_year(unsigned day);

  std::string_view rest_;
  bool utf8_;
  bool liberal_{};
};

}  // namespace mailscope::imap
