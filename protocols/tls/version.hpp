// The versions of TLS.
#pragma once

#include <cstdint>

namespace mailscope::tls {

/// Tls11 and what was before it are forbidden (RFC 8996): a server that knows no newer one reaches no agreement with us.
enum class Version : std::uint8_t { Tls11, Tls12, Tls13 };

}  // namespace mailscope::tls
