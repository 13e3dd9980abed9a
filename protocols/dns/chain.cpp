#include "protocols/dns/chain.hpp"

#include <algorithm>

#include "protocols/dns/name.hpp"
#include "protocols/dns/zone.hpp"

namespace mailscope::dns {

Chain follow(const Question& question, const std::vector<ResourceRecord>& answers) {
  Chain chain;
  chain.end = question.name;
  while (true) {
    const ResourceRecord* alias = nullptr;
    for (const ResourceRecord& record : answers) {
      if (!same_name(record.name, chain.end)) continue;
      if (record.type == question.type || question.type == any_type) chain.records.push_back(record);
      if (record.type == Type::Cname) alias = &record;
    }
    const auto* target = alias ? std::get_if<std::string>(&alias->data) : nullptr;
    if (!chain.records.empty() || !target) return chain;
    chain.aliases.push_back(*alias);
    chain.end = *target;
    if (chain.aliases.size() > static_cast<std::size_t>(alias_chain_max)) {
      chain.loops = true;
      return chain;
    }
  }
}

const ResourceRecord* authority_for(const Message& response, std::string_view name) {
  const auto found = std::ranges::find_if(response.authorities, [&](const ResourceRecord& record) {
    return std::holds_alternative<SoaData>(record.data) && is_within(name, record.name);
  });
  return found == response.authorities.end() ? nullptr : &*found;
}

}  // namespace mailscope::dns
