// How a lesson is served: what a person may choose, and what serving may cost.
#pragma once

#include <filesystem>
#include <vector>

#include "sim/live/doors.hpp"

namespace mailscope::live {

/// Each bound with its reason; together they are what serving can cost.
struct Limits {
  std::size_t visits{256};                   ///< connections in all: a class and its programs
  std::size_t visits_of_a_peer{128};         ///< of one address, so that one machine leaves room for others
  std::size_t recorded_octets{512UL << 20};  ///< of the trace; afterwards the servers serve on, unrecorded
};

struct Setting {
  std::vector<Mapping> mappings{};
  bool with_tls{};                    ///< offer TLS also where the lesson has none
  std::filesystem::path authority{};  ///< folder of the certificate authority; empty: among the user's data
  std::filesystem::path store{};      ///< folder in which accepted mail is kept; empty: it goes with the program
  Limits limits{};
};

}  // namespace mailscope::live
