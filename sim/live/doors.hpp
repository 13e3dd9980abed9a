// Which real port leads to which simulated one, and what a person types into a mail program to come in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace mailscope::live {

/// A simulated port that real programs can reach.
struct Door {
  std::string host;      ///< name of the mail server
  PortSetting port;      ///< the simulated one
  std::uint16_t real{};  ///< the one of this machine
};

/// One instruction of --map: "25=2525" for every mail server that has no other, "mx.llevant.example:25=2525" for one.
struct Mapping {
  std::string host;  ///< empty: the first server with that port
  std::uint16_t simulated{}, real{};
};
/// Parses it; nothing for other text, and for ports out of 1 to 65535.
[[nodiscard]] std::optional<Mapping> parse_mapping(std::string_view text);

/// Every open port of every mail server. Without a mapping, the first server's port N is 10000 + N, the second's
/// 20000 + N and so on, the first free one after it where that is taken or too high.
[[nodiscard]] std::vector<Door> doors_of(const Scenario& scenario, const std::vector<Mapping>& mappings);

}  // namespace mailscope::live
