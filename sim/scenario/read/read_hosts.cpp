// What is particular to devices and mail servers in a lesson: accounts, doors, users.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "protocols/core/ascii.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

using Incoming = AccountSetting::Incoming;

constexpr std::pair<std::string_view, std::optional<Service>> services[] = {{"relay", Service::Relay},
                                                                            {"submission", Service::Submission},
                                                                            {"pop3", Service::Pop3},
                                                                            {"imap", Service::Imap},
                                                                            {"dns", Service::Dns}};
/// The same over TLS from the first octet (RFC 8314 §3).
constexpr std::pair<std::string_view, Service> tls_services[] = {
    {"submissions", Service::Submission}, {"pop3s", Service::Pop3}, {"imaps", Service::Imap}};
constexpr std::string_view service_words[] = {"relay", "submission", "submissions", "pop3",   "pop3s",
                                              "imap",  "imaps",      "dns",         "closed", "filtered"};

/// The service that a word names, and whether it is over TLS from the start.
std::optional<std::pair<Service, bool>> service_named(std::string_view word) {
  for (const auto& [name, service] : services)
    if (name == word) return std::pair(*service, false);
  for (const auto& [name, service] : tls_services)
    if (name == word) return std::pair(service, true);
  return std::nullopt;
}

constexpr std::pair<std::string_view, PortPolicy> policies[] = {
    {"open", PortPolicy::Open}, {"closed", PortPolicy::Closed}, {"filtered", PortPolicy::Filtered}};

/// The service that a well-known port number stands for (RFC 6335 §6, RFC 6409 §3.1, RFC 8314 §7).
std::optional<Service> well_known_service(Port port) {
  switch (port.number) {
    case 25:
      return Service::Relay;
    case 587:
    case 465:
      return Service::Submission;
    case 110:
    case 995:
      return Service::Pop3;
    case 143:
    case 993:
      return Service::Imap;
    case 53:
      return Service::Dns;
    default:
      return std::nullopt;
  }
}

/// The service and policy that {service: relay, policy: closed} says.
std::optional<PortSetting> read_long_door(Faults& faults, Port port, const YamlNode& value) {
  const MapReader map(faults, value, shapes::port);
  const YamlNode* name = map.find("service");
  const auto service = name && name->kind == YamlNode::Kind::Scalar ? service_named(name->text) : std::nullopt;
  if (name && !service) {
    const auto words = std::span(service_words).first(std::size(service_words) - 2);
    faults.error(name->where, found_in(*name), alternatives(words), did_you_mean(name->text, words));
  }
  const auto policy = read_choice<PortPolicy>(faults, map.find("policy"), policies);
  return service ? std::optional(PortSetting{port, service->first, policy, service->second}) : std::nullopt;
}

/// "relay" (open), or "closed" or "filtered" (the number tells the service), or the long form; nothing after a fault.
std::optional<PortSetting> read_door(Faults& faults, Port port, const YamlNode& value) {
  if (value.kind == YamlNode::Kind::Map) return read_long_door(faults, port, value);
  const auto named = [&](const auto& pair) { return value.kind == YamlNode::Kind::Scalar && pair.first == value.text; };
  if (const auto service = value.kind == YamlNode::Kind::Scalar ? service_named(value.text) : std::nullopt)
    return PortSetting{port, service->first, PortPolicy::Open, service->second};
  const auto policy = std::ranges::find_if(policies, named);
  if (policy == std::end(policies) || policy->second == PortPolicy::Open) {
    faults.error(value.where, found_in(value), alternatives(service_words), did_you_mean(value.text, service_words));
    return std::nullopt;
  }
  std::optional<PortSetting> door = well_known_port(port);
  if (!door) {
    faults.error(value.where,
                 tr("{0} for port {1}, which is no well-known one", {found_in(value), std::to_string(port.number)}),
                 tr("its service too"), tr("write {service: relay, policy: {0}} or another service", {value.text}));
    return std::nullopt;
  }
  door->policy = policy->second;
  return door;
}

}  // namespace

