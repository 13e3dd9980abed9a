// Certificates for host names and the authority that signs them (RFC 5280): ECDSA on P-256 throughout, which costs well
// under a millisecond each. It refuses to know who asks for a certificate and what for.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/tls/library.hpp"

struct x509_st;
struct evp_pkey_st;

namespace mailscope::tls {

/// A certificate with its private key.
struct Identity {
  std::shared_ptr<x509_st> certificate;
  std::shared_ptr<evp_pkey_st> key;
};

/// A certificate is valid from `begin` up to and including `end` (RFC 5280 §4.1.2.5).
struct Validity {
  Instant begin, end;
};

class Authority {
 public:
  /// A root that trusts itself. Keys, serial numbers and signatures draw from `random` where the library is `Drawn`.
  Authority(Library library, const std::string& name, Validity validity, RandomSource random);
  /// One that was made before, e.g. read by identity_from_pem().
  Authority(Library library, Identity own, RandomSource random);
  /// A certificate for a server with these names as dNSName, or as iPAddress where they are addresses (RFC 6125 §6.4,
  /// RFC 5280 §4.2.1.6; 1 to 100 names, each an IA5String without comma), the first as its subject, signed by this
  /// authority.
  [[nodiscard]] Identity issue(const std::vector<std::string>& names, Validity validity);
  /// With the private key.
  [[nodiscard]] const Identity& own() const { return own_; }
  /// What others trust.
  [[nodiscard]] const std::shared_ptr<x509_st>& root() const { return own_.certificate; }

 private:
  [[nodiscard]] Identity certified(const std::string& subject, const std::vector<std::string>& names, Validity validity,
                                   const Identity* issuer);

  Library library_;
  RandomSource random_;
  Identity own_;
};

}  // namespace mailscope::tls
