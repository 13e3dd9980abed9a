// What a person would read of an HTML text, roughly: for previews and search. Renders nothing.
#pragma once

#include <string>
#include <string_view>

namespace mailscope::message {

/// UTF-8 without tags, comments, scripts and styles; blocks end in '\n', and so do lines of preformatted text; other
/// white space becomes one space, which also stands between the cells of a table. Character references are resolved as
/// HTML has them. Stops when `characters_max` characters are there.
[[nodiscard]] std::string html_text(std::string_view html, std::size_t characters_max);

}  // namespace mailscope::message
