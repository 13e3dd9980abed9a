// What a card shows of a message: read off its header.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "sim/trace/record.hpp"

namespace mailscope {

/// `header` may be a whole message or just its header fields; `octets` is the whole message's size.
[[nodiscard]] MessageSummary summarise(std::uint64_t id, std::string_view header, std::uint64_t octets,
                                       const std::set<std::string>& flags, bool body_present = true);

}  // namespace mailscope
