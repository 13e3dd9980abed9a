// OpenSSL as this program uses it: a library context of its own, untouched by the machine's openssl.cnf. Its randomness
// is the machine's, or, in a simulation, whatever the caller's source gives: the same octets make the same handshake,
// byte for byte. Other versions of OpenSSL may draw differently; on one version every run is equal. This header names
// no OpenSSL header, so that only protocols/tls sees that library.
#pragma once

#include <functional>
#include <memory>
#include <span>

struct ossl_lib_ctx_st;

namespace mailscope::tls {

/// Fills all of it with random octets. A seeded one is predictable: it protects nothing and is for simulations alone.
using RandomSource = std::function<void(std::span<unsigned char>)>;

/// The machine's own chance, which nobody can guess.
void real_random(std::span<unsigned char> octets);

class Library {
 public:
  enum class Randomness : std::uint8_t {
    Real,   ///< the operating system's; sources are not asked
    Drawn,  ///< every draw comes from the Drawing that lives on the calling thread, and fails where there is none
  };
  explicit Library(Randomness randomness);
  [[nodiscard]] ossl_lib_ctx_st* get() const { return context_.get(); }

 private:
  std::shared_ptr<ossl_lib_ctx_st> context_;
};

/// While it lives, draws on this thread come from `source`, which outlives it. The last one made counts.
class Drawing {
 public:
  explicit Drawing(const RandomSource& source);
  ~Drawing();
  Drawing(const Drawing&) = delete;
  Drawing& operator=(const Drawing&) = delete;

 private:
  const RandomSource* before_;
};

}  // namespace mailscope::tls
