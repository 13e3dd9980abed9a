// Internet addresses as octets and as text. The way from text to octets is public in message.hpp.
#pragma once

#include <string>
#include <string_view>

namespace mailscope::dns {

/// Dotted form. Precondition: four octets.
[[nodiscard]] std::string ipv4_text(std::string_view octets);
/// The form of RFC 5952: lower case, the longest run of zeros as "::". Precondition: sixteen octets.
[[nodiscard]] std::string ipv6_text(std::string_view octets);

}  // namespace mailscope::dns
