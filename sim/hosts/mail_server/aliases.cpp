#include "sim/hosts/mail_server/aliases.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

/// The entry of that name; local parts of ours are compared without case, as most servers do (RFC 5321 §2.4 allows it).
template <class Entry>
const Entry* entry_of(const std::vector<Entry>& entries, std::string_view address) {
  const auto found = std::ranges::find_if(
      entries, [&](const Entry& entry) { return ascii::iequals(entry.name, local_part_of(address)); });
  return found == entries.end() ? nullptr : &*found;
}

}  // namespace

struct Aliases::Walk {
  std::vector<Destination> destinations;
  std::set<std::string> followed, reached;  ///< in lower case
};

bool Aliases::is_local(std::string_view address) const {
  const std::string_view domain = domain_of(address);
  return domain.empty() ||
         std::ranges::any_of(domains_, [&](const std::string& own) { return same_domain(own, domain); });
}

const MailPolicy::Alias* Aliases::alias_of(std::string_view address) const {
  return is_local(address) ? entry_of(policy_.aliases, address) : nullptr;
}

const MailPolicy::List* Aliases::list_of(std::string_view address) const {
  return is_local(address) ? entry_of(policy_.lists, address) : nullptr;
}

bool Aliases::stands_for_others(std::string_view address) const { return alias_of(address) || list_of(address); }

std::vector<Aliases::Destination> Aliases::expand(std::string_view address) const {
  Walk walk;
  follow(address, nullptr, walk);
  return std::move(walk.destinations);
}

void Aliases::follow(std::string_view address, const MailPolicy::List* list, Walk& walk) const {
  const bool local = is_local(address);
  const std::string key = ascii::lower(local ? local_part_of(address) : address);
  const MailPolicy::Alias* alias = alias_of(address);
  const MailPolicy::List* inner = list_of(address);
  if ((alias || inner) && walk.followed.insert(key).second) {
    for (const std::string& target : alias ? alias->to : inner->members) follow(target, alias ? list : inner, walk);
  } else if (walk.reached.insert(key).second) {
    walk.destinations.push_back({std::string(address), list});
  }
}

}  // namespace mailscope
