// Reads what an IMAP server says (RFC 3501 §7, §9): the outline of any response, and the parts a client acts on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::imap {

struct Response {
  enum class Kind : std::uint8_t { Continuation, Untagged, Tagged } kind{};
  std::string tag;                      ///< of Tagged
  std::optional<std::uint32_t> number;  ///< before EXISTS, RECENT, EXPUNGE, FETCH
  std::string name;                     ///< OK, NO, BAD, FETCH, …: in upper case
  std::string_view rest;                ///< behind the name and its space; refers to the text that was read
};

/// Nothing where it is no response.
[[nodiscard]] std::optional<Response> read_response(std::string_view text);

/// The key of its explanation: untagged responses that RFC 3501 does not define share one.
[[nodiscard]] std::string untagged_topic_of(const Response& response);

/// resp-text-code = "[" code [SP argument] "]" at the beginning of a status response.
struct ResponseCode {
  std::string name;  ///< in upper case, empty where there is none
  std::string argument;
};
[[nodiscard]] ResponseCode response_code(std::string_view rest);

/// capability-data, behind "CAPABILITY": the words in upper case.
[[nodiscard]] std::set<std::string> capabilities(std::string_view rest);

}  // namespace mailscope::imap
