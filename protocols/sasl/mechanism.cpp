#include "protocols/sasl/mechanism.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::sasl {

namespace {

constexpr std::string_view exporter = "tls-exporter", end_point = "tls-server-end-point";

}  // namespace

std::optional<Mechanism> mechanism(std::string_view wanted) {
  for (const MechanismTraits& each : mechanism_table)
    if (ascii::iequals(each.name, wanted)) return each.mechanism;
  return std::nullopt;
}

std::vector<Mechanism> offered(const ServerPolicy& policy, const SecureChannel* channel, bool plaintext_allowed) {
  std::vector<Mechanism> result;
  std::ranges::copy_if(policy.mechanisms, std::back_inserter(result), [&](Mechanism each) {
    return (!traits(each).plaintext || channel || plaintext_allowed) &&
           (!traits(each).bound || !binding_type(channel).empty());
  });
  return result;
}

std::string names(std::span<const Mechanism> mechanisms, std::string_view separator) {
  std::string result;
  for (const Mechanism each : mechanisms) result.append(separator).append(name(each));
  return result;
}

std::string binding_data(const SecureChannel* channel, std::string_view type) {
  if (!channel) return {};
  if (type == exporter) return channel->exporter;
  if (type == end_point) return channel->server_end_point;
  return {};
}

std::string_view binding_type(const SecureChannel* channel) {
  for (const std::string_view type : {exporter, end_point})
    if (!binding_data(channel, type).empty()) return type;
  return {};
}

}  // namespace mailscope::sasl
