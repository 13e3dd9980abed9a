// What a submission server wants of a message (RFC 6409 §4), and what it adds to one that a mail program left
// unfinished (§8). It removes and rewrites nothing.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "protocols/core/time.hpp"

namespace mailscope::smtp {

/// The path's domain is fully qualified, an address literal, one of `local` (RFC 5321 §2.3.5: a name of one label that
/// needs no other to be found), or there is none (RFC 6409 §4.2).
[[nodiscard]] bool is_fully_qualified(std::string_view path, std::span<const std::string> local = {});
/// The name of the first field with addresses (RFC 5322 §3.6) in which a domain is not fully qualified, or nothing: who
/// looks into a message has to look for that too (RFC 6409 §4.2).
[[nodiscard]] std::string unqualified_field(std::string_view content, std::span<const std::string> local = {});

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
