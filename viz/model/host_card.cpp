#include "viz/model/host_card.hpp"

#include <algorithm>
#include <set>

#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

const HostSetting* setting_of(const Scenario& scenario, const std::string& name) {
  const auto found = std::ranges::find(scenario.hosts, name, &HostSetting::name);
  return found == scenario.hosts.end() ? nullptr : &*found;
}

std::string device_subtitle(const HostInfo& host, const HostSetting* setting) {
  const std::string kind = host.kind == HostKind::Phone ? tr("phone") : tr("laptop");
  const auto* device = setting ? std::get_if<DeviceSetting>(&setting->what) : nullptr;
  std::set<std::string> protocols;
  if (device != nullptr)
    for (const AccountSetting& account : device->accounts)
      if (account.incoming)
        protocols.insert(account.incoming->protocol == AccountSetting::Incoming::Protocol::Pop3 ? "POP3" : "IMAP");
  std::string subtitle = kind;
  for (const std::string& protocol : protocols) subtitle += " · " + protocol;
  return subtitle;
}

/// There is nothing to see inside a real server.
bool is_real(const HostSetting* setting) { return setting && std::holds_alternative<RealServerSetting>(setting->what); }

std::string server_subtitle(const HostInfo& host, const HostSetting* setting) {
  if (is_real(setting)) return tr("real server");
  const auto offers = [&host](std::string_view service) {
    return std::ranges::any_of(host.ports, [service](const PortInfo& port) {
      return port.service == service && port.policy == PortPolicy::Open;
    });
  };
  if (offers("submission") && offers("relay")) return std::string(tr("submission")) + " · " + tr("relay");
  if (offers("submission")) return tr("submission");
  return offers("relay") ? tr("mail exchanger") : tr("mail server");
}

std::string dns_subtitle(const HostSetting* setting) {
  const auto* dns = setting ? std::get_if<DnsServerSetting>(&setting->what) : nullptr;
  if (dns == nullptr) return tr("DNS server");
  constexpr std::array<const char*, 8> names{"MX", "A", "AAAA", "CNAME", "TXT", "SRV", "PTR", "SOA"};
  std::string types;
  for (std::size_t type = 0; type < names.size(); ++type) {
    const auto is_type = [type](const ZoneRecord& record) { return static_cast<std::size_t>(record.type) == type; };
    const bool has =
        std::ranges::any_of(dns->zones, [&](const Zone& z) { return std::ranges::any_of(z.records, is_type); });
    if (has) types += (types.empty() ? "" : " · ") + std::string(names.at(type));
  }
  return types.empty() ? tr("DNS server") : tr("{0} records", {types});
}

std::vector<Door> doors_of(const View& view, HostId host) {
  std::vector<Door> doors;
  for (const PortInfo& port : view.lesson.trace.hosts[host.value].ports) {
    const bool is_in_use = std::ranges::any_of(view.now.connections, [&](const ConnectionState& connection) {
      const ConnectionOpened& opened = connection.opened;
      return opened.server == Endpoint{host, port.port} && opened.transport == port.transport &&
             is_under_way(connection.phase);
    });
    // One door for datagrams and streams alike, where they are treated alike.
    const auto twin = std::ranges::find_if(doors, [&port](const Door& door) {
      return door.info.port == port.port && door.info.protocol == port.protocol && door.info.policy == port.policy;
    });
    if (twin == doors.end()) {
      doors.push_back({port, is_in_use});
    } else {
      twin->is_in_use = twin->is_in_use || is_in_use;
    }
  }
  return doors;
}

std::vector<MailStack> stacks_of(const View& view, HostId host) {
  const HostInfo& info = view.lesson.trace.hosts[host.value];
  const HostState& state = view.now.hosts[host.value];
  std::vector<MailStack> stacks;
  if (info.kind == HostKind::MailServer && !is_real(setting_of(view.lesson.scenario, info.name)))
    stacks.push_back({tr("queue"), state.queued, true});
  std::vector<MailStack> mailboxes;
  std::size_t sum = 0;
  for (const auto& [name, messages] : state.mailboxes) {
    mailboxes.push_back({mailbox_title(name), messages.size(), false});
    sum += messages.size();
  }
  if (mailboxes.size() > stacks_shown_max)
    mailboxes = {{tr("{0} mailboxes", {std::to_string(mailboxes.size())}), sum, false}};
  stacks.insert(stacks.end(), mailboxes.begin(), mailboxes.end());
  return stacks;
}

}  // namespace

HostCard host_card(const View& view, HostId host) {
  const HostInfo& info = view.lesson.trace.hosts.at(host.value);
  const HostSetting* setting = setting_of(view.lesson.scenario, info.name);
  HostCard card{.title = info.label,
                .subtitle = {},
                .doors = doors_of(view, host),
                .stacks = stacks_of(view, host),
                .speaks = {}};
  switch (info.kind) {
    case HostKind::Laptop:
    case HostKind::Phone:
      card.subtitle = device_subtitle(info, setting);
      break;
    case HostKind::MailServer:
      card.subtitle = server_subtitle(info, setting);
      break;
    case HostKind::DnsServer:
      card.subtitle = dns_subtitle(setting);
      break;
  }
  for (const PacketInFlight& packet : view.now.in_flight) {
    const auto& sent = std::get<PacketSent>(view.lesson.trace.records()[packet.record].what);
    const ConnectionOpened& opened = view.now.connections.at(sent.connection.value).opened;
    if ((sent.from == Side::Client ? opened.client : opened.server).host != host) continue;
    if (!sent.payload.empty() || card.speaks.empty()) card.speaks = opened.protocol;
  }
  return card;
}

std::string mailbox_title(const std::string& mailbox) {
  if (mailbox == "INBOX") return tr("Inbox");
  if (mailbox == "Sent") return tr("Sent");
  if (mailbox == "Trash") return tr("Trash");
  if (mailbox == "Outbox") return tr("Outbox");
  const std::size_t slash = mailbox.find('/');
  return slash != std::string::npos && mailbox.substr(slash + 1) == "INBOX" ? mailbox.substr(0, slash) : mailbox;
}

const char* policy_text(PortPolicy policy) {
  switch (policy) {
    case PortPolicy::Open:
      return tr("open");
    case PortPolicy::Closed:
      return tr("closed: who knocks is refused at once");
    case PortPolicy::Filtered:
      return tr("filtered: a firewall drops what comes, in silence");
  }
  return "";
}

const char* service_text(const std::string& service) {
  if (service == "relay") return tr("relay");
  if (service == "submission") return tr("submit");
  return service.c_str();
}

bool is_under_way(Phase phase) { return phase == Phase::Opening || phase == Phase::Open || phase == Phase::Closing; }

std::string latency_text(Duration latency) {
  const auto us = latency.count();
  if (us % 1000 == 0 || us >= 100'000) return std::to_string(us / 1000) + " ms";
  return std::to_string(us / 1000) + "." + std::to_string(us % 1000 / 100) + " ms";
}

}  // namespace mailscope
