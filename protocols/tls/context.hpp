// What all connections of one side share: who it is, whom it trusts, and the settings of RFC 9325 (TLS 1.2 and 1.3,
// forward secrecy and AEAD only, no renegotiation, no compression, no resumption: each session is a whole handshake to
// watch).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "protocols/tls/authority.hpp"
#include "protocols/tls/version.hpp"

struct ssl_ctx_st;

namespace mailscope::tls {

class Context {
 public:
  /// A server with this certificate. It speaks versions from 1.2 up to `newest`, or nothing but 1.1 and older ones.
  /// `protocols` are those that it accepts by ALPN; a client that offers others only is refused (RFC 7301 §3.2), one
  /// that offers none is taken.
  static Context server(const Library& library, const Identity& identity, const std::vector<std::string>& protocols,
                        Version newest = Version::Tls13);
  /// A client that trusts these certificates and those that they sign.
  static Context client(const Library& library, std::span<const std::shared_ptr<x509_st>> trusted,
                        Version newest = Version::Tls13);
  /// A client that trusts what this machine trusts: OpenSSL's own store, or that of SSL_CERT_FILE and SSL_CERT_DIR.
  static Context client_of_machine(const Library& library);

  [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }
  [[nodiscard]] bool is_server() const { return is_server_; }
  [[nodiscard]] const Library& library() const { return library_; }

 private:
  Context(const Library& library, bool is_server, Version newest);

  Library library_;                               ///< outlives what is made in it
  std::shared_ptr<const std::string> protocols_;  ///< ALPN's ProtocolNameList, to which the callback points
  std::shared_ptr<ssl_ctx_st> context_;
  bool is_server_;
};

/// ProtocolName list<2..2^16-1> without its length (RFC 7301 §3.1). Names of 1 to 255 octets.
[[nodiscard]] std::string protocol_name_list(std::span<const std::string> names);

}  // namespace mailscope::tls
