// How a lesson is served: what a person may choose, and what serving may cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "sim/live/doors.hpp"

namespace mailscope::live {

/// Each bound with its reason; together they are what serving can cost.
struct Limits {
  std::size_t visits{256};                   ///< connections in all: a class and its programs
  std::size_t visits_of_a_peer{128};         ///< of one address, so that one machine leaves room for others
  std::size_t strangers{128};                ///< who have not logged in: for one more, the oldest of them goes
  std::size_t recorded_octets{512UL << 20};  ///< of the trace; afterwards the servers serve on, unrecorded
  /// What is under way in all sessions together: letters without their end, literals, responses that have to be made.
  /// With the buffers of so many visits, a megabyte each, serving takes 768 MiB beside the record and the store.
  std::uint64_t session_octets{512UL << 20};
  /// What one server's mailboxes hold, and what waits in its queue: both are in memory. A class sends less in a year.
  std::uint64_t store_octets{1UL << 30}, queue_octets{256UL << 20};
};

struct Setting {
  std::vector<Mapping> mappings{};
  bool with_tls{};                    ///< offer TLS also where the lesson has none
  std::filesystem::path authority{};  ///< folder of the certificate authority; empty: among the user's data
  std::filesystem::path store{};      ///< folder in which accepted mail is kept; empty: it goes with the program
  Limits limits{};
  std::optional<std::uint64_t> seed{};  ///< of what needs not be secret; else one that nobody can foresee
};

}  // namespace mailscope::live
