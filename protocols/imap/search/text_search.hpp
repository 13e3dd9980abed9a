// Looks for a word in what a message says: transfer encodings, encoded words and charsets are undone first
// (RFC 9051 §6.4.4). Knows no search key.
#pragma once

#include <string_view>

#include "protocols/imap/search/fuzzy_text.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

// What is wanted is casemap()ped, as all texts are that are compared (I18NLEVEL=1, RFC 5255 §4.2).

/// Some field of that name holds it, whatever white space it was folded at. Time is linear in the header, and small
/// where no field has that name.
[[nodiscard]] bool field_holds(std::string_view content, std::string_view name, std::string_view wanted);
/// The addresses of some field of that name hold it, as the envelope has them: "Name <local@domain>, local@domain",
/// with names decoded, comments and folding gone.
[[nodiscard]] bool addresses_hold(std::string_view content, std::string_view name, std::string_view wanted);
/// The text parts of a message hold it, or the headers of messages inside; with `headers`, any header too.
[[nodiscard]] bool message_holds(std::string_view content, const message::Part& root, std::string_view wanted,
                                 bool headers);

/// The same for what resembles it (RFC 6203): the best score of these texts, 0 where none does. In a search for TEXT
/// what a body holds counts three quarters, so that messages come first that say it in their header.
[[nodiscard]] unsigned field_resembles(std::string_view content, std::string_view name, const FuzzyText& wanted);
[[nodiscard]] unsigned message_resembles(std::string_view content, const message::Part& root, const FuzzyText& wanted,
                                         bool headers);

}  // namespace mailscope::imap