std::optional<PortSetting> well_known_port(Port port) {
  const std::optional<Service> service = well_known_service(port);
  const bool tls = port.number == 465 || port.number == 995 || port.number == 993;
  return service ? std::optional(PortSetting{port, *service, {}, tls}) : std::nullopt;
}

std::vector<PortSetting> read_ports(Faults& faults, const YamlNode* node, bool dns, std::vector<PortSetting> absent) {
  if (!node) return absent;
  std::vector<PortSetting> doors;
  for_each_entry(faults, *node, tr("a map of ports, such as {25: relay}"), limits::ports,
                 [&](const YamlNode& key, const YamlNode& value) {
                   const Port port = read_port(faults, &key, Port{});
                   const std::optional<PortSetting> door =
                       port.number == 0 ? std::nullopt : read_door(faults, port, value);
                   if (!door) return;
                   if (std::ranges::find(doors, port, &PortSetting::port) !=
                       doors.end())  // written in two ways, such as 25 and 025
                     faults.error(key.where, tr("the port {0} a second time", {std::to_string(port.number)}),
                                  tr("each port once"), tr("remove one of the two ports"));
                   if (dns && door->service != Service::Dns)
                     faults.error(value.where, found_in(value), tr("dns: a DNS server has no other door"));
                   if (!dns && door->service == Service::Dns)
                     faults.error(value.where, found_in(value), tr("a door of a mail server"),
                                  tr("DNS is served by a host of kind dns-server"));
                   doors.push_back(*door);
                 });
  return doors;
}

