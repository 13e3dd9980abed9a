// What a mail server's administrator has decided: the keys of a mail server that are policies.
#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

std::vector<Duration> read_retry(Faults& faults, const YamlNode* node, std::vector<Duration> absent) {
  if (!node) return absent;
  std::vector<Duration> waits;
  for_each_item(faults, *node, tr("a list of waits, such as [5 min, 1 h]"), limits::retries, [&](const YamlNode& item) {
    waits.push_back(read_duration(faults, &item, Duration{1}, limits::wait, absent.front()));
  });
  if (node->kind == YamlNode::Kind::List && node->items.empty())
    faults.error(node->where, tr("an empty list of waits"), tr("a list of waits, such as [5 min, 1 h]"));
  return waits;
}

/// The wire counts whole seconds.
std::chrono::seconds read_whole_seconds(Faults& faults, const YamlNode* node, std::chrono::seconds absent) {
  return std::chrono::ceil<std::chrono::seconds>(read_duration(faults, node, Duration{1}, limits::wait, absent));
}

std::optional<Duration> read_optional_duration(Faults& faults, const YamlNode* node) {
  if (!node) return std::nullopt;
  return read_duration(faults, node, Duration{1}, limits::wait, Duration{1});
}

/// The name of a host, or a network such as "192.0.2.0/24".
std::string read_trusted(ScenarioReader& reader, const YamlNode& node) {
  const bool is_number = node.kind == YamlNode::Kind::Scalar && !node.text.empty() &&
                         node.text.find_first_not_of("0123456789./") == std::string::npos;
  if (!is_number) return read_host_reference(reader, &node, HostRole::Any);
  YamlNode base = node, bits = node;
  const std::size_t slash = std::min(node.text.find('/'), node.text.size());
  base.text.resize(slash);
  bits.text.erase(0, slash + 1);
  if (read_ipv4(reader.faults, &base).empty()) return {};
  bits.plain = true;
  if (slash < node.text.size()) static_cast<void>(read_number(reader.faults, &bits, 0, 32));
  return node.text;
}

/// A mail address, or a local part of this server.
std::string read_local_name(Faults& faults, const YamlNode& node) {
  const bool has_domain = node.kind == YamlNode::Kind::Scalar && node.text.find('@') != std::string::npos;
  return has_domain ? read_mail_address(faults, &node) : read_user(faults, &node);
}

std::vector<std::string> read_local_names(Faults& faults, const YamlNode* node) {
  std::vector<std::string> names;
  if (!node) return names;
  for_each_item(faults, *node, tr("a list of addresses, such as [bruno@llevant.example]"), limits::recipients,
                [&](const YamlNode& item) { names.push_back(read_local_name(faults, item)); });
  if (node->kind == YamlNode::Kind::List && node->items.empty())
    faults.error(node->where, tr("no recipient"), tr("at least one recipient"),
                 tr("write {0}", {"[bruno@llevant.example]"}));
  return names;
}

std::optional<MailPolicy::Rate> read_rate(Faults& faults, const YamlNode* node) {
  if (!node) return std::nullopt;
  const MapReader map(faults, *node, shapes::rate);
  return MailPolicy::Rate{static_cast<std::uint32_t>(read_number(faults, map.find("messages"), 1, limits::rate, 1)),
                          read_duration(faults, map.find("per"), Duration{1}, limits::wait, Duration{1})};
}

void read_aliases(Faults& faults, const YamlNode* node, MailPolicy& policy) {
  if (!node) return;
  for_each_entry(faults, *node, tr("a map of aliases, such as {postmaster: [anna]}"), limits::aliases,
                 [&](const YamlNode& key, const YamlNode& value) {
                   policy.aliases.push_back({read_user(faults, &key), read_local_names(faults, &value)});
                 });
}

void read_lists(Faults& faults, const YamlNode* node, MailPolicy& policy) {
  if (!node) return;
  for_each_entry(
      faults, *node, tr("a map of lists, such as {team: {owner: anna@alba.example, members: [anna]}}"), limits::aliases,
      [&](const YamlNode& key, const YamlNode& value) {
        const MapReader map(faults, value, shapes::list);
        policy.lists.push_back({read_user(faults, &key), read_mail_address(faults, map.find("owner")),
                                read_local_names(faults, map.find("members"))});
        const auto same = [&](const MailPolicy::Alias& alias) { return ascii::iequals(alias.name, key.text); };
        if (std::ranges::any_of(policy.aliases, same))
          faults.error(key.where, tr("{0}, which is an alias too", {in_quotes(key.text)}), tr("a name of its own"));
      });
}

}  // namespace

MailPolicy read_mail_policy(ScenarioReader& reader, const MapReader& map) {
  static constexpr std::pair<std::string_view, MailPolicy::Askers> askers[] = {
      {"nobody", MailPolicy::Askers::Nobody},
      {"users", MailPolicy::Askers::Users},
      {"anybody", MailPolicy::Askers::Anybody}};
  static constexpr std::pair<std::string_view, bool> over_quota[] = {{"defer", false}, {"refuse", true}};
  Faults& faults = reader.faults;
  MailPolicy policy;
  policy.retry = read_retry(faults, map.find("retry"), policy.retry);
  policy.give_up_after =
      read_duration(faults, map.find("give-up-after"), Duration{1}, limits::wait, policy.give_up_after);
  policy.warn_after = read_optional_duration(faults, map.find("warn-after"));
  if (const YamlNode* trusted = map.find("relay-for"))
    for_each_item(faults, *trusted, tr("a list of hosts and networks, such as [192.0.2.0/24]"), limits::relay_for,
                  [&](const YamlNode& item) { policy.relay_for.push_back(read_trusted(reader, item)); });
  if (const YamlNode* domains = map.find("relay-domains"))
    for_each_item(faults, *domains, tr("a list of domains, such as [alba.example]"), limits::domains,
                  [&](const YamlNode& item) { policy.relay_domains.push_back(read_domain(faults, &item)); });
  policy.greylist = read_optional_duration(faults, map.find("greylist"));
  policy.rate = read_rate(faults, map.find("rate"));
  policy.message_octets_max =
      read_octets(faults, map.find("message-size"), limits::octets_min, limits::octets_max, policy.message_octets_max);
  policy.verify_recipients = read_truth(faults, map.find("verify-recipients"), policy.verify_recipients);
  read_aliases(faults, map.find("aliases"), policy);
  read_lists(faults, map.find("lists"), policy);
  if (const YamlNode* quota = map.find("quota"))
    policy.quota_octets = read_octets(faults, quota, limits::octets_min, limits::octets_max, limits::octets_max);
  policy.over_quota_refused = read_choice<bool>(faults, map.find("over-quota"), over_quota);
  policy.vrfy = read_choice<MailPolicy::Askers>(faults, map.find("vrfy"), askers);
  policy.expn = read_choice<MailPolicy::Askers>(faults, map.find("expn"), askers);
  policy.deliver_by_min = read_whole_seconds(faults, map.find("deliver-by-min"), policy.deliver_by_min);
  policy.hold_max = read_whole_seconds(faults, map.find("hold-max"), policy.hold_max);
  policy.suppress_duplicates = read_truth(faults, map.find("suppress-duplicates"), policy.suppress_duplicates);
  return policy;
}

}  // namespace mailscope
