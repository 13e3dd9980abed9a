#include "protocols/tls/authority.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <utility>

namespace mailscope::tls {

namespace {

/// These calls fail only where memory has run out, or where this file is wrong.
void require(bool succeeded) {
  if (!succeeded) std::abort();
}

/// 16 octets, at most 20 are allowed and 64 bits of chance are wanted (RFC 5280 §4.1.2.2, CA/B Forum BR §7.1).
void draw_serial(Library& library, X509* certificate) {
  std::array<unsigned char, 16> octets{};
  require(RAND_bytes_ex(library.get(), octets.data(), octets.size(), 0) == 1);
  octets[0] = static_cast<unsigned char>((octets[0] & 0x3f) | 0x40);  // positive, and always of the same length
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(octets.data(), octets.size(), nullptr), BN_free);
  require(number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

bool is_address(const std::string& name) {
  const std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> octets(a2i_IPADDRESS(name.c_str()),
                                                                                ASN1_OCTET_STRING_free);
  return octets != nullptr;
}

void set_time(ASN1_TIME* field, Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  require(ASN1_TIME_adj(field, static_cast<std::time_t>(seconds), 0, 0) != nullptr);
}

void add_extension(X509* certificate, X509V3_CTX& context, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free);
  require(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

void add_extensions(X509* certificate, X509* issuer, const std::vector<std::string>& names) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const bool is_authority = names.empty();
  add_extension(certificate, context, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  add_extension(certificate, context, NID_key_usage,
                is_authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  add_extension(certificate, context, NID_subject_key_identifier, "hash");
  if (is_authority) return;
  add_extension(certificate, context, NID_authority_key_identifier, "keyid:always");
  add_extension(certificate, context, NID_ext_key_usage, "serverAuth");
  std::string alternatives;
  for (const std::string& name : names)
    alternatives += (alternatives.empty() ? "" : ",") + std::string(is_address(name) ? "IP:" : "DNS:") + name;
  add_extension(certificate, context, NID_subject_alt_name, alternatives);
}

}  // namespace

Authority::Authority(Library library, const std::string& name, Validity validity, RandomSource random)
    : library_(std::move(library)), random_(std::move(random)), own_(certified(name, {}, validity, nullptr)) {}

Authority::Authority(Library library, Identity own, RandomSource random)
    : library_(std::move(library)), random_(std::move(random)), own_(std::move(own)) {}

Identity Authority::issue(const std::vector<std::string>& names, Validity validity) {
  require(!names.empty());
  return certified(names.front(), names, validity, &own_);
}

/// Without names it is an authority's own; without issuer it signs itself.
Identity Authority::certified(const std::string& subject, const std::vector<std::string>& names, Validity validity,
                              const Identity* issuer) {
  const Drawing drawing(random_);
  Identity made{{X509_new_ex(library_.get(), nullptr), X509_free},
                {EVP_PKEY_Q_keygen(library_.get(), nullptr, "EC", "P-256"), EVP_PKEY_free}};
  X509* certificate = made.certificate.get();
  require(certificate && made.key && X509_set_version(certificate, X509_VERSION_3) == 1);
  draw_serial(library_, certificate);
  set_time(X509_getm_notBefore(certificate), validity.begin);
  set_time(X509_getm_notAfter(certificate), validity.end);
  require(X509_set_pubkey(certificate, made.key.get()) == 1);
  // A common name has at most 64 characters (RFC 5280 appendix A.1); clients look at the alternative names alone.
  const std::string common_name = subject.substr(0, 64);
  X509_NAME* name = X509_get_subject_name(certificate);
  require(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(common_name.data()),
                                     static_cast<int>(common_name.size()), -1, 0) == 1);
  X509* signer = issuer ? issuer->certificate.get() : certificate;
  require(X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1);
  add_extensions(certificate, signer, names);
  require(X509_sign(certificate, issuer ? issuer->key.get() : made.key.get(), EVP_sha256()) > 0);
  return made;
}

}  // namespace mailscope::tls
