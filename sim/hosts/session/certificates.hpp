// A world's public-key infrastructure: one authority that everybody trusts, one that nobody does, and certificates as a
// scenario wants them; and the chance that keys and logins draw from. Certificates are made when they are first asked
// for, so a world without TLS pays nothing. In a simulation seed and names decide every octet. Where real peers take
// part, chance is the machine's.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/tls/stage.hpp"
#include "sim/scenario/scenario.hpp"

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
  /// For real peers: `authority`, whose library is Real, signs. Servers are known by `also_named` too.
  Certificates(tls::Library library, tls::Authority authority, std::vector<std::string> also_named, Instant now);

  /// For a server of this name; `protocol` is what ALPN accepts, empty for none; `newest` the best that it speaks.
  [[nodiscard]] TlsSetting server(const std::string& name, CertificateState state, const std::string& protocol,
                                  tls::Version newest, bool from_the_start);
  /// For a client that wants to talk to `server_name`.
  [[nodiscard]] TlsSetting client(const std::string& server_name, const std::string& protocol, bool verify,
                                  bool from_the_start);
  /// A client that wants to talk to this server decides by `context` whom to trust.
  void trust(const std::string& server_name, tls::Context context);
  /// A stream of its own for each purpose; for real peers the machine's own chance, which nobody can guess.
  [[nodiscard]] tls::RandomSource random(const std::string& purpose) const;

 private:
  struct Made;
  [[nodiscard]] Made& made();
  [[nodiscard]] const tls::Identity& identity(const std::string& name, CertificateState state);

  std::optional<std::uint64_t> seed_;  ///< none: chance is real
  Instant now_;
  std::shared_ptr<Made> made_;
};

}  // namespace mailscope
