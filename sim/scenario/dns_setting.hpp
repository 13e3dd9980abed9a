// What a scenario says about DNS: records, faults, and whom a host asks. It knows no engine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mailscope {

/// A resource record of a zone.
struct ZoneRecord {
  enum class Type : std::uint8_t { Mx, A, Aaaa, Cname, Txt, Srv, Ptr, Soa } type{};
  std::string name;            ///< full name without the last dot
  std::uint16_t preference{};  ///< MX; SRV: its priority
  std::string value;           ///< exchange, address, target, text; SOA: the primary server
  std::uint32_t ttl_s{3600};
  std::uint16_t weight{}, port{};  ///< SRV
  std::uint32_t minimum_s{300};    ///< SOA: for how long it may be kept that something does not exist (RFC 2308 §4)
};

struct Zone {
  std::string name;
  std::vector<ZoneRecord> records;
};

/// What a DNS server does wrong.
struct DnsFault {
  enum class Kind : std::uint8_t {
    ServFail,
    Refused,
    Silent,     ///< no answer at all
    Truncated,  ///< over datagrams: an answer that is empty and says that it is not whole
  } kind{};
  std::string name;  ///< to questions for this name and those below it; empty: to all
  std::optional<ZoneRecord::Type> type;
  std::optional<std::uint32_t> times;  ///< to so many questions; none: for ever
};

/// Whom a host asks for names.
struct ResolverSetting {
  std::vector<std::string> servers;  ///< hosts, best first; none: no look-up succeeds
  bool cache{true};                  ///< answers are remembered for their time to live
  bool edns{true};                   ///< answers longer than 512 octets are taken in datagrams (RFC 6891)
};

}  // namespace mailscope
