#include "protocols/sasl/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <cassert>

namespace mailscope::sasl {

namespace {

const EVP_MD* algorithm(Hash hash) {
  switch (hash) {
    case Hash::Md5:
      return EVP_md5();
    case Hash::Sha1:
      return EVP_sha1();
    case Hash::Sha256:
      break;
  }
  return EVP_sha256();
}

std::string sized_for(Hash hash) { return std::string(static_cast<std::size_t>(EVP_MD_get_size(algorithm(hash))), 0); }

unsigned char* octets_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

std::string digest(Hash hash, std::string_view octets) {
  std::string result = sized_for(hash);
  const int done = EVP_Digest(octets.data(), octets.size(), octets_of(result), nullptr, algorithm(hash), nullptr);
  assert(done == 1);
  return done == 1 ? result : std::string();
}

std::string hmac(Hash hash, std::string_view key, std::string_view octets) {
  std::string result = sized_for(hash);
  unsigned size = 0;
  const auto* done = HMAC(algorithm(hash), key.data(), static_cast<int>(key.size()), octets_of(octets), octets.size(),
                          octets_of(result), &size);
  assert(done && size == result.size());
  return done ? result : std::string();
}

std::string pbkdf2(Hash hash, std::string_view password, std::string_view salt, unsigned iterations) {
  std::string result = sized_for(hash);
  const int done = PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), octets_of(salt),
                                     static_cast<int>(salt.size()), static_cast<int>(iterations), algorithm(hash),
                                     static_cast<int>(result.size()), octets_of(result));
  assert(done == 1);
  return done == 1 ? result : std::string();
}

bool equal_secrets(std::string_view a, std::string_view b) {
  const std::string left = digest(Hash::Sha256, a), right = digest(Hash::Sha256, b);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string exclusive_or(std::string_view a, std::string_view b) {
  assert(a.size() == b.size());
  std::string result(a);
  std::ranges::transform(a, b, result.begin(), [](char x, char y) { return static_cast<char>(x ^ y); });
  return result;
}

std::string hexadecimal(std::string_view octets) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const char octet : octets) {
    result += digits[static_cast<unsigned char>(octet) >> 4];
    result += digits[static_cast<unsigned char>(octet) & 15];
  }
  return result;
}

}  // namespace mailscope::sasl
