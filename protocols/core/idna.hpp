// Domain names beyond US-ASCII (IDNA2008): the form in which the DNS and older mail servers know them.
// It knows neither addresses nor messages.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailscope {

/// The domain with each U-label as the A-label that stands for it (RFC 5890 §2.3.2.1, RFC 5891 §5), capitals and wide
/// forms mapped first (RFC 5895); untouched where all of it is US-ASCII. Nothing for what IDNA2008 does not allow, for
/// octets that are no UTF-8, and for what would cross RFC 1035's limits.
[[nodiscard]] std::optional<std::string> to_a_labels(std::string_view domain);

/// The same domain, whichever of its forms each is written in; ASCII case does not matter.
[[nodiscard]] bool same_domain(std::string_view a, std::string_view b);

}  // namespace mailscope
