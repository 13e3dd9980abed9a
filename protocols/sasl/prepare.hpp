// SASLprep (RFC 4013): user names and passwords are compared in one form, however they were typed.
// Not done, because no small library that we link has the tables: Unicode normalisation (NFKC) and the check of
// bidirectional text (RFC 3454 §4, §6). Keyboards give composed letters, which NFKC leaves as they are; a program that
// sends decomposed ones is refused as with a wrong password.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope::sasl {

/// The prepared text, or nothing where it is no UTF-8 or holds a prohibited character (RFC 4013 §2.3).
[[nodiscard]] std::optional<std::string> prepare(std::string_view text);

}  // namespace mailscope::sasl
