// How fast the SMTP server engine is, alone in this process: octets in, outputs polled, a host that says yes.
#pragma once

#include <cstddef>

namespace mailscope::bench {

/// Messages of 1 KiB for one recipient in pipelined groups, with and without Steps being written.
[[nodiscard]] double watched_messages();
[[nodiscard]] double unwatched_messages();
/// Octets of messages of 64 MiB that come by DATA or BDAT, in reads of 64 KiB.
[[nodiscard]] double data_octets();
[[nodiscard]] double chunk_octets();
/// What a session that waits for its next command holds: the object and its share of the heap.
[[nodiscard]] std::size_t idle_session_octets();

}  // namespace mailscope::bench
