#include "protocols/message/html_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <system_error>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope::message {

namespace {

struct Named {
  std::string_view name, meaning;
};
/// Sorted by name.
constexpr Named references[] = {
#include "protocols/message/html_references.inc"
};
constexpr std::array<std::string_view, 14> blocks = {"p",  "div", "br", "li", "tr", "h1",         "h2",
                                                     "h3", "h4",  "h5", "h6", "hr", "blockquote", "table"};
/// Elements whose content is no text of the page.
constexpr std::array<std::string_view, 4> hidden = {"script", "style", "head", "title"};
/// Of a table side by side: something has to stand between them.
constexpr std::array<std::string_view, 2> cells = {"td", "th"};
constexpr std::size_t reference_octets_max = 32;  ///< with its ";": none has more

bool is_hex_digit(char c) { return ascii::is_digit(c) || (ascii::lower(c) >= 'a' && ascii::lower(c) <= 'f'); }

class Stripper {
 public:
  Stripper(std::string_view html, std::size_t characters_max) : at_(html), characters_max_(characters_max) {}

  std::string read() {
    while (!at_.at_end() && characters_ < characters_max_) {
      if (at_.take("<!--")) {
        skip_past("-->");
      } else if (at_.at('<') && at_.rest().size() > 1 && (ascii::is_alpha(at_.rest()[1]) || is_mark(at_.rest()[1]))) {
        tag();
      } else if (at_.at('&')) {
        reference();
      } else {
        std::string_view rest = at_.rest();
        put(take_code_point(rest));
        at_.take_octets(at_.rest().size() - rest.size());
      }
    }
    return std::move(result_);
  }

 private:
  static bool is_mark(char c) { return c == '/' || c == '!' || c == '?'; }

  void skip_past(std::string_view end) {
    const std::size_t found = at_.rest().find(end);
    at_.take_octets(found == std::string_view::npos ? found : found + end.size());
  }

  void tag() {
    at_.take('<');
    const bool closes = at_.take('/');
    const std::string name = ascii::lower(at_.take_while(ascii::is_alnum));
    attributes();
    if (!closes && std::ranges::find(hidden, name) != hidden.end()) skip_element(name);
    if (std::ranges::find(blocks, name) != blocks.end()) pending_ = '\n';
    if (std::ranges::find(cells, name) != cells.end()) put(U' ');
    if (name == "pre") {
      is_preformatted_ = !closes;
      pending_ = '\n';
    }
  }

  /// Past the ">" of a tag: one within a quoted value is none. A quote that is never closed is none either.
  void attributes() {
    char before = ' ';
    while (!at_.at_end() && !at_.take('>')) {
      const char c = at_.take_octets(1).front();
      if (before == '=' && (c == '"' || c == '\'')) {
        bool& unclosed = c == '"' ? double_unclosed_ : single_unclosed_;
        const std::size_t end = unclosed ? std::string_view::npos : at_.rest().find(c);
        unclosed = end == std::string_view::npos;
        if (!unclosed) at_.take_octets(end + 1);
      }
      if (!ascii::is_space(c)) before = c;
    }
  }

  /// Past "</name"; everything there is skipped once only, so that the work stays linear.
  void skip_element(std::string_view name) {
    while (!at_.at_end()) {
      at_.take_while([](char c) { return c != '<'; });
      if (at_.take("</") && at_.take(name)) return skip_past(">");
      at_.take('<');
    }
  }

  void reference() {
    at_.take('&');
    const std::string_view text = at_.rest().substr(0, reference_octets_max);
    const auto [octets, meaning] = text.starts_with('#') ? numbered(text) : named(text);
    at_.take_octets(octets);
    std::string_view rest = octets == 0 ? "&" : std::string_view(meaning);
    while (!rest.empty()) put(take_code_point(rest));
  }

  /// How much of the text is a reference, and what it means.
  using Reference = std::pair<std::size_t, std::string>;

  /// The longest name that is one: old ones need no ";" behind them.
  static Reference named(std::string_view text) {
    Cursor at(text);
    std::size_t octets = at.take_while(ascii::is_alnum).size();
    if (at.take(';')) ++octets;
    for (; octets > 1; --octets) {
      const std::string_view name = text.substr(0, octets);
      const auto* found = std::ranges::lower_bound(references, name, {}, &Named::name);
      if (found != std::end(references) && found->name == name) return {octets, std::string(found->meaning)};
    }
    return {};
  }

  /// "#" number [";"]; 128 to 159 are meant as windows-1252, and what is no character is U+FFFD.
  static Reference numbered(std::string_view text) {
    Cursor at(text.substr(1));
    const bool hex = at.take("x");
    const std::string_view digits = at.take_while(hex ? is_hex_digit : ascii::is_digit);
    if (digits.empty()) return {};
    at.take(';');
    constexpr char32_t no_character = 0xfffd;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
    const bool is_character =
        error == std::errc{} && value > 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
    const char32_t code_point = !is_character  ? no_character
                                : value < 0xa0 ? windows_1252(static_cast<unsigned char>(value))
                                               : char32_t{value};
    std::string meaning;
    append_utf8(meaning, code_point);
    return {text.size() - at.rest().size(), meaning};
  }

  /// White space is put when something follows it, and a line end wins over spaces.
  void put(char32_t c) {
    constexpr char32_t no_break_space = 0xa0;
    if (c <= U' ' || c == no_break_space) {
      if (pending_ != '\n') pending_ = is_preformatted_ && c == U'\n' ? '\n' : ' ';
      return;
    }
    if (pending_ != '\0' && !result_.empty()) {
      result_ += pending_;
      ++characters_;
    }
    pending_ = '\0';
    append_utf8(result_, c);
    ++characters_;
  }

  Cursor at_;
  std::size_t characters_max_, characters_{};
  std::string result_;
  char pending_ = '\0';
  bool is_preformatted_{};
  bool double_unclosed_{}, single_unclosed_{};  ///< no such quote follows any more
};

}  // namespace

std::string html_text(std::string_view html, std::size_t characters_max) {
  return Stripper(html, characters_max).read();
}

}  // namespace mailscope::message
