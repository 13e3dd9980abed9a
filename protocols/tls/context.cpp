#include "protocols/tls/context.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <utility>

namespace mailscope::tls {

namespace {

/// These calls fail only where memory has run out, or where this file is wrong.
void require(bool succeeded) {
  if (!succeeded) std::abort();
}

// RFC 9325 §4.2: ephemeral Diffie-Hellman with AEAD; RSA certificates are for peers that have one.
constexpr const char* suites_12 =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* suites_11 = "ECDHE-ECDSA-AES128-SHA";  // never agreed on: there is no such version
constexpr const char* suites_13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

/// Octets of a certificate chain that a peer may make us hold: five times the common.
constexpr std::size_t chain_octets_max = 32'768;

/// A new context draws keys for session tickets, which are never made: in a Drawn library anything will do.
std::shared_ptr<SSL_CTX> new_context(const Library& library, bool is_server) {
  const RandomSource nothing = [](std::span<unsigned char> octets) { std::ranges::fill(octets, std::uint8_t{}); };
  const Drawing drawing(nothing);
  return {SSL_CTX_new_ex(library.get(), nullptr, is_server ? TLS_server_method() : TLS_client_method()), SSL_CTX_free};
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void* own) {
  const std::string& list = *static_cast<const std::string*>(own);
  unsigned char* selected = nullptr;
  const int result = SSL_select_next_proto(&selected, length, reinterpret_cast<const unsigned char*>(list.data()),
                                           static_cast<unsigned>(list.size()), offered, offered_length);
  *chosen = selected;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

std::string protocol_name_list(std::span<const std::string> names) {
  std::string list;
  for (const std::string& name : names) {
    assert(!name.empty() && name.size() <= 255);
    list.append(1, static_cast<char>(name.size())).append(name);
  }
  return list;
}

Context::Context(const Library& library, bool is_server, Version newest)
    : library_(library), context_(new_context(library, is_server)), is_server_(is_server) {
  SSL_CTX* context = get();
  require(context != nullptr);
  constexpr int numbers[] = {TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};  // by Version
  const bool is_old = newest == Version::Tls11;
  require(SSL_CTX_set_min_proto_version(context, is_old ? TLS1_VERSION : TLS1_2_VERSION) == 1);
  require(SSL_CTX_set_max_proto_version(context, numbers[static_cast<std::size_t>(newest)]) == 1);
  require(SSL_CTX_set_cipher_list(context, is_old ? suites_11 : suites_12) == 1 &&
          SSL_CTX_set_ciphersuites(context, suites_13) == 1);
  require(SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1);
  SSL_CTX_set_security_level(context, is_old ? 0 : 2);  // 112 bits and more, no SHA-1 signatures
  SSL_CTX_set_options(
      context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  require(SSL_CTX_set_num_tickets(context, 0) == 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // an idle connection holds no record buffers
  SSL_CTX_set_max_cert_list(context, static_cast<long>(chain_octets_max));
}

Context Context::server(const Library& library, const Identity& identity, const std::vector<std::string>& protocols,
                        Version newest) {
  Context made(library, true, newest);
  require(SSL_CTX_use_certificate(made.get(), identity.certificate.get()) == 1);
  require(SSL_CTX_use_PrivateKey(made.get(), identity.key.get()) == 1);
  if (protocols.empty()) return made;
  made.protocols_ = std::make_shared<const std::string>(protocol_name_list(protocols));
  SSL_CTX_set_alpn_select_cb(made.get(), select_protocol, const_cast<std::string*>(made.protocols_.get()));
  return made;
}

Context Context::client(const Library& library, std::span<const std::shared_ptr<x509_st>> trusted, Version newest) {
  Context made(library, false, newest);
  X509_STORE* store = SSL_CTX_get_cert_store(made.get());
  for (const auto& root : trusted) require(X509_STORE_add_cert(store, root.get()) == 1);
  require(X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN) == 1);  // a server's own certificate will do too
  return made;
}

Context Context::client_of_machine(const Library& library) {
  Context made(library, false, Version::Tls13);
  SSL_CTX_set_default_verify_paths(made.get());  // a machine without such a store trusts nobody
  return made;
}

}  // namespace mailscope::tls
