#include "protocols/tls/pem.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <chrono>
#include <cstdlib>
#include <utility>

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

namespace {

Buffer buffer_of(const std::string& text) {
  Buffer buffer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
  if (!buffer) std::abort();
  return buffer;
}

/// The next certificate of the text, or null. One that cannot be read is freed by OpenSSL, which then forgets it here.
std::shared_ptr<X509> next_certificate(const Library& library, BIO* from) {
  X509* certificate = X509_new_ex(library.get(), nullptr);
  const bool whole = certificate && PEM_read_bio_X509(from, &certificate, no_password, nullptr);
  const std::shared_ptr<X509> read(certificate, X509_free);
  return whole ? read : nullptr;
}

}  // namespace

std::optional<Identity> identity_from_pem(const Library& library, const std::string& text) {
  const Buffer keys = buffer_of(text), certificates = buffer_of(text);
  Identity read{
      next_certificate(library, certificates.get()),
      {PEM_read_bio_PrivateKey_ex(keys.get(), nullptr, no_password, nullptr, library.get(), nullptr), EVP_PKEY_free}};
  const bool whole =
      read.certificate && read.key && X509_check_private_key(read.certificate.get(), read.key.get()) == 1;
  ERR_clear_error();
  return whole ? std::optional(std::move(read)) : std::nullopt;
}

std::vector<std::shared_ptr<x509_st>> certificates_from_pem(const Library& library, const std::string& text) {
  const Buffer buffer = buffer_of(text);
  std::vector<std::shared_ptr<x509_st>> read;
  while (read.size() < certificates_max) {
    std::shared_ptr<X509> next = next_certificate(library, buffer.get());
    if (!next) break;
    read.push_back(std::move(next));
  }
  ERR_clear_error();
  return read;
}

bool is_valid_at(const Identity& identity, Instant at) {
  auto seconds = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count());
  const X509* certificate = identity.certificate.get();
  return X509_cmp_time(X509_get0_notBefore(certificate), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate), &seconds) > 0;
}

}  // namespace mailscope::tls
