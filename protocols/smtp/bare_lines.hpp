// What a server does with a text line that ends in LF without CR (RFC 5321 §2.3.8).
#pragma once

#include <cstdint>

namespace mailscope::smtp {

/// Refused is right; the others show message smuggling.
enum class BareLines : std::uint8_t {
  Refused,
  PassedOn,  ///< an octet like others: what the server that hides a message in another does
  LineEnds,  ///< a line end, also around the dot: what the server that finds it does
};

}  // namespace mailscope::smtp
