// unitext: addresses beyond US-ASCII as ORCPT and header fields may carry them (RFC 6533 §3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope::smtp {

/// utf-8-addr-unitext or, where `ascii` is set, utf-8-addr-xtext. Precondition: `address` is UTF-8.
[[nodiscard]] std::string unitext_encode(std::string_view address, bool ascii);
/// Reads either; nothing where `text` is neither, or has what is no character: a control, a surrogate.
[[nodiscard]] std::optional<std::string> unitext_decode(std::string_view text);

}  // namespace mailscope::smtp