namespace {

constexpr std::pair<std::string_view, Security> securities[] = {{"none", Security::None},
                                                                {"opportunistic", Security::Opportunistic},
                                                                {"starttls", Security::StartTls},
                                                                {"tls", Security::Tls}};

/// A server that the program finds by itself says its port too (RFC 6186).
void require_server_for_port(Faults& faults, const MapReader& map) {
  if (const YamlNode* port = map.find("port"); port && !map.has("server"))
    faults.error(port->where, tr("a port without a server"), tr("both, or neither"),
                 tr("without a server the program finds both by SRV records"));
}

AccountSetting::Outgoing read_outgoing(ScenarioReader& reader, const YamlNode& node, const std::string& host) {
  const MapReader map(reader.faults, node, shapes::outgoing);
  AccountSetting::Outgoing outgoing;
  outgoing.server = read_host_reference(reader, map.find("server"), HostRole::MailServer);
  outgoing.security = read_choice<Security>(reader.faults, map.find("security"), securities);
  outgoing.security_given = map.has("security");
  require_server_for_port(reader.faults, map);
  const bool tls = outgoing.security == Security::Tls;
  outgoing.port = read_port(reader.faults, map.find("port"), Port{static_cast<std::uint16_t>(tls ? 465 : 587)});
  outgoing.authenticate = read_truth(reader.faults, map.find("authenticate"), true);
  outgoing.by_reference = read_truth(reader.faults, map.find("by-reference"), false);
  if (const YamlNode* server = map.find("server"))
    reader.talks.push_back({host, outgoing.server, server->where, tr("it sends mail there")});
  return outgoing;
}

/// "manual", "idle", or how often: "5 min".
void read_check(Faults& faults, const YamlNode& node, Incoming& incoming) {
  if (node.kind == YamlNode::Kind::Scalar && node.text == "manual") return;
  if (node.kind == YamlNode::Kind::Scalar && node.text == "idle") {
    incoming.check = CheckMail::Idle;
    if (incoming.protocol == Incoming::Protocol::Pop3)
      faults.error(node.where, tr("\"{0}\" with POP3", {"idle"}), tr("manual, or how often: 5 min"),
                   tr("only an IMAP server tells of new mail"));
    return;
  }
  incoming.check = CheckMail::Every;
  incoming.check_every = read_duration(faults, &node, std::chrono::seconds(1), limits::wait, limits::wait);
}

Incoming read_incoming(ScenarioReader& reader, const YamlNode& node, const std::string& host) {
  static constexpr std::pair<std::string_view, Incoming::Protocol> protocols[] = {{"pop3", Incoming::Protocol::Pop3},
                                                                                  {"imap", Incoming::Protocol::Imap}};
  const MapReader map(reader.faults, node, shapes::incoming);
  Incoming incoming;
  // After a misspelt protocol nothing more is said of what POP3 could not do.
  incoming.protocol =
      read_choice<Incoming::Protocol>(reader.faults, map.find("protocol"), protocols, Incoming::Protocol::Imap);
  incoming.server = read_host_reference(reader, map.find("server"), HostRole::MailServer);
  const bool imap = incoming.protocol == Incoming::Protocol::Imap;
  incoming.security = read_choice<Security>(reader.faults, map.find("security"), securities);
  incoming.security_given = map.has("security");
  require_server_for_port(reader.faults, map);
  const bool tls = incoming.security == Security::Tls;
  const int usual = imap ? (tls ? 993 : 143) : (tls ? 995 : 110);
  incoming.port = read_port(reader.faults, map.find("port"), Port{static_cast<std::uint16_t>(usual)});
  const YamlNode* leave = map.find("leave-on-server");
  if (leave && leave->kind == YamlNode::Kind::Map) {
    const MapReader period(reader.faults, *leave, shapes::leave);
    incoming.leave_on_server = true;
    incoming.leave_days = static_cast<std::uint32_t>(
        read_number(reader.faults, period.find("days"), 1, limits::leave_days, limits::leave_days));
  } else {
    incoming.leave_on_server = read_truth(reader.faults, leave, false);
  }
  if (leave && imap && map.find("protocol") && map.find("protocol")->text == "imap")
    reader.faults.error(leave->where, tr("\"{0}\" with IMAP", {"leave-on-server"}), tr("it with POP3 only"),
                        tr("remove it: with IMAP mail always stays on the server"));
  if (const YamlNode* check = map.find("check")) read_check(reader.faults, *check, incoming);
  const YamlNode* compress = map.find("compress");
  incoming.compress = read_truth(reader.faults, compress, false);
  if (compress && !imap)
    reader.faults.error(compress->where, tr("\"{0}\" with POP3", {"compress"}), tr("it with IMAP only"),
                        tr("remove it: POP3 has no compression"));
  const YamlNode* notes = map.find("notes");
  incoming.notes = read_truth(reader.faults, notes, false);
  if (notes && !imap)
    reader.faults.error(notes->where, tr("\"{0}\" with POP3", {"notes"}), tr("it with IMAP only"),
                        tr("remove it: with POP3 notes stay on the device"));
  if (const YamlNode* server = map.find("server"))
    reader.talks.push_back({host, incoming.server, server->where, tr("it collects mail there")});
  return incoming;
}

/// Nothing after a fault.
std::optional<sasl::Mechanism> read_mechanism(Faults& faults, const YamlNode& node) {
  std::vector<std::pair<std::string_view, std::optional<sasl::Mechanism>>> names;
  for (const sasl::MechanismTraits& each : sasl::mechanism_table)
    if (!each.token) names.emplace_back(each.name, each.mechanism);  // nobody in a lesson issues tokens
  return read_choice<std::optional<sasl::Mechanism>>(faults, &node, names);
}

/// The message has to be on a server that says where, before it is sent (RFC 4468).
void require_imap_for_reference(Faults& faults, const YamlNode& outgoing, const AccountSetting& account) {
  if (!account.outgoing->by_reference) return;
  const bool imap = account.incoming && account.incoming->protocol == Incoming::Protocol::Imap;
  if (!imap || account.incoming->server.empty() || !account.outgoing->authenticate)
    faults.error(outgoing.where, tr("\"{0}\" of an account that cannot do it", {"by-reference"}),
                 tr("mail that comes by IMAP from a server that is named, and a login to send"),
                 tr("remove it, or give the account such a server"));
}

AccountSetting read_account(ScenarioReader& reader, const YamlNode& node, const std::string& host) {
  const MapReader map(reader.faults, node, shapes::account);
  AccountSetting account;
  account.address = read_mail_address(reader.faults, map.find("address"));
  account.display_name = read_line(reader.faults, map.find("name"), limits::name_octets);
  account.user = map.has("user") ? read_word(reader.faults, map.find("user"), limits::name_octets)
                                 : account.address.substr(0, account.address.find('@'));
  account.password = read_line(reader.faults, map.find("password"), limits::name_octets);
  if (const YamlNode* outgoing = map.find("outgoing")) account.outgoing = read_outgoing(reader, *outgoing, host);
  if (const YamlNode* incoming = map.find("incoming")) account.incoming = read_incoming(reader, *incoming, host);
  if (const YamlNode* mechanism = map.find("mechanism")) {
    const bool is_pop3 = account.incoming && account.incoming->protocol == AccountSetting::Incoming::Protocol::Pop3;
    account.plain_login = is_pop3 && mechanism->text == "USER";
    if (!account.plain_login) account.mechanism = read_mechanism(reader.faults, *mechanism);
  }
  if (account.outgoing) require_imap_for_reference(reader.faults, *map.find("outgoing"), account);
  if (!map.has("outgoing") && !map.has("incoming"))
    reader.faults.error(node.where, tr("neither \"{0}\" nor \"{1}\"", {"outgoing", "incoming"}),
                        tr("at least one of them"), tr("add one"));
  account.liberal = read_truth(reader.faults, map.find("liberal"), false);
  static constexpr std::pair<std::string_view, bool> receipts[] = {{"never", false}, {"always", true}};
  account.gives_receipts = read_choice<bool>(reader.faults, map.find("receipts"), receipts);
  if (account.gives_receipts && !account.outgoing)
    reader.faults.error(map.find("receipts")->where, tr("receipts of an account that has no outgoing server"),
                        tr("an account that can send"), tr("add outgoing: or remove receipts:"));
  if (!map.has("password") && (account.incoming || (account.outgoing && account.outgoing->authenticate)))
    reader.faults.error(node.where, tr("no \"{0}\"", {"password"}), tr("the password to log in with"),
                        tr("add it; a wrong one is fine"));
  return account;
}

std::vector<sasl::Mechanism> read_mechanisms(Faults& faults, const YamlNode& node) {
  std::vector<sasl::Mechanism> mechanisms;
  for_each_item(faults, node, tr("a list of mechanisms, such as [SCRAM-SHA-256, PLAIN]"),
                std::size(sasl::mechanism_table), [&](const YamlNode& item) {
                  const auto mechanism = read_mechanism(faults, item);
                  if (!mechanism) return;
                  if (std::ranges::find(mechanisms, *mechanism) != mechanisms.end())
                    faults.error(item.where, tr("the mechanism {0} a second time", {item.text}),
                                 tr("each mechanism once"), tr("remove it"));
                  mechanisms.push_back(*mechanism);
                });
  if (node.kind == YamlNode::Kind::List && node.items.empty())
    faults.error(node.where, tr("an empty list"), tr("at least one mechanism"),
                 tr("without this key it is PLAIN and LOGIN"));
  return mechanisms;
}

}  // namespace

