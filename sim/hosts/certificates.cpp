#include "sim/hosts/certificates.hpp"

#include <chrono>
#include <optional>
#include <span>

#include "sim/kernel/random.hpp"

namespace mailscope {
namespace {

constexpr auto day = std::chrono::hours(24);

}  // namespace

struct Certificates::Made {
  tls::Library library{tls::Library::Randomness::Drawn};
  tls::Authority trusted, stranger;
  tls::Context client;
  std::map<std::pair<std::string, CertificateState>, tls::Identity> identities{};

  explicit Made(const Certificates& owner)
      : trusted(library, "Mailscope Root CA", validity(owner), owner.random("trusted authority")),
        stranger(library, "Unknown CA", validity(owner), owner.random("untrusted authority")),
        client(tls::Context::client(library, {&trusted.root(), 1})) {}
  static tls::Validity validity(const Certificates& owner) {
    return {owner.now_ - 365 * day, owner.now_ + 10 * 365 * day};
  }
};

Certificates::Made& Certificates::made() {
  if (!made_) made_ = std::make_shared<Made>(*this);
  return *made_;
}

tls::RandomSource Certificates::random(const std::string& purpose) const {
  return [stream = RandomStream(seed_, "tls: " + purpose)](std::span<unsigned char> octets) mutable {
    std::uint64_t drawn = 0;
    for (std::size_t i = 0; i < octets.size(); ++i) {
      drawn = i % 8 == 0 ? stream.next() : drawn >> 8;
      octets[i] = static_cast<unsigned char>(drawn);
    }
  };
}

TlsSetting Certificates::server(const std::string& name, CertificateState state, const std::string& protocol,
                                bool from_the_start) {
  Made& all = made();
  auto found = all.identities.find({name, state});
  if (found == all.identities.end()) {
    const bool expired = state == CertificateState::Expired;
    // 90 days, as certificates of today have; an expired one ended the day before the world begins.
    const tls::Validity validity{now_ - (expired ? 91 : 30) * day, now_ + (expired ? -1 : 60) * day};
    const std::string named = state == CertificateState::WrongName ? "www.example.net" : name;
    tls::Authority& signer = state == CertificateState::Untrusted ? all.stranger : all.trusted;
    found = all.identities.emplace(std::pair(name, state), signer.issue({named}, validity)).first;
  }
  std::vector<std::string> protocols;
  if (!protocol.empty()) protocols.push_back(protocol);
  return {tls::Context::server(all.library, found->second, protocols), {}, from_the_start};
}

TlsSetting Certificates::client(const std::string& server_name, const std::string& protocol, bool verify,
                                bool from_the_start) {
  tls::StageOptions options;
  options.server_name = server_name;
  if (!protocol.empty()) options.protocols.push_back(protocol);
  options.verify = verify;
  return {made().client, std::move(options), from_the_start};
}

}  // namespace mailscope
