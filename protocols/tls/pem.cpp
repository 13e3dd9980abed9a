#include "protocols/tls/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdlib>

namespace mailscope::tls {

namespace {

using Buffer = std::unique_ptr<BIO, decltype(&BIO_free)>;

/// What `write` puts into a BIO. It fails only where memory has run out.
template <class Write>
std::string text_of(Write write) {
  const Buffer buffer(BIO_new(BIO_s_mem()), BIO_free);
  if (!buffer || write(buffer.get()) != 1) std::abort();
  std::string text(BIO_ctrl_pending(buffer.get()), '\0');
  if (BIO_read(buffer.get(), text.data(), static_cast<int>(text.size())) != static_cast<int>(text.size())) std::abort();
  return text;
}

/// Keys of our own are never encrypted: for one that is, nobody is asked for a password.
int no_password(char*, int, int, void*) { return -1; }

}  // namespace

std::string certificate_pem(const Identity& identity) {
  return text_of([&](BIO* out) { return PEM_write_bio_X509(out, identity.certificate.get()); });
}

std::string identity_pem(const Identity& identity) {
  return text_of([&](BIO* out) {
           return PEM_write_bio_PKCS8PrivateKey(out, identity.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
         }) +
         certificate_pem(identity);
}

std::optional<Identity> identity_from_pem(const Library& library, const std::string& text) {
  const auto buffer = [&text] { return Buffer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free); };
  const Buffer keys = buffer(), certificates = buffer();
  if (!keys || !certificates) std::abort();
  Identity read{
      {X509_new_ex(library.get(), nullptr), X509_free},
      {PEM_read_bio_PrivateKey_ex(keys.get(), nullptr, no_password, nullptr, library.get(), nullptr), EVP_PKEY_free}};
  X509* certificate = read.certificate.get();
  const bool whole = certificate && PEM_read_bio_X509(certificates.get(), &certificate, no_password, nullptr) &&
                     read.key && X509_check_private_key(certificate, read.key.get()) == 1;
  ERR_clear_error();
  return whole ? std::optional(std::move(read)) : std::nullopt;
}

bool is_valid_at(const Identity& identity, Instant at) {
  auto seconds = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count());
  const X509* certificate = identity.certificate.get();
  return X509_cmp_time(X509_get0_notBefore(certificate), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &seconds) > 0;
}

}  // namespace mailscope::tls
