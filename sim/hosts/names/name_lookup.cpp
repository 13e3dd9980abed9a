#include "sim/hosts/names/name_lookup.hpp"

#include <fmt/format.h>

#include "protocols/core/ascii.hpp"
#include "protocols/dns/resolver.hpp"

namespace mailscope {
namespace {

constexpr Port dns_port{53};

std::string asked_for(const dns::Question& question) {
  return fmt::format("{} {}", dns::type_name(question.type), question.name);
}

}  // namespace

NameLookup::NameLookup(HostId id, Surroundings& world, Sessions& sessions, const ResolverSetting& setting)
    : HostToolkit(id, world, sessions), setting_(setting), random_(world.trace.seed, "names at " + info().name) {}

void NameLookup::look_up(Instant now, dns::Question question, OnAnswer done) {
  const Key key{ascii::lower(question.name), question.type};
  if (const auto same = under_way_.find(key); same != under_way_.end())
    return same->second.waiting.push_back(std::move(done));
  dns::Lookup lookup(question, setting_.servers.size(), setting_.cache ? &cache_ : nullptr, setting_.edns);
  UnderWay under_way{std::move(lookup), std::move(question), {}, {}};
  under_way.waiting.push_back(std::move(done));
  const auto begun = under_way_.emplace(key, std::move(under_way)).first;
  go_on(now, key, begun->second.lookup.begin(now));
}

void NameLookup::crash() {
  under_way_.clear();
  cache_.clear();
}

void NameLookup::go_on(Instant now, const Key& key, const dns::Lookup::Next& next) {
  if (const auto* wanted = std::get_if<dns::Lookup::Ask>(&next)) return ask(now, key, *wanted);
  finish(now, key, std::get<dns::Lookup::Done>(next));
}

void NameLookup::ask(Instant now, const Key& key, const dns::Lookup::Ask& ask) {
  UnderWay& under_way = under_way_.at(key);
  note_why(now, under_way, ask);
  under_way.server = setting_.servers.at(ask.server);
  const auto server = host_named(under_way.server);
  const bool stream = ask.carrier == dns::Carrier::Stream;
  const auto id = static_cast<std::uint16_t>(random_.below(65'536));
  connect<dns::Resolver>(
      now, stream ? Transport::Tcp : Transport::Udp, {*server, dns_port}, "DNS", "lookup",
      [this, key](Instant then, dns::Resolver&, dns::Resolver::Event& event) {
        told(then, key, std::get<dns::AnswerReceived>(event).answer);
      },
      [this, key](Instant then, Phase) { told(then, key, std::nullopt); }, ask.question, id, ask.carrier, ask.waits,
      ask.edns);
}

void NameLookup::told(Instant now, const Key& key, const std::optional<dns::Message>& answer) {
  const auto asking = under_way_.find(key);
  if (asking != under_way_.end()) go_on(now, key, asking->second.lookup.told(now, answer));
}

void NameLookup::finish(Instant now, const Key& key, const dns::Lookup::Done& done) {
  const UnderWay ended = std::move(under_way_.extract(key).mapped());
  if (done.cached_for) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(*done.cached_for).count();
    const bool failed = done.response.rcode == dns::Rcode::ServerFailure;
    note(now, failed ? Severity::Warning : Severity::Info, failed ? "notice/dns-failed-before" : "notice/dns-cached",
         {asked_for(ended.question), dns::summary(done.response), fmt::format("{}", seconds)});
  }
  if (!done.answered) note(now, Severity::Failure, "notice/lookup-failed", {ended.question.name});
  for (const OnAnswer& tell : ended.waiting) tell(now, done.answered ? std::optional(done.response) : std::nullopt);
}

void NameLookup::note_why(Instant now, const UnderWay& under_way, const dns::Lookup::Ask& ask) {
  switch (ask.why) {
    case dns::Lookup::Why::First:
      return;
    case dns::Lookup::Why::Alias:
      return note(now, Severity::Info, "notice/dns-alias", {under_way.question.name, ask.question.name});
    case dns::Lookup::Why::Truncated:
      return note(now, Severity::Info, "notice/dns-truncated", {under_way.server});
    case dns::Lookup::Why::PlainDns:
      return note(now, Severity::Info, "notice/dns-without-edns", {under_way.server});
    case dns::Lookup::Why::NextServer:
      return note(now, Severity::Warning, "notice/dns-next-server",
                  {under_way.server, setting_.servers.at(ask.server)});
  }
}

}  // namespace mailscope
