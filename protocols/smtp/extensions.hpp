// The service extensions that a server may offer (RFC 5321 §2.2), as a set, so that each can be switched off.
// STARTTLS and AUTH are not among them: whether they are offered is decided by what the host has.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace mailscope::smtp {

enum class Extension : std::uint8_t {
  Pipelining,           ///< RFC 2920
  Size,                 ///< RFC 1870
  EightBitMime,         ///< RFC 6152
  EnhancedStatusCodes,  ///< RFC 2034
  Chunking,             ///< RFC 3030
  BinaryMime,           ///< RFC 3030; never without Chunking (§3)
  Smtputf8,             ///< RFC 6531; never without EightBitMime (§3.1)
  Dsn,                  ///< RFC 3461
  RequireTls,           ///< RFC 8689; only under TLS
  DeliverBy,            ///< RFC 2852
  FutureRelease,        ///< RFC 4865; only for submission
  MtPriority,           ///< RFC 6710
  Limits,               ///< RFC 9422
  Etrn,                 ///< RFC 1985; never for submission (RFC 6409 §7)
  Burl,                 ///< RFC 4468; only for submission, never without EightBitMime (§4)
};

/// EHLO keywords, by Extension; in this order they are offered.
inline constexpr std::array<std::string_view, 15> extension_keywords = {
    "PIPELINING", "SIZE",      "8BITMIME",      "ENHANCEDSTATUSCODES", "CHUNKING", "BINARYMIME", "SMTPUTF8", "DSN",
    "REQUIRETLS", "DELIVERBY", "FUTURERELEASE", "MT-PRIORITY",         "LIMITS",   "ETRN",       "BURL"};

class Extensions {
 public:
  constexpr Extensions(std::initializer_list<Extension> members) {
    for (const Extension each : members) bits_ |= bit(each);
  }
  [[nodiscard]] constexpr bool has(Extension extension) const { return (bits_ & bit(extension)) != 0; }
  [[nodiscard]] constexpr Extensions with(Extension extension) const { return Extensions(bits_ | bit(extension)); }
  [[nodiscard]] constexpr Extensions without(Extension extension) const { return Extensions(bits_ & ~bit(extension)); }
  [[nodiscard]] static constexpr Extensions all() { return Extensions((1U << extension_keywords.size()) - 1); }
  friend bool operator==(Extensions, Extensions) = default;

 private:
  explicit constexpr Extensions(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Extension extension) { return 1U << static_cast<unsigned>(extension); }

  std::uint32_t bits_{};
};

/// Those that the engine keeps alone. What the others promise, a host has to keep: reports, times of delivery, order,
/// the form in which a relay passes the message on, what a URL shows.
inline constexpr Extensions engine_extensions = {Extension::Pipelining,   Extension::Size,
                                                 Extension::EightBitMime, Extension::EnhancedStatusCodes,
                                                 Extension::Chunking,     Extension::Limits};

}  // namespace mailscope::smtp
