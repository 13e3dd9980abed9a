#include "protocols/dns/cache.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/dns/chain.hpp"
#include "protocols/dns/zone.hpp"

namespace mailscope::dns {

namespace {

constexpr std::uint32_t every_type = 0x10000;       // NXDOMAIN is about the name (RFC 2308 §5)
constexpr std::uint32_t failure_of_type = 0x20000;  // and the type's code
constexpr std::uint32_t ttl_max = 0x7fffffff;       // RFC 2181 §8: a greater one counts as none

std::uint32_t code(Type type) { return static_cast<std::uint32_t>(type); }

Duration life_of(const std::vector<ResourceRecord>& records, Duration max) {
  Duration life = max;
  for (const ResourceRecord& record : records)
    life = std::min<Duration>(life, std::chrono::seconds(record.ttl_s > ttl_max ? 0 : record.ttl_s));
  return life;
}

/// The records as they are given out at `now`: so much less of their time is left.
void append(std::vector<ResourceRecord>& to, const std::vector<ResourceRecord>& records, Instant stored, Instant now) {
  const auto age = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now - stored).count());
  for (ResourceRecord record : records) {
    record.ttl_s -= std::min(record.ttl_s, age);
    to.push_back(std::move(record));
  }
}

}  // namespace

const Cache::Entry* Cache::live(Instant now, const Key& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() || found->second.expires <= now ? nullptr : &found->second;
}

std::optional<Cache::Found> Cache::find(Instant now, const Question& question) const {
  if (question.of != Class::Internet || question.type == any_type) return std::nullopt;
  Found found;
  found.left = life_max;
  found.response.response = true;
  std::string name = ascii::lower(question.name);
  const auto end = [&](const Entry& entry, Found::Kind kind) {
    found.kind = kind;
    found.left = std::min(found.left, entry.expires - now);
    found.response.rcode = entry.rcode;
    append(found.response.answers, entry.records, entry.stored, now);
    append(found.response.authorities, entry.authorities, entry.stored, now);
    return found;
  };
  for (int aliases = 0; aliases <= alias_chain_max; ++aliases) {
    if (const Entry* none = live(now, {name, every_type})) return end(*none, Found::Kind::Complete);
    if (const Entry* known = live(now, {name, code(question.type)})) return end(*known, Found::Kind::Complete);
    if (const Entry* failed = live(now, {name, failure_of_type + code(question.type)}))
      return end(*failed, Found::Kind::Failure);
    const Entry* alias = live(now, {name, code(Type::Cname)});
    if (!alias || alias->records.empty()) break;
    end(*alias, Found::Kind::Alias);
    name = ascii::lower(std::get<std::string>(alias->records.front().data));
  }
  if (found.response.answers.empty()) return std::nullopt;
  return found;
}

void Cache::store(Instant now, const Question& question, const Message& response) {
  if (question.of != Class::Internet || question.type == any_type) return;
  const Chain chain = follow(question, response.answers);
  for (const ResourceRecord& alias : chain.aliases)
    keep(now, {ascii::lower(alias.name), code(Type::Cname)}, {{alias}, {}, {}, now, {}, {}},
         life_of({alias}, life_max));
  const std::string end = ascii::lower(chain.end);
  if (!chain.records.empty())
    return keep(now, {end, code(question.type)}, {chain.records, {}, {}, now, {}, {}},
                life_of(chain.records, life_max));
  const ResourceRecord* soa = authority_for(response, chain.end);
  if (chain.loops || !soa) return;
  // RFC 2308 §5: the smaller of the SOA's own time and its MINIMUM.
  ResourceRecord authority = *soa;
  authority.ttl_s = std::min(authority.ttl_s, std::get<SoaData>(soa->data).minimum_s);
  const bool is_name = response.rcode == Rcode::NameError;
  keep(now, {end, is_name ? every_type : code(question.type)}, {{}, {authority}, response.rcode, now, {}, {}},
       life_of({authority}, negative_life_max));
}

void Cache::store_failure(Instant now, const Question& question) {
  if (question.of != Class::Internet) return;
  Key key{ascii::lower(question.name), failure_of_type + code(question.type)};
  const auto before = entries_.find(key);
  // Expired failures are remembered for as long again, so that one which comes back is known as such.
  const bool again = before != entries_.end() && now <= before->second.expires + failure_life_max;
  const Duration life = again ? before->second.failure_life : failure_life_min;
  keep(now, std::move(key), {{}, {}, Rcode::ServerFailure, now, {}, std::min(2 * life, failure_life_max)}, life);
}

bool Cache::is_plain(Instant now, std::size_t server) const {
  const auto known = plain_until_.find(server);
  return known != plain_until_.end() && now < known->second;
}

void Cache::clear() {
  entries_.clear();
  plain_until_.clear();
}

void Cache::keep(Instant now, Key key, Entry entry, Duration life) {
  if (life <= Duration::zero()) return;
  if (!entries_.contains(key) && entries_.size() >= entries_max)
    entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& kept) { return kept.second.expires; }));
  entry.expires = now + life;
  // What is known now is no failure any more.
  if (entry.failure_life == Duration::zero()) entries_.erase({key.first, failure_of_type + key.second});
  entries_.insert_or_assign(std::move(key), std::move(entry));
}

}  // namespace mailscope::dns
