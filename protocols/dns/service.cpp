#include "protocols/dns/service.hpp"

#include <algorithm>
#include <tuple>

namespace mailscope::dns {

std::string service_name(std::string_view service, std::string_view domain) {
  return '_' + std::string(service) + "._tcp." + std::string(domain);
}

std::vector<SrvData> in_order(std::vector<SrvData> targets,
                              const std::function<std::uint64_t(std::uint64_t bound)>& below) {
  std::erase_if(targets, [](const SrvData& target) { return target.target.empty(); });
  // Those without weight come first within their priority, so that only a draw of 0 chooses them.
  std::ranges::stable_sort(targets, [](const SrvData& a, const SrvData& b) {
    return std::tuple(a.priority, a.weight != 0) < std::tuple(b.priority, b.weight != 0);
  });
  for (auto next = targets.begin(); next != targets.end(); ++next) {
    const auto equals_end =
        std::find_if(next, targets.end(), [&](const SrvData& target) { return target.priority != next->priority; });
    std::uint64_t sum = 0;
    for (auto each = next; each != equals_end; ++each) sum += each->weight;
    const std::uint64_t drawn = below(sum + 1);  // "between 0 and the sum computed (inclusive)"
    std::uint64_t running = 0;
    const auto chosen =
        std::find_if(next, equals_end, [&](const SrvData& target) { return (running += target.weight) >= drawn; });
    std::rotate(next, chosen, chosen + 1);
  }
  return targets;
}

std::vector<SrvData> services_of(const Message& answer) {
  std::vector<SrvData> services;
  for (const ResourceRecord& record : answer.answers)
    if (const auto* service = std::get_if<SrvData>(&record.data)) services.push_back(*service);
  return services;
}

}  // namespace mailscope::dns
