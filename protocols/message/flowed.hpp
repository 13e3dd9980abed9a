// Text whose paragraphs its reader wraps again: format=flowed (RFC 3676).
#pragma once

#include <string>
#include <string_view>

namespace mailscope::message {

/// Each line of `text` is a paragraph; ">" marks before it are its quote depth. Lines of at most 72 characters ended by
/// '\n', soft breaks as a space before the line end (§4.1), space-stuffed (§4.4).
[[nodiscard]] std::string flow(std::string_view text);

/// The paragraphs again, one a line ended by '\n'; quoted ones begin with their ">" marks and a space. `delete_space`
/// is the parameter DelSp=yes (§4.6). LF with or without CR ends a line.
[[nodiscard]] std::string unflow(std::string_view text, bool delete_space);

/// Every line with one quote mark more before it.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace mailscope::message
