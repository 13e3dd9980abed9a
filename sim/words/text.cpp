#include "sim/words/text.hpp"

#include <charconv>

namespace mailscope {

std::string_view code(Language language) {
  constexpr std::array<std::string_view, all_languages.size()> codes{"en", "ca", "es", "it"};
  return codes[static_cast<std::size_t>(language)];
}

std::string_view own_name(Language language) {
  constexpr std::array<std::string_view, all_languages.size()> names{"English", "Català", "Español", "Italiano"};
  return names[static_cast<std::size_t>(language)];
}

std::optional<Language> language_from(std::string_view code_or_locale) {
  const std::string_view primary = code_or_locale.substr(0, code_or_locale.find_first_of("_-.@"));
  for (const Language language : all_languages)
    if (primary == code(language)) return language;
  return std::nullopt;
}

Language language_of_environment(const std::function<std::string(const char*)>& variable) {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const std::string locale = variable(name); !locale.empty())
      return language_from(locale).value_or(Language::English);
  return Language::English;
}

const std::string& Text::in(Language language) const {
  const std::string& text = by_language[static_cast<std::size_t>(language)];
  return text.empty() ? by_language[0] : text;
}

std::vector<Language> Text::missing() const {
  std::vector<Language> languages;
  if (empty()) return languages;
  for (const Language language : all_languages)
    if (by_language[static_cast<std::size_t>(language)].empty()) languages.push_back(language);
  return languages;
}

std::string fill(std::string_view pattern, const std::vector<std::string>& arguments) {
  std::string filled;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    filled += pattern.substr(0, open);
    if (open == std::string_view::npos) break;
    pattern.remove_prefix(open);
    std::size_t number{};
    const auto [end, error] = std::from_chars(pattern.data() + 1, pattern.data() + pattern.size(), number);
    const bool closed = error == std::errc{} && end != pattern.data() + pattern.size() && *end == '}';
    if (closed && number < arguments.size()) {
      filled += arguments[number];
      pattern.remove_prefix(static_cast<std::size_t>(end - pattern.data()) + 1);
    } else {
      filled += '{';
      pattern.remove_prefix(1);
    }
  }
  return filled;
}

}  // namespace mailscope
