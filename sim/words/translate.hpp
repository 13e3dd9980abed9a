// The program's own strings in the reader's language. English is the key; the others come from gettext catalogues
// that were compiled into the program. Wire text never passes through here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/words/text.hpp"

namespace mailscope {

/// The language of tr() from now on. It is the program's one global; whoever speaks to people is single-threaded.
void set_language(Language language);
/// `english` in the current language; `english` itself where the catalogue lacks it. Lives as long as the program.
[[nodiscard]] const char* tr(const char* english);
/// tr() for a text that is no literal here, because the literal stands elsewhere in a tr().
[[nodiscard]] inline const char* translated(const char* english) { return tr(english); }
/// tr() with {0}, {1} … filled in.
[[nodiscard]] std::string tr(const char* english, const std::vector<std::string>& arguments);

}  // namespace mailscope
