// The names that records' values have in exports. They are part of the JSON format, never translated.
#pragma once

#include <string_view>
#include <vector>

#include "sim/trace/trace.hpp"

namespace mailscope {

[[nodiscard]] std::string_view name_of(HostKind kind);
[[nodiscard]] std::string_view name_of(PortPolicy policy);
[[nodiscard]] std::string_view name_of(Transport transport);
[[nodiscard]] std::string_view name_of(Side side);
[[nodiscard]] std::string_view name_of(Direction direction);
[[nodiscard]] std::string_view name_of(Phase phase);
[[nodiscard]] std::string_view name_of(PacketFate fate);
[[nodiscard]] std::string_view name_of(MailboxChanged::Kind kind);
[[nodiscard]] std::string_view name_of(Severity severity);
/// Those that are set: "syn", "ack", "fin", "rst", "psh", in this order.
[[nodiscard]] std::vector<std::string_view> names_of(const TcpFlags& flags);

}  // namespace mailscope