DeviceSetting read_device(ScenarioReader& reader, const MapReader& map, const std::string& host) {
  DeviceSetting device;
  device.resolver = read_resolver(reader, map, "resolver", host);
  if (const YamlNode* account = map.find("account")) device.accounts.push_back(read_account(reader, *account, host));
  if (const YamlNode* accounts = map.find("accounts")) {
    if (map.has("account"))
      reader.faults.error(accounts->where, tr("both \"{0}\" and \"{1}\"", {"account", "accounts"}), tr("one of them"),
                          tr("put all accounts into the list"));
    for_each_item(reader.faults, *accounts, tr("a list of accounts"), limits::accounts, [&](const YamlNode& item) {
      device.accounts.push_back(read_account(reader, item, host));
      const auto same = [&](const AccountSetting& each) { return each.address == device.accounts.back().address; };
      if (!device.accounts.back().address.empty() && std::ranges::count_if(device.accounts, same) > 1)
        reader.faults.error(item.where, tr("the account {0} a second time", {device.accounts.back().address}),
                            tr("each address once"), tr("remove one of the two"));
    });
  }
  const auto discovers = [](const AccountSetting& each) {
    return (each.outgoing && each.outgoing->server.empty()) || (each.incoming && each.incoming->server.empty());
  };
  const YamlNode* node = map.has("account") ? map.find("account") : map.find("accounts");
  if (node && std::ranges::any_of(device.accounts, discovers) && !map.has("resolver") && !reader.faults.any_error())
    reader.faults.error(node->where, tr("an account without a server, on a device without a resolver"),
                        tr("a server, or a resolver by which it can be found"),
                        tr("add resolver: and a DNS server's name"));
  return device;
}

