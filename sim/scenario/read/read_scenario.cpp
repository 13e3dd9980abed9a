// The scenario reader's frame: the file, its top keys, hosts in general, and links.
#include "sim/scenario/read/read_scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "protocols/core/ascii.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

constexpr std::pair<std::string_view, HostKind> kind_names[] = {{"laptop", HostKind::Laptop},
                                                                {"phone", HostKind::Phone},
                                                                {"mail-server", HostKind::MailServer},
                                                                {"dns-server", HostKind::DnsServer}};

bool fits(HostRole role, const KnownHost& host) {
  const HostKind kind = host.kind;
  const bool device = kind == HostKind::Laptop || kind == HostKind::Phone;
  switch (role) {
    case HostRole::Any:
      return true;
    case HostRole::Device:
      return device;
    case HostRole::MailServer:
      return kind == HostKind::MailServer;
    case HostRole::OwnMailServer:
      return kind == HostKind::MailServer && !host.is_real;
    case HostRole::DnsServer:
      return kind == HostKind::DnsServer;
    case HostRole::Server:
      return !device && !host.is_real;
    case HostRole::MailboxHolder:
      return device || (kind == HostKind::MailServer && !host.is_real);
  }
  return false;
}

const char* wanted(HostRole role) {
  switch (role) {
    case HostRole::Any:
      return tr("the name of a host");
    case HostRole::Device:
      return tr("the name of a laptop or phone");
    case HostRole::MailServer:
    case HostRole::OwnMailServer:
      return tr("the name of a mail server");
    case HostRole::DnsServer:
      return tr("the name of a DNS server");
    case HostRole::Server:
      return tr("the name of a mail server or DNS server");
    case HostRole::MailboxHolder:
      return tr("the name of a host with mailboxes");
  }
  return "";
}

const Shape& shape_of(const KnownHost& host) {
  switch (host.kind) {
    case HostKind::Laptop:
    case HostKind::Phone:
      return shapes::device;
    case HostKind::MailServer:
      return host.is_real ? shapes::real_server : shapes::mail_server;
    case HostKind::DnsServer:
      return shapes::dns_server;
  }
  return shapes::device;
}

bool has_key(const YamlNode& node, std::string_view key) {
  return std::ranges::find(node.keys, key, &YamlNode::text) != node.keys.end();
}

/// The kind that a host's map names; where it does not, the one whose keys it has.
HostKind kind_of(const YamlNode& node) {
  for (std::size_t i{}; i < node.keys.size(); ++i)
    if (node.keys[i].text == "kind")
      for (const auto& [name, kind] : kind_names)
        if (node.items[i].text == name) return kind;
  static constexpr const Shape* hosts[] = {&shapes::device, &shapes::mail_server, &shapes::dns_server};
  const Shape& best = best_shape(node, hosts);
  return &best == &shapes::mail_server  ? HostKind::MailServer
         : &best == &shapes::dns_server ? HostKind::DnsServer
                                        : HostKind::Laptop;
}

KnownHost know(const YamlNode& node) {
  const HostKind kind = kind_of(node);
  return {kind, kind == HostKind::MailServer && has_key(node, "real")};
}

std::optional<StagePlace> read_place(Faults& faults, const YamlNode* node) {
  if (!node) return std::nullopt;
  if (node->kind != YamlNode::Kind::List || node->items.size() != 2) {
    faults.error(node->where, found_in(*node), tr("a column and a row such as [0, 1]"));
    return std::nullopt;
  }
  const auto read = [&](const YamlNode& item) {
    return static_cast<int>(read_number(faults, &item, 0, limits::place));
  };
  return StagePlace{read(node->items[0]), read(node->items[1])};
}

