// SASLprep (RFC 4013): user names and passwords are compared in one form, however they were typed: mapped, in
// normalisation form KC, without prohibited characters, and not of mixed writing directions. GNU libidn does the work.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope::sasl {

/// The prepared text, or nothing where it is no UTF-8, holds a prohibited character or breaks the rule of bidirectional
/// text (RFC 4013 §2). Characters that Unicode 3.2 does not know stay as they are, on both sides (§2.5).
[[nodiscard]] std::optional<std::string> prepare(std::string_view text);

}  // namespace mailscope::sasl
