// SRV records as a client uses them (RFC 2782): the name to ask for, and the order in which targets are tried.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/message.hpp"

namespace mailscope::dns {

/// "_imaps._tcp.alba.example".
[[nodiscard]] std::string service_name(std::string_view service, std::string_view domain);

/// Lowest priority first; within one priority chance decides, by weight. `below` draws evenly from 0 to its argument
/// less one. Empty where the domain does not offer the service: its only target is the root.
[[nodiscard]] std::vector<SrvData> in_order(std::vector<SrvData> targets,
                                            const std::function<std::uint64_t(std::uint64_t bound)>& below);
/// The SRV records of an answer.
[[nodiscard]] std::vector<SrvData> services_of(const Message& answer);

}  // namespace mailscope::dns
