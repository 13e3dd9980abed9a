// An SMTP reply on one line, for notices and reports.
#pragma once

#include <string>

#include "protocols/smtp/reply.hpp"

namespace mailscope {

/// "550 5.1.1 No such user here"; code 0 (no reply came) is left out.
[[nodiscard]] std::string one_line(const smtp::Reply& reply);

}  // namespace mailscope