MailServerSetting read_mail_server(ScenarioReader& reader, const MapReader& map, const std::string& host) {
  Faults& faults = reader.faults;
  MailServerSetting server;
  if (const YamlNode* domains = map.find("domains"))
    for_each_item(faults, *domains, tr("a list of domains, such as [alba.example]"), limits::domains,
                  [&](const YamlNode& item) {
                    const std::string domain = read_domain(faults, &item);
                    const auto [owner, is_new] = reader.domains.emplace(ascii::lower(domain), host);
                    if (!is_new && !domain.empty())
                      faults.error(item.where, tr("the domain {0} a second time", {in_quotes(domain)}),
                                   tr("one server for each domain"), tr("{0} delivers it already", {owner->second}));
                    server.domains.push_back(domain);
                  });
  if (const YamlNode* users = map.find("users"))
    for_each_entry(faults, *users, tr("a map of users, such as {anna: password}"), limits::users,
                   [&](const YamlNode& key, const YamlNode& value) {
                     server.users.push_back({read_user(faults, &key), read_word(faults, &value, limits::name_octets)});
                   });
  server.ports = read_ports(faults, map.find("ports"), false,
                            {{Port{25}, Service::Relay, {}},
                             {Port{587}, Service::Submission, {}},
                             {Port{110}, Service::Pop3, {}},
                             {Port{143}, Service::Imap, {}}});
  server.plaintext_login = read_truth(faults, map.find("plaintext-login"), true);
  server.starttls = read_truth(faults, map.find("starttls"), false);
  server.apop = read_truth(faults, map.find("apop"), false);
  static constexpr std::pair<std::string_view, CertificateState> certificates[] = {
      {"valid", CertificateState::Valid},
      {"wrong-name", CertificateState::WrongName},
      {"expired", CertificateState::Expired},
      {"untrusted", CertificateState::Untrusted}};
  server.certificate = read_choice<CertificateState>(faults, map.find("certificate"), certificates);
  if (const YamlNode* unused = map.find("certificate");
      unused && !server.starttls && std::ranges::none_of(server.ports, &PortSetting::tls))
    faults.error(unused->where, tr("a certificate and no door with TLS"), tr("a use for it"),
                 tr("add starttls: true, or a door such as {465: submissions}"));
  static constexpr std::pair<std::string_view, tls::Version> versions[] = {
      {"1.3", tls::Version::Tls13}, {"1.2", tls::Version::Tls12}, {"1.1", tls::Version::Tls11}};
  server.tls_newest = read_choice<tls::Version>(faults, map.find("tls-version"), versions, tls::Version::Tls13);
  server.relay_security = read_choice<Security>(faults, map.find("relay-security"), std::span(securities).first(3),
                                                Security::Opportunistic);
  server.policy = read_mail_policy(reader, map);
  server.extensions = read_extensions(faults, map.find("extensions"));
  static constexpr std::pair<std::string_view, smtp::BareLines> bare_lines[] = {{"refuse", smtp::BareLines::Refused},
                                                                                {"pass-on", smtp::BareLines::PassedOn},
                                                                                {"accept", smtp::BareLines::LineEnds}};
  server.bare_lines = read_choice<smtp::BareLines>(faults, map.find("bare-line-ends"), bare_lines);
  server.strict = read_truth(faults, map.find("strict"), false);
  server.utf8 = read_truth(faults, map.find("utf8"), true);
  if (const YamlNode* mechanisms = map.find("mechanisms")) server.mechanisms = read_mechanisms(faults, *mechanisms);
  server.resolver = read_resolver(reader, map, "resolver", host);
  return server;
}

}  // namespace mailscope
