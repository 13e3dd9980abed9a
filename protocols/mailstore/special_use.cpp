#include "protocols/mailstore/special_use.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::mailstore {

std::optional<SpecialUse> special_use(std::string_view name) {
  const auto known = std::ranges::find_if(special_use_names, [&](auto other) { return ascii::iequals(name, other); });
  if (known == special_use_names.end()) return std::nullopt;
  return SpecialUse{static_cast<std::uint8_t>(known - special_use_names.begin())};
}

}  // namespace mailscope::mailstore
