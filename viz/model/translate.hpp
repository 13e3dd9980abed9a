// The program's own strings in the reader's language. English is the key; the others come from gettext catalogues
// that were compiled into the program. Wire text never passes through here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/lesson/text.hpp"

namespace mailscope {

/// The language of tr() from now on. Drawing is single-threaded; this is the window's one global besides ImGui's.
void set_language(Language language);
/// `english` in the current language; `english` itself where the catalogue lacks it. Lives as long as the program.
[[nodiscard]] const char* tr(const char* english);
/// tr() with {0}, {1} … filled in.
[[nodiscard]] std::string tr(const char* english, const std::vector<std::string>& arguments);

}  // namespace mailscope
