// Which messages belong to one conversation (RFC 8474 §5.2): those that name each other's Message-ID.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "protocols/mailstore/content.hpp"

namespace mailscope::mailstore {

class Threads {
 public:
  /// Message-IDs remembered; further messages begin threads of their own, which is allowed.
  static constexpr std::size_t ids_max = 500'000;
  /// A longer one was made to fill memory (RFC 5322 §2.1.1: a line has at most 998).
  static constexpr std::size_t id_octets_max = 998;

  /// The thread of the first message known among those that this one names in Message-ID, In-Reply-To and References;
  /// else `fresh`. Its own Message-ID belongs to that thread from now on.
  ObjectId thread_of(std::string_view content, ObjectId fresh);

 private:
  std::unordered_map<std::string, ObjectId> threads_;  ///< by Message-ID
};

}  // namespace mailscope::mailstore
