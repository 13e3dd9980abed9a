#include "protocols/message/token.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::message {

namespace {

bool is_white(char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; }

}  // namespace

bool is_atext(char c) {
  return ascii::is_alnum(c) || c < 0 || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

std::string quoted_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string dot_atom_or_quoted(std::string_view text) {
  const bool is_dot_atom = !text.empty() && !text.starts_with('.') && !text.ends_with('.') &&
                           text.find("..") == std::string_view::npos &&
                           std::ranges::all_of(text, [](char c) { return c == '.' || is_atext(c); });
  return is_dot_atom ? std::string(text) : quoted_string(text);
}

/// quoted-string, comment (which nests) or domain-literal; `at_` is behind its opening character.
std::optional<Token> Lexer::enclosed(Token::Kind kind, char open, char close, bool& is_broken) {
  if (is_broken) return std::nullopt;
  Token token{kind, {}, false};
  std::size_t depth = 1;
  for (std::size_t at = at_; at < value_.size(); ++at) {
    char c = value_[at];
    if (c == close && --depth == 0) {
      at_ = at + 1;
      return token;
    }
    if (c == open && kind == Token::Kind::Comment) ++depth;
    if (c == '\\' && at + 1 < value_.size()) c = value_[++at];
    if (c == '\r' || c == '\n') continue;
    token.text += is_white(c) ? ' ' : c;
  }
  is_broken = true;
  return std::nullopt;
}

Token Lexer::atom() {
  Token token;
  while (at_ < value_.size()) {
    const char c = value_[at_];
    if (is_white(c) || specials_.find(c) != std::string_view::npos) break;
    if ((c == '"' && !quotes_broken_) || (c == '(' && !comments_broken_)) break;
    ++at_;
    if (c != '"' && c != '(') token.text += c;
  }
  return token;
}

std::optional<Token> Lexer::next() {
  bool after_space = false;
  while (at_ < value_.size()) {
    const char c = value_[at_];
    if (is_white(c)) {
      after_space = true;
      ++at_;
      continue;
    }
    std::optional<Token> token;
    if (c == '"' || c == '(' || c == '[') {
      ++at_;
      if (c == '"') token = enclosed(Token::Kind::Quoted, '"', '"', quotes_broken_);
      if (c == '(') token = enclosed(Token::Kind::Comment, '(', ')', comments_broken_);
      if (c == '[') token = enclosed(Token::Kind::Literal, '[', ']', literals_broken_);
      if (!token) continue;  // never closed: passed over
      if (c == '[') token->text = '[' + token->text + ']';
    } else if (specials_.find(c) != std::string_view::npos) {
      ++at_;
      token = Token{Token::Kind::Special, std::string(1, c), false};
    } else {
      token = atom();
      if (token->text.empty()) continue;
    }
    token->after_space = after_space;
    return token;
  }
  return std::nullopt;
}

std::string without_comments(std::string_view value) {
  std::string result;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    const bool pair = c == '\\' && at + 1 < value.size() && (quoted || depth > 0);
    if (c == '\r' || c == '\n') {
      // A line that was taken into the field without being folded (RFC 7103 §7.2) is no part of the word before it.
      if (c == '\n' && depth == 0 && at + 1 < value.size() && !ascii::is_space(value[at + 1])) result += ' ';
      continue;
    }
    if (pair) {
      if (depth == 0) result.append(value.substr(at, 2));
      ++at;
    } else if (c == '"' && depth == 0) {
      quoted = !quoted;
      result += c;
    } else if (c == '(' && !quoted) {
      if (depth++ == 0) result += ' ';
    } else if (c == ')' && !quoted && depth > 0) {
      --depth;
    } else if (depth == 0) {
      result += c;
    }
  }
  return std::string(ascii::trim(result));
}

}  // namespace mailscope::message
