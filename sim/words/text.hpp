// Text in several languages, as data files hold it inline. Wire text is never such a Text.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

enum class Language : std::uint8_t { English, Catalan, Spanish, Italian };
inline constexpr std::array all_languages{Language::English, Language::Catalan, Language::Spanish, Language::Italian};

/// The language's code in data files and .po names: "en", "ca", "es", "it" (BCP 47).
[[nodiscard]] std::string_view code(Language language);
/// The language's own name: "English", "Català", "Español", "Italiano".
[[nodiscard]] std::string_view own_name(Language language);
/// From a code or a locale name such as "ca_ES.UTF-8"; nothing for another language.
[[nodiscard]] std::optional<Language> language_from(std::string_view code_or_locale);

/// That of the locale's messages (POSIX.1-2017 §8.2); English where it is none of ours. `variable`: the value of one
/// of the environment's, empty where it is not set.
[[nodiscard]] Language language_of_environment(const std::function<std::string(const char*)>& variable);

/// A text that exists in English and perhaps in the others.
struct Text {
  std::array<std::string, all_languages.size()> by_language;

  [[nodiscard]] bool empty() const { return by_language[0].empty(); }
  /// In `language`, or in English where that is missing.
  [[nodiscard]] const std::string& in(Language language) const;
  /// The languages in which it is missing. An empty Text lacks none.
  [[nodiscard]] std::vector<Language> missing() const;
};

/// `pattern` with {0}, {1} … replaced by `arguments`; a number without argument stays as written.
[[nodiscard]] std::string fill(std::string_view pattern, const std::vector<std::string>& arguments);

}  // namespace mailscope