HostSetting read_host(ScenarioReader& reader, const YamlNode& key, const YamlNode& node) {
  HostSetting host;
  host.name = read_host_name(reader.faults, &key);
  const KnownHost known = know(node);
  host.kind = known.kind;
  const Shape& shape = shape_of(known);
  const MapReader map(reader.faults, node, shape);
  host.kind = read_choice<HostKind>(reader.faults, map.find("kind"), kind_names, host.kind);
  host.label = map.has("label") ? read_word(reader.faults, map.find("label"), limits::name_octets) : host.name;
  host.address = read_ipv4(reader.faults, map.find("address"));
  host.place = read_place(reader.faults, map.find("place"));
  if (&shape == &shapes::mail_server)
    host.what = read_mail_server(reader, map, host.name);
  else if (&shape == &shapes::real_server)
    host.what = read_real_server(reader, map);
  else if (&shape == &shapes::dns_server)
    host.what = read_dns_server(reader, map, host.name);
  else
    host.what = read_device(reader, map, host.name);
  const auto twin = std::ranges::find(reader.scenario.hosts, host.address, &HostSetting::address);
  if (twin != reader.scenario.hosts.end() && !host.address.empty())
    reader.faults.error(map.find("address")->where, tr("the address {0} a second time", {host.address}),
                        tr("an address of its own"), tr("{0} has it already", {twin->name}));
  return host;
}

LinkFaults read_link_faults(Faults& faults, const MapReader& map) {
  LinkFaults result;
  result.loss_ppm = read_share(faults, map.find("loss"));
  result.duplicate_ppm = read_share(faults, map.find("duplicate"));
  result.reorder_ppm = read_share(faults, map.find("reorder"));
  result.jitter = read_duration(faults, map.find("jitter"), Duration::zero(), limits::latency, Duration::zero());
  if (const YamlNode* down = map.find("down"))
    for_each_item(
        faults, *down, tr("a list of spans, such as [{from: 10 s, until: 40 s}]"), limits::outages,
        [&](const YamlNode& item) {
          const MapReader span(faults, item, shapes::outage);
          LinkFaults::Outage outage;
          outage.from = read_duration(faults, span.find("from"), Duration::zero(), limits::wait, Duration::zero());
          outage.until = read_duration(faults, span.find("until"), Duration{1}, limits::wait, Duration{1});
          if (outage.until <= outage.from && span.find("from") && span.find("until"))
            faults.error(item.where, tr("\"until\" that is not after \"from\""), tr("a later end of the span"));
          result.outages.push_back(outage);
        });
  return result;
}

LinkSetting read_link(ScenarioReader& reader, const YamlNode& node) {
  const MapReader map(reader.faults, node, shapes::link);
  LinkSetting link;
  const YamlNode* between = map.find("between");
  if (between && between->kind == YamlNode::Kind::List && between->items.size() == 2) {
    link.a = read_host_reference(reader, &between->items[0], HostRole::Any);
    link.b = read_host_reference(reader, &between->items[1], HostRole::Any);
    const bool again = std::ranges::any_of(reader.scenario.links, [&](const LinkSetting& other) {
      return (other.a == link.a && other.b == link.b) || (other.a == link.b && other.b == link.a);
    });
    if (link.a == link.b && !link.a.empty())
      reader.faults.error(between->where, tr("a link from {0} to itself", {link.a}), tr("two hosts"));
    else if (again && !link.a.empty() && !link.b.empty())
      reader.faults.error(between->where, tr("a second link between {0} and {1}", {link.a, link.b}),
                          tr("one link between two hosts"), tr("remove one of the two links"));
  } else if (between) {
    reader.faults.error(between->where, found_in(*between), tr("two hosts such as [anna-laptop, mail.alba.example]"));
  }
  using namespace std::chrono_literals;
  link.latency = read_duration(reader.faults, map.find("latency"), 1us, limits::latency, 10ms);
  link.bits_per_second = read_bandwidth(reader.faults, map.find("bandwidth"), 100'000'000);
  link.faults = read_link_faults(reader.faults, map);
  link.strip_starttls = read_truth(reader.faults, map.find("strip-starttls"), false);
  return link;
}

}  // namespace

std::string read_host_reference(ScenarioReader& reader, const YamlNode* node, HostRole role) {
  if (!node) return {};
  const auto& known = reader.known_hosts;
  const auto host = node->kind == YamlNode::Kind::Scalar ? known.find(node->text) : known.end();
  if (host != known.end() && fits(role, host->second)) return node->text;
  std::vector<std::string_view> names;
  for (const auto& [name, each] : known)
    if (fits(role, each)) names.push_back(name);
  const bool other_kind = host != known.end();
  reader.faults.error(node->where,
                      other_kind ? tr("{0}, which is a host of another kind", {found_in(*node)}) : found_in(*node),
                      wanted(role), suggestion(node->text, names));
  return {};
}

