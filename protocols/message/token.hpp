// The lexical tokens that structured fields share (RFC 5322 §3.2, §4.1), read from a folded value as it stands. Knows
// no field.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope::message {

struct Token {
  enum class Kind : unsigned char { Atom, Quoted, Comment, Literal, Special };
  Kind kind = Kind::Atom;
  std::string text;    ///< without quotes, quoted pairs and a comment's outer parentheses; a literal with its brackets
  bool after_space{};  ///< white space or a comment stood before it
  [[nodiscard]] bool is(char special) const { return kind == Kind::Special && text.front() == special; }
};

/// Atoms hold dots and octets over 127; specials are those of the text given. Line ends and control characters are
/// white space. A quote, parenthesis or bracket that is never closed is passed over (RFC 7103 §7.1.4, §7.1.6).
class Lexer {
 public:
  explicit Lexer(std::string_view value, std::string_view specials = "<>@,;:") : value_(value), specials_(specials) {}
  [[nodiscard]] std::optional<Token> next();

 private:
  [[nodiscard]] std::optional<Token> enclosed(Token::Kind kind, char open, char close, bool& is_broken);
  Token atom();

  std::string_view value_, specials_;
  std::size_t at_{};
  bool quotes_broken_{}, comments_broken_{}, literals_broken_{};  // so that the search for an end runs once
};

/// The value with each comment as a space, folding gone, and white space at both ends trimmed.
[[nodiscard]] std::string without_comments(std::string_view value);

/// `text` as it is where it is a dot-atom (§3.2.3; UTF-8 by RFC 6532 §3.2), else as a quoted-string (§3.2.4).
[[nodiscard]] std::string dot_atom_or_quoted(std::string_view text);
[[nodiscard]] std::string quoted_string(std::string_view text);
/// atext of §3.2.3, and what RFC 6532 adds.
[[nodiscard]] bool is_atext(char c);

}  // namespace mailscope::message
