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

constexpr std::array<std::pair<std::string_view, char32_t>, 22> references = {{
    {"amp", U'&'},         {"lt", U'<'},          {"gt", U'>'},          {"quot", U'"'},        {"apos", U'\''},
    {"nbsp", U' '},        {"copy", U'\u00a9'},   {"euro", U'\u20ac'},   {"hellip", U'\u2026'}, {"ndash", U'\u2013'},
    {"mdash", U'\u2014'},  {"lsquo", U'\u2018'},  {"rsquo", U'\u2019'},  {"ldquo", U'\u201c'},  {"rdquo", U'\u201d'},
    {"bull", U'\u2022'},   {"agrave", U'\u00e0'}, {"egrave", U'\u00e8'}, {"eacute", U'\u00e9'}, {"ccedil", U'\u00e7'},
    {"ntilde", U'\u00f1'}, {"middot", U'\u00b7'},
}};
constexpr std::array<std::string_view, 14> blocks = {"p",  "div", "br", "li", "tr", "h1",         "h2",
                                                     "h3", "h4",  "h5", "h6", "hr", "blockquote", "table"};
/// Elements whose content is no text of the page.
constexpr std::array<std::string_view, 4> hidden = {"script", "style", "head", "title"};
constexpr std::size_t reference_octets_max = 10;

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
    skip_past(">");
    if (!closes && std::ranges::find(hidden, name) != hidden.end()) skip_element(name);
    if (std::ranges::find(blocks, name) != blocks.end()) pending_ = '\n';
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
    const std::size_t end = text.find(';');
    const std::string_view name = text.substr(0, end == std::string_view::npos ? 0 : end);
    const char32_t code_point = resolve(name);
    put(code_point == 0 ? U'&' : code_point);
    if (code_point != 0) at_.take_octets(name.size() + 1);
  }

  static char32_t resolve(std::string_view name) {
    if (!name.starts_with('#')) {
      const auto* found = std::ranges::find(references, name, &std::pair<std::string_view, char32_t>::first);
      return found == references.end() ? 0 : found->second;
    }
    name.remove_prefix(1);
    const bool hex = !name.empty() && ascii::lower(name.front()) == 'x';
    if (hex) name.remove_prefix(1);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value, hex ? 16 : 10);
    const bool is_character = value > 0 && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
    return error == std::errc{} && end == name.data() + name.size() && is_character ? char32_t{value} : 0;
  }

  /// White space is put when something follows it, and a line end wins over spaces.
  void put(char32_t c) {
    if (c <= U' ') {
      if (pending_ != '\n') pending_ = ' ';
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
};

}  // namespace

std::string html_text(std::string_view html, std::size_t characters_max) {
  return Stripper(html, characters_max).read();
}

}  // namespace mailscope::message
