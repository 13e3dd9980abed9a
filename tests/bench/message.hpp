// Measures of the reader of messages; each gives how many units it did.
#pragma once

namespace mailscope::bench {

/// Octets of mails of 1 MiB whose structure was read.
[[nodiscard]] double structure_octets();
/// Mails of 1 KiB with nested multiparts whose structure was read.
[[nodiscard]] double small_structures();

}  // namespace mailscope::bench