void ScenarioReader::read_hosts(const YamlNode* node) {
  if (!node) return;
  if (node->kind == YamlNode::Kind::Map)
    for (std::size_t i{}; i < std::min(node->keys.size(), limits::hosts); ++i)
      known_hosts.emplace(node->keys[i].text, know(node->items[i]));
  std::map<std::string, std::string> lower_names;
  for_each_entry(faults, *node, tr("a map of hosts"), limits::hosts, [&](const YamlNode& key, const YamlNode& value) {
    HostSetting host = read_host(*this, key, value);
    const auto [first, is_new] = lower_names.emplace(ascii::lower(host.name), host.name);
    if (!is_new && !host.name.empty())
      faults.error(key.where, in_quotes(host.name), tr("a name of its own"),
                   tr("{0} differs only in upper and lower case", {in_quotes(first->second)}));
    host_places.push_back(key.where);
    scenario.hosts.push_back(std::move(host));
  });
  if (node->kind == YamlNode::Kind::Map && node->keys.empty())
    faults.error(node->where, tr("no host"), tr("at least one host"));
}

void ScenarioReader::read_links(const YamlNode* node) {
  if (node)
    for_each_item(faults, *node, tr("a list of links"), limits::links,
                  [&](const YamlNode& item) { scenario.links.push_back(read_link(*this, item)); });
}

void ScenarioReader::read(const YamlNode& root) {
  static constexpr std::pair<std::string_view, Level> levels[] = {
      {"beginner", Level::Beginner}, {"intermediate", Level::Intermediate}, {"advanced", Level::Advanced}};
  const MapReader map(faults, root, shapes::lesson);
  if (const YamlNode* version = map.find("mailscope"); version && version->text != "1")
    faults.error(version->where, found_in(*version), tr("1, the version of this format"),
                 tr("a newer program may read this file"));
  scenario.title = read_text(faults, map.find("title"));
  scenario.summary = read_text(faults, map.find("summary"));
  scenario.level = read_choice<Level>(faults, map.find("level"), levels);
  scenario.minutes = static_cast<std::uint32_t>(read_number(faults, map.find("minutes"), 1, limits::minutes));
  scenario.seed = read_number(faults, map.find("seed"), 0, UINT64_MAX, scenario.seed);
  scenario.start = read_instant(faults, map.find("start"));
  read_hosts(map.find("hosts"));
  read_links(map.find("links"));
  read_actions(map.find("actions"));
  read_steps(map.find("steps"));
  if (faults.any_error()) return;
  assign_addresses(scenario);
  warn_of_surprises(*this);
}

ScenarioReading read_scenario(std::string_view yaml, const std::filesystem::path& folder) {
  if (yaml.size() > scenario_octets_max)
    return {std::nullopt,
            {{Fault::Severity::Error,
              0,
              0,
              tr("{0} octets", {std::to_string(yaml.size())}),
              tr("a file of at most {0}", {std::to_string(scenario_octets_max)}),
              tr("split it into several lessons"),
              {}}}};
  YamlReading tree = read_yaml(yaml);
  if (!tree.root) return {std::nullopt, {std::move(tree.fault)}};
  ScenarioReader reader{.folder = folder};
  reader.read(*tree.root);
  ScenarioReading reading;
  if (!reader.faults.any_error()) reading.scenario = std::move(reader.scenario);
  reading.faults = std::move(reader.faults).in_file_order();
  return reading;
}

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;  // a pipe or device might never end
  std::ifstream stream(file, std::ios::binary);
  std::string octets(scenario_octets_max + 1, '\0');
  stream.read(octets.data(), static_cast<std::streamsize>(octets.size()));
  if (stream.bad() || (!stream.eof() && stream.fail()) || !stream.is_open()) return std::nullopt;
  octets.resize(static_cast<std::size_t>(stream.gcount()));
  return octets;
}

ScenarioReading read_scenario_file(const std::filesystem::path& file) {
  if (const std::optional<std::string> octets = read_file(file)) return read_scenario(*octets, file.parent_path());
  return {std::nullopt,
          {{Fault::Severity::Error,
            0,
            0,
            tr("no file that can be read"),
            tr("a lesson"),
            tr("check the name and its permissions"),
            {}}}};
}

}  // namespace mailscope
