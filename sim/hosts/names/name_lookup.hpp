// The part of a host that looks names up: asks its DNS servers, remembers what they said, and tells people what it
// does. It knows questions and answers, and nothing of why they are asked.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "protocols/dns/lookup.hpp"
#include "sim/hosts/session/host.hpp"
#include "sim/kernel/random.hpp"
#include "sim/scenario/dns_setting.hpp"

namespace mailscope {

class NameLookup final : HostToolkit {
 public:
  /// A part of the host `id`; `setting` outlives this.
  NameLookup(HostId id, Surroundings& world, Sessions& sessions, const ResolverSetting& setting);

  /// The response, with what aliases lead to; nothing where nobody gave one.
  using OnAnswer = std::function<void(Instant, const std::optional<dns::Message>&)>;
  /// `done` is called once, now or later; not after a crash. Who asks what is being asked already waits for the same
  /// answer (RFC 5452 §5).
  void look_up(Instant now, dns::Question question, OnAnswer done);
  /// Power is gone: the memory too.
  void crash();

 private:
  struct UnderWay {
    dns::Lookup lookup;
    dns::Question question;
    std::vector<OnAnswer> waiting;
    std::string server;  ///< asked last
  };
  using Key = std::pair<std::string, dns::Type>;

  void go_on(Instant now, const Key& key, const dns::Lookup::Next& next);
  void ask(Instant now, const Key& key, const dns::Lookup::Ask& ask);
  void told(Instant now, const Key& key, const std::optional<dns::Message>& answer);
  void finish(Instant now, const Key& key, const dns::Lookup::Done& done);
  void note_why(Instant now, const UnderWay& under_way, const dns::Lookup::Ask& ask);

  const ResolverSetting& setting_;
  RandomStream random_;
  dns::Cache cache_;
  std::map<Key, UnderWay> under_way_;  ///< by name in lower case and type
};

}  // namespace mailscope
