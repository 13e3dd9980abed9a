#include "sim/hosts/session/certificates.hpp"

#include <chrono>
#include <span>
#include <tuple>

#include "sim/kernel/random.hpp"

namespace mailscope {
namespace {

constexpr auto day = std::chrono::hours(24);

tls::Validity validity_at(Instant now) { return {now - 365 * day, now + 10 * 365 * day}; }

}  // namespace

struct Certificates::Made {
  using Key = std::tuple<std::string, CertificateState, std::string, tls::Version>;  ///< name, state, ALPN

  tls::Library library;
  tls::Authority trusted, stranger;
  std::vector<std::string> also_named;
  tls::Context client;
  std::map<std::string, tls::Context> clients_of{};  ///< of servers with a trust of their own
  std::map<std::pair<std::string, CertificateState>, tls::Identity> identities{};
  std::map<Key, tls::Context> servers{};

  Made(tls::Library its_library, tls::Authority authority, std::vector<std::string> names, Instant now,
       tls::RandomSource random)
      : library(std::move(its_library)),
        trusted(std::move(authority)),
        stranger(library, "Unknown CA", validity_at(now), std::move(random)),
        also_named(std::move(names)),
        client(tls::Context::client(library, {&trusted.root(), 1})) {}
};

Certificates::Certificates(tls::Library library, tls::Authority authority, std::vector<std::string> also_named,
                           Instant now)
    : now_(now),
      made_(std::make_shared<Made>(std::move(library), std::move(authority), std::move(also_named), now,
                                   random("untrusted authority"))) {}

Certificates::Made& Certificates::made() {
  if (made_) return *made_;
  const tls::Library library{tls::Library::Randomness::Drawn};
  tls::Authority trusted(library, "Mailscope Root CA", validity_at(now_), random("tls: trusted authority"));
  made_ = std::make_shared<Made>(library, std::move(trusted), std::vector<std::string>{}, now_,
                                 random("tls: untrusted authority"));
  return *made_;
}

tls::RandomSource Certificates::random(const std::string& purpose) const {
  if (!seed_) return tls::real_random;
  return [stream = RandomStream(*seed_, purpose)](std::span<unsigned char> octets) mutable {
    std::uint64_t drawn = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
      drawn = i % 8 == 0 ? stream.next() : drawn >> 8;
      octets[i] = static_cast<unsigned char>(drawn);
    }
  };
}

TlsSetting Certificates::server(const std::string& name, CertificateState state, const std::string& protocol,
                                tls::Version newest, bool from_the_start) {
  Made& all = made();
  auto found = all.servers.find({name, state, protocol, newest});
  if (found == all.servers.end()) {
    std::vector<std::string> protocols;
    if (!protocol.empty()) protocols.push_back(protocol);
    found = all.servers
                .emplace(Made::Key{name, state, protocol, newest},
                         tls::Context::server(all.library, identity(name, state), protocols, newest))
                .first;
  }
  return {found->second, {}, from_the_start};
}

const tls::Identity& Certificates::identity(const std::string& name, CertificateState state) {
  Made& all = made();
  auto found = all.identities.find({name, state});
  if (found != all.identities.end()) return found->second;
  const bool expired = state == CertificateState::Expired;
  // 90 days, as certificates of today have; an expired one ended the day before the world begins.
  const tls::Validity validity{now_ - (expired ? 91 : 30) * day, now_ + (expired ? -1 : 60) * day};
  std::vector<std::string> names{"www.example.net"};
  if (state != CertificateState::WrongName) {
    names = all.also_named;
    std::erase(names, name);  // a host may be called "localhost"
    names.insert(names.begin(), name);
  }
  tls::Authority& signer = state == CertificateState::Untrusted ? all.stranger : all.trusted;
  return all.identities.emplace(std::pair(name, state), signer.issue(names, validity)).first->second;
}

TlsSetting Certificates::client(const std::string& server_name, const std::string& protocol, bool verify,
                                bool from_the_start) {
  tls::StageOptions options;
  options.server_name = server_name;
  if (!protocol.empty()) options.protocols.push_back(protocol);
  options.verify = verify;
  Made& all = made();
  const auto own = all.clients_of.find(server_name);
  return {own == all.clients_of.end() ? all.client : own->second, std::move(options), from_the_start};
}

void Certificates::trust(const std::string& server_name, tls::Context context) {
  made().clients_of.insert_or_assign(server_name, std::move(context));
}

}  // namespace mailscope
