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
  using OnFound = std::function<void(Instant, const Found&)>;

  /// For the host `id`; `names` outlives this.
  ServerFinder(HostId id, Surroundings& world, Sessions& sessions, NameLookup& names, Wanted wanted);
  /// The server found before, or the best. `on_found` is called now or later; where there is none, people are told
  /// instead.
  void find(Instant now, const OnFound& on_found);
  /// That one cannot be reached: the next one (RFC 2782), until there is none left.
  void find_next(Instant now, const OnFound& on_found);

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
  void ask_for_service(Instant now, const OnFound& on_found);
  void take_targets(Instant now, const Service& service, const std::optional<dns::Message>& answer);
  void locate(Instant now, const OnFound& on_found);

  NameLookup& names_;
  Wanted wanted_;
  RandomStream weights_;
  std::deque<Service> services_;      ///< not asked for yet
  std::deque<Candidate> candidates_;  ///< not tried yet, best first
  std::optional<Found> found_;
};

/// One server of an account, as the file gives it or as the program finds it.
template <class Setting>
class AccountServer {
 public:
  using Go = std::function<void(Instant, const Setting&)>;

  /// `finder` is of use where the setting names no server.
  AccountServer(const Setting& given, ServerFinder finder) : setting_(given), finder_(std::move(finder)) {}
  /// `go` is called with the server to talk to, now or later, or never where none is found.
  void use(Instant now, Go go) {
    if (!setting_.server.empty() && !is_found_) return go(now, setting_);
    finder_.find(now, taking(std::move(go)));
  }
  /// That one cannot be reached. Where the file named it there is no other.
  void use_next(Instant now, Go go) {
    if (is_found_) finder_.find_next(now, taking(std::move(go)));
  }
  /// Where a server was found that has another name than its host.
  [[nodiscard]] std::optional<Endpoint> found_at() const { return endpoint_; }

 private:
  ServerFinder::OnFound taking(Go go) {
    return [this, go = std::move(go)](Instant now, const ServerFinder::Found& found) {
      is_found_ = true;
      setting_.server = found.name;
      setting_.port = found.server.port;
      setting_.security = found.security;
      endpoint_ = found.server;
      go(now, setting_);
    };
  }

  Setting setting_;
  ServerFinder finder_;
  bool is_found_{};
  std::optional<Endpoint> endpoint_;
};

}  // namespace mailscope
