// What a person would read of an HTML text, roughly: for previews and search. Renders nothing.
#pragma once

#include <string>
#include <string_view>

namespace mailscope::message {

/// UTF-8 without tags, comments, scripts and styles; blocks end in '\n', other white space becomes one space,
/// character references are resolved where they are common. Stops when `characters_max` characters are there.
[[nodiscard]] std::string html_text(std::string_view html, std::size_t characters_max);

}  // namespace mailscope::message
