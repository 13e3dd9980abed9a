// The simulated public-key infrastructure: one authority that everybody trusts, one that nobody does, and certificates
// as a scenario wants them. Made when they are first asked for, so a world without TLS pays nothing. Seed and names
// decide every octet.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "protocols/tls/stage.hpp"
#include "sim/lesson/scenario.hpp"

namespace mailscope {

/// How one side of a connection may be secured.
struct TlsSetting {
  tls::Context context;
  tls::StageOptions options;
  bool from_the_start{};  ///< implicit TLS (RFC 8314 §3); else when the engine says StartTls
};

class Certificates {
 public:
  /// `now`: the world's start, around which certificates are valid or not.
  Certificates(std::uint64_t seed, Instant now) : seed_(seed), now_(now) {}

  /// For a server of this name; `protocol` is what ALPN accepts, empty for none.
  [[nodiscard]] TlsSetting server(const std::string& name, CertificateState state, const std::string& protocol,
                                  bool from_the_start);
  /// For a client that wants to talk to `server_name`.
  [[nodiscard]] TlsSetting client(const std::string& server_name, const std::string& protocol, bool verify,
                                  bool from_the_start);
  /// A stream of its own for each purpose.
  [[nodiscard]] tls::RandomSource random(const std::string& purpose) const;

 private:
  struct Made;
  [[nodiscard]] Made& made();

  std::uint64_t seed_;
  Instant now_;
  std::shared_ptr<Made> made_;
};

}  // namespace mailscope
