// The base subject by which IMAP sorts and threads (RFC 5256 §2.1).
#pragma once

#include <string>
#include <string_view>

namespace mailscope::message {

struct BaseSubject {
  std::string text;            ///< UTF-8, case as it came; compare by the collation that the command asks for
  bool is_reply_or_forward{};  ///< a "Re:", "Fw:", "Fwd:", "(fwd)" or "[fwd: ]" was taken off (§3, REFERENCES step 4)
};
/// `value` is the field's raw value.
[[nodiscard]] BaseSubject base_subject(std::string_view value);

}  // namespace mailscope::message
