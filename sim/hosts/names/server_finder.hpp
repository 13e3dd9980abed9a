// How a mail program finds its servers when a person gives it an address alone: SRV records of the address's domain
// (RFC 6186), TLS from the start preferred (RFC 8314 §5.1). What was found is kept, as an account's setting is, and
// looked for again only when it cannot be reached. It knows no mail protocol.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "protocols/dns/service.hpp"
#include "sim/hosts/names/name_lookup.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailscope {

class ServerFinder final : HostToolkit {
 public:
  struct Found {
    std::string name;  ///< the SRV record's target: what the server's certificate must be for (RFC 6186 §6)
    Endpoint server;
    Security security{};
  };
  struct Wanted {
    std::string tls_service, service;  ///< "imaps", "imap"
    std::string domain;
    std::optional<Security> security;  ///< what the person insists on
  };
  using OnFound = std::function<void(Instant, const Found*)>;

  /// For the host `id`; `names` outlives this.
  ServerFinder(HostId id, Surroundings& world, Sessions& sessions, NameLookup& names, Wanted wanted);
  /// The server found before, or the best. `on_found` is called once, now or later; with null where there is none, and
  /// then people have been told. Who asks while it looks for one waits for the same answer.
  void find(Instant now, OnFound on_found);
  /// `failed`, which was found, cannot be reached: the next one (RFC 2782), or null. Nobody's failure skips a server
  /// that was found since.
  void find_next(Instant now, const Endpoint& failed, OnFound on_found);

 private:
  struct Service {
    std::string label;
    Security security{};
  };
  struct Candidate {
    dns::SrvData target;
    Service service;
  };
  [[nodiscard]] std::deque<Service> services() const;
  void ask_for_service(Instant now);
  void take_targets(Instant now, const Service& service, const std::optional<dns::Message>& answer);
  void locate(Instant now);
  [[nodiscard]] bool take_address(Instant now, const Candidate& candidate, const dns::Message& answer);
  void answer(Instant now);

  NameLookup& names_;
  Wanted wanted_;
  RandomStream weights_;
  std::deque<Service> services_;      ///< not asked for yet
  std::deque<Candidate> candidates_;  ///< not tried yet, best first
  std::optional<Found> found_;
  std::deque<OnFound> waiting_;  ///< not empty: it is looking
};

/// One server of an account, as the file gives it or as the program finds it.
template <class Setting>
class AccountServer {
 public:
  struct Choice {
    Setting setting;
    std::optional<Endpoint> found_at;  ///< where it was found: it may have another name than its host
  };
  using Go = std::function<void(Instant, const Choice*)>;

  /// `finder` is of use where the setting names no server.
  AccountServer(const Setting& given, ServerFinder finder) : given_(given), finder_(std::move(finder)) {}
  /// `go` is called once, now or later, with the server to talk to; with null where none is found.
  void use(Instant now, Go go) {
    if (given_.server.empty()) return finder_.find(now, taking(std::move(go)));
    const Choice choice{given_, std::nullopt};
    go(now, &choice);
  }
  /// That one cannot be reached. Where the file named it there is no other.
  void use_next(Instant now, const Choice& failed, Go go) {
    failed.found_at ? finder_.find_next(now, *failed.found_at, taking(std::move(go))) : go(now, nullptr);
  }

 private:
  ServerFinder::OnFound taking(Go go) {
    return [this, go = std::move(go)](Instant now, const ServerFinder::Found* found) {
      if (!found) return go(now, nullptr);
      Choice choice{given_, found->server};
      choice.setting.server = found->name;
      choice.setting.port = found->server.port;
      choice.setting.security = found->security;
      go(now, &choice);
    };
  }

  const Setting given_;
  ServerFinder finder_;
};

}  // namespace mailscope
