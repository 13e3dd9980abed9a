#include "sim/hosts/names/server_finder.hpp"

#include <fmt/format.h>

#include <utility>

#include "protocols/core/idna.hpp"

namespace mailscope {
namespace {

/// A name that can be looked up.
ServerFinder::Wanted in_a_labels(ServerFinder::Wanted wanted) {
  wanted.domain = to_a_labels(wanted.domain).value_or(wanted.domain);
  return wanted;
}

}  // namespace

ServerFinder::ServerFinder(HostId id, Surroundings& world, Sessions& sessions, NameLookup& names, Wanted wanted)
    : HostToolkit(id, world, sessions),
      names_(names),
      wanted_(in_a_labels(std::move(wanted))),
      weights_(world.trace.seed, "SRV weights at " + info().name + ": " + wanted_.service),
      services_(services()) {}

/// RFC 8314 §5.1: what is not encrypted only where nothing else is advertised, unless the person asks for it.
std::deque<ServerFinder::Service> ServerFinder::services() const {
  const Service tls{wanted_.tls_service, Security::Tls};
  const Service plain{wanted_.service, wanted_.security.value_or(Security::Opportunistic)};
  if (!wanted_.security) return {tls, plain};
  return {*wanted_.security == Security::Tls ? tls : plain};
}

void ServerFinder::find(Instant now, OnFound on_found) {
  if (found_) return on_found(now, &*found_);
  waiting_.push_back(std::move(on_found));
  if (waiting_.size() == 1) locate(now);
}

void ServerFinder::find_next(Instant now, const Endpoint& failed, OnFound on_found) {
  if (found_ && found_->server == failed) found_.reset();
  find(now, std::move(on_found));
}

void ServerFinder::locate(Instant now) {
  if (candidates_.empty()) return ask_for_service(now);
  const Candidate candidate = std::move(candidates_.front());
  candidates_.pop_front();
  names_.look_up(now, {candidate.target.target, dns::Type::A},
                 [this, candidate](Instant then, const std::optional<dns::Message>& answered) {
                   answered && take_address(then, candidate, *answered) ? answer(then) : locate(then);
                 });
}

/// False where the answer has no address of a host that there is.
bool ServerFinder::take_address(Instant now, const Candidate& candidate, const dns::Message& answer) {
  for (const dns::ResourceRecord& record : answer.answers) {
    if (record.type != dns::Type::A) continue;
    const auto host = host_with_address(std::get<std::string>(record.data));
    if (!host) continue;
    const auto& [target, service] = candidate;
    found_ = Found{target.target, {*host, Port{target.port}}, service.security};
    note(now, Severity::Info, "notice/server-found", {service.label, target.target, fmt::format("{}", target.port)});
    if (service.security == Security::Opportunistic && !wanted_.security)
      note(now, Severity::Warning, "notice/server-found-in-clear", {target.target});
    return true;
  }
  return false;
}

/// Who waits may ask again from within.
void ServerFinder::answer(Instant now) {
  const std::optional<Found> found = found_;
  for (const OnFound& tell : std::exchange(waiting_, {})) tell(now, found ? &*found : nullptr);
}

void ServerFinder::ask_for_service(Instant now) {
  if (services_.empty()) {
    services_ = services();  // another time perhaps
    note(now, Severity::Failure, "notice/no-server-found", {wanted_.service, wanted_.domain});
    return answer(now);
  }
  const Service service = std::move(services_.front());
  services_.pop_front();
  names_.look_up(now, {dns::service_name(service.label, wanted_.domain), dns::Type::Srv},
                 [this, service](Instant then, const std::optional<dns::Message>& answered) {
                   take_targets(then, service, answered);
                   locate(then);
                 });
}

void ServerFinder::take_targets(Instant now, const Service& service, const std::optional<dns::Message>& answer) {
  if (!answer) return;
  const std::vector<dns::SrvData> listed = dns::services_of(*answer);
  const auto in_order = dns::in_order(listed, [this](std::uint64_t bound) { return weights_.below(bound); });
  for (const dns::SrvData& target : in_order) candidates_.push_back({target, service});
  // RFC 6186 §3.4: a target "." is a clear no.
  if (!listed.empty() && in_order.empty())
    note(now, Severity::Info, "notice/service-not-offered", {service.label, wanted_.domain});
}

}  // namespace mailscope
