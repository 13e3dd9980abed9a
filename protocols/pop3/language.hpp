// The languages in which the POP3 server speaks to people (LANG, RFC 6856 §3): texts are written in English where they
// are said and looked up here. Wire syntax and response codes are never translated.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailscope::pop3 {

enum class Language : std::uint8_t { English, Catalan, Spanish, Italian };

/// The best match for a basic language range (RFC 4647 §3.4: subtags are taken off its end until one matches); "*" is
/// English. Nothing where no language matches.
[[nodiscard]] std::optional<Language> language(std::string_view range);
[[nodiscard]] std::string_view tag(Language language);
/// The language listing: a tag and its name in itself on each line (RFC 6856 §3.2).
[[nodiscard]] std::string language_listing();

/// The text after +OK or -ERR in that language. A response code in brackets, numbers and `name` stay as they are; a
/// text that is none for people stays whole.
[[nodiscard]] std::string translated(std::string_view text, Language language, std::string_view name);

}  // namespace mailscope::pop3
