// A web page can make a browser on the same machine send octets to any port: what looks like HTTP (RFC 9112) at a mail
// server is no mail program, and gets no further than its first line.
#pragma once

#include <string_view>

namespace mailscope {

/// The line is a request line ("POST /x HTTP/1.1", also of another version or none), or a field that browsers send.
[[nodiscard]] bool is_web_request(std::string_view line);

/// So many lines that are no commands end a session in which nobody has logged in: a mail program says none.
inline constexpr int strangers_bad_commands_max = 3;

}  // namespace mailscope
