// What a submission server adds to a message that a mail program left unfinished (RFC 6409 §8). It removes and rewrites
// nothing.
#pragma once

#include <string>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope::smtp {

struct Completion {
  Instant now;
  std::string_view reverse_path;  ///< for From and Sender; empty: neither is added
  std::string_view message_id;    ///< unique; without angle brackets
  bool adds_sender{};
};
/// Fields to stand before `content`: those of From, Date and Message-ID that are missing, and Sender where it is wanted
/// and From does not name the reverse path. Ends in an empty line where `content` has no header.
[[nodiscard]] std::string missing_fields(std::string_view content, const Completion& completion);

}  // namespace mailscope::smtp
