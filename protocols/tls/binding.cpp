#include "protocols/tls/binding.hpp"

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <memory>
#include <string_view>

namespace mailscope::tls {

std::string exporter_binding(ssl_st* connection) {
  constexpr std::string_view label = "EXPORTER-Channel-Binding";
  if (SSL_version(connection) < TLS1_3_VERSION && SSL_get_extms_support(connection) != 1) return {};
  std::array<unsigned char, 32> octets{};
  const int exported =
      SSL_export_keying_material(connection, octets.data(), octets.size(), label.data(), label.size(), nullptr, 0, 1);
  return exported == 1 ? std::string(octets.begin(), octets.end()) : std::string();
}

std::string server_end_point_binding(ssl_st* connection, const Library& library) {
  const X509* certificate =
      SSL_is_server(connection) ? SSL_get_certificate(connection) : SSL_get0_peer_certificate(connection);
  int digest = NID_undef;
  if (!certificate || X509_get_signature_info(const_cast<X509*>(certificate), &digest, nullptr, nullptr, nullptr) != 1)
    return {};
  if (digest == NID_undef) return {};
  if (digest == NID_md5 || digest == NID_sha1) digest = NID_sha256;  // RFC 5929 §4.1
  const std::unique_ptr<EVP_MD, void (*)(EVP_MD*)> method(EVP_MD_fetch(library.get(), OBJ_nid2sn(digest), nullptr),
                                                          EVP_MD_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets{};
  unsigned length = 0;
  if (!method || X509_digest(certificate, method.get(), octets.data(), &length) != 1) return {};
  return {octets.begin(), octets.begin() + length};
}

}  // namespace mailscope::tls
