// What the parts of the scenario reader share while one file is read. Private to the reader's own files.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/read/faults.hpp"
#include "sim/scenario/read/map_reader.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

/// Packets must be able to pass between these hosts, for the reason given; `where` is what asks for it.
struct Talk {
  std::string from, to;
  Where where;
  std::string reason;  ///< a clause in the current language
};

/// What is known of a host before anything refers to one.
struct KnownHost {
  HostKind kind{};
  bool is_real{};  ///< a real server: there is nothing of it in the world but its doors
};

struct ScenarioReader {
  std::filesystem::path folder{};  ///< the file's
  Faults faults{};
  Scenario scenario{};
  std::map<std::string, KnownHost> known_hosts{};
  std::vector<Talk> talks{};
  std::vector<Where> host_places{};              ///< of scenario.hosts' keys
  std::map<std::string, std::string> domains{};  ///< in lower case; the host that delivers each
  /// Server and domain in lower case: mail that the server is asked to take for it, and where that is first asked.
  std::map<std::pair<std::string, std::string>, Where> sendings{};

  void read(const YamlNode& root);

 private:
  void read_hosts(const YamlNode* node);
  void read_links(const YamlNode* node);
  void read_actions(const YamlNode* node);
  void read_steps(const YamlNode* node);
};

/// The hosts that may stand at a place of the file.
enum class HostRole : std::uint8_t { Any, Device, MailServer, OwnMailServer, DnsServer, Server, MailboxHolder };
/// The name of a host that exists and fits; else a fault and an empty text.
[[nodiscard]] std::string read_host_reference(ScenarioReader& reader, const YamlNode* node, HostRole role);

/// Whom a host asks for names: one DNS server or a list of them under `key`, and "dns-cache".
[[nodiscard]] ResolverSetting read_resolver(ScenarioReader& reader, const MapReader& map, std::string_view key,
                                            const std::string& host);
/// The type of a DNS record; TXT, whose value may be anything, after a fault.
[[nodiscard]] ZoneRecord::Type read_record_type(Faults& faults, const YamlNode* node);
[[nodiscard]] std::vector<PortSetting> read_ports(Faults& faults, const YamlNode* node, bool dns,
                                                  std::vector<PortSetting> absent);
/// An open door with the service that the port's number stands for; nothing for other numbers.
[[nodiscard]] std::optional<PortSetting> well_known_port(Port port);
[[nodiscard]] LookUpAction read_look_up(ScenarioReader& reader, const YamlNode& node);

/// Reads what is particular to each kind of host. `map` has been walked against the kind's shape.
[[nodiscard]] DeviceSetting read_device(ScenarioReader& reader, const MapReader& map, const std::string& host);
[[nodiscard]] MailServerSetting read_mail_server(ScenarioReader& reader, const MapReader& map, const std::string& host);
[[nodiscard]] MailPolicy read_mail_policy(ScenarioReader& reader, const MapReader& map);
[[nodiscard]] smtp::Extensions read_extensions(Faults& faults, const YamlNode* node);
/// What a message to send asks of the servers on its way. `map` has been walked against the shape "send".
void read_wishes(Faults& faults, const MapReader& map, SendAction& send);
[[nodiscard]] RealServerSetting read_real_server(ScenarioReader& reader, const MapReader& map);
[[nodiscard]] DnsServerSetting read_dns_server(ScenarioReader& reader, const MapReader& map, const std::string& host);

/// Gives hosts without address that of their name's A record, else a free one of 192.0.2.0/24 (RFC 5737), in file
/// order.
void assign_addresses(Scenario& scenario);
/// Warns where the lesson cannot go as the file seems to mean it: A records that differ from their host's address, and
/// hosts that must talk but share no link. Precondition: no errors.
void warn_of_surprises(ScenarioReader& reader);

}  // namespace mailscope
