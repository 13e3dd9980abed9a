// DNS messages (RFC 1035 §4) as values, and their octets. Compression is written and read; hostile input is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mailscope::dns {

enum class Type : std::uint16_t { A = 1, Ns = 2, Cname = 5, Soa = 6, Ptr = 12, Mx = 15, Txt = 16, Aaaa = 28, Srv = 33 };
inline constexpr Type any_type{255};  ///< a question for all types (RFC 1035 §3.2.3)
inline constexpr Type opt_type{41};   ///< no record of a zone: see Edns
enum class Rcode : std::uint16_t {
  NoError = 0,
  FormatError = 1,
  ServerFailure = 2,
  NameError = 3,
  NotImplemented = 4,
  Refused = 5,
  BadVersion = 16  ///< of EDNS (RFC 6891 §9); codes over 15 travel with an Edns alone
};

enum class Class : std::uint16_t { Internet = 1, Any = 255 };

/// Names are kept as text without the last dot, "" is the root; compare them with same_name(). A dot or backslash
/// within a label, and octets that are not printable, are written as in master files (RFC 1035 §5.1): "\." "\127".
struct Question {
  std::string name;
  Type type{};
  Class of{Class::Internet};
  friend bool operator==(const Question&, const Question&) = default;
};
struct MxData {
  std::uint16_t preference{};
  std::string exchange;
  friend bool operator==(const MxData&, const MxData&) = default;
};
/// RFC 1035 §3.3.13; carried in negative answers (RFC 2308).
struct SoaData {
  std::string primary, mailbox;
  std::uint32_t serial{}, refresh_s{}, retry_s{}, expire_s{}, minimum_s{};
  friend bool operator==(const SoaData&, const SoaData&) = default;
};
/// RFC 2782: where a service is found. A `target` that is the root says that the domain does not offer it.
struct SrvData {
  std::uint16_t priority{}, weight{}, port{};
  std::string target;
  friend bool operator==(const SrvData&, const SrvData&) = default;
};
/// A record of class IN: `data` holds MxData, SoaData, SrvData, or text: address (A dotted, AAAA as in RFC 5952), name,
/// or for TXT its character strings joined; by `type`.
struct ResourceRecord {
  std::string name;
  Type type{};
  std::uint32_t ttl_s{};
  std::variant<std::string, MxData, SoaData, SrvData> data;
  friend bool operator==(const ResourceRecord&, const ResourceRecord&) = default;
};
/// What the sender of a message can do beyond RFC 1035 (RFC 6891 §6): on the wire an OPT record. Options are skipped.
struct Edns {
  std::uint16_t datagram_octets{};  ///< the largest datagram that it takes; less than 512 means 512 (§6.2.3)
  std::uint8_t version{};           ///< 0 is the only one there is
  bool dnssec_ok{};                 ///< it wants DNSSEC's records (RFC 3225 §3)
  friend bool operator==(const Edns&, const Edns&) = default;
};
struct Message {
  std::uint16_t id{};
  bool response{}, authoritative{}, truncated{}, recursion_desired{}, recursion_available{};
  std::uint8_t opcode{};
  Rcode rcode{};
  std::vector<Question> questions;
  std::vector<ResourceRecord> answers, authorities, additionals;
  std::optional<Edns> edns{};
  friend bool operator==(const Message&, const Message&) = default;
};

inline constexpr std::size_t label_octets_max = 63;      ///< RFC 1035 §2.3.4
inline constexpr std::size_t name_octets_max = 255;      ///< RFC 1035 §2.3.4, length octets and root included
inline constexpr std::size_t datagram_octets_max = 512;  ///< RFC 1035 §4.2.1
/// The datagrams that both sides here take where they speak EDNS: they fit into IPv6's smallest packet of 1280 octets,
/// so that none is cut into fragments on its way (RFC 6891 §6.2.5).
inline constexpr std::uint16_t edns_octets_max = 1232;
inline constexpr std::size_t stream_octets_max = 65'535;  ///< RFC 1035 §4.2.2: a length of two octets goes before
/// Entries that one message may hold: no answer about mail needs more, and it bounds the work that a datagram causes.
inline constexpr std::size_t entries_max = 256;

/// Octets with name compression (RFC 1035 §4.1.4). Records past `octets_max` are left out; TC is then set, but not for
/// additionals alone, which nobody asked for (RFC 2181 §9); `edns` always has room. A question or record that has no
/// wire form, because a name is not valid_name(), an address is none or `data` does not suit `type`, is left out.
[[nodiscard]] std::string encode(const Message& message, std::size_t octets_max = datagram_octets_max);
/// Nothing for octets that are not one whole, well-formed message. Records of unknown types and classes are skipped.
[[nodiscard]] std::optional<Message> decode(std::string_view octets);
/// Labels of 1 to 63 octets, 255 in all (RFC 1035 §2.3.4). Any octets may stand in a label (RFC 2181 §11).
[[nodiscard]] bool valid_name(std::string_view name);
/// The four octets of an IPv4 address, or nothing for a text that is not one in dotted form.
[[nodiscard]] std::optional<std::string> ipv4_octets(std::string_view text);
/// The sixteen octets of an IPv6 address (RFC 4291 §2.2, forms 1 and 2).
[[nodiscard]] std::optional<std::string> ipv6_octets(std::string_view text);
/// The name under which an address's PTR record stands: "25.2.0.192.in-addr.arpa" (RFC 1035 §3.5), "….ip6.arpa" (RFC
/// 3596 §2.5); nothing for a text that is no address.
[[nodiscard]] std::optional<std::string> reverse_name(std::string_view address);
/// ASCII case does not matter (RFC 1035 §2.3.3).
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);
/// "MX", "A" …; "TYPE99" for one without a name here (RFC 3597 §5).
[[nodiscard]] std::string type_name(Type type);
/// "NOERROR", "NXDOMAIN" … as RFC 2308 and tools write them; "NODATA" where the name exists and no record of the type
/// that was asked for (RFC 2308 §2.2); "RCODE11" for one without a name here.
[[nodiscard]] std::string outcome_name(const Message& message);
/// Key of an answer's explanation: "dns/answer/MX/NXDOMAIN", "dns/answer/FORMERR" for one without a question.
[[nodiscard]] std::string answer_topic(const Message& message);
/// One line for people: "MX llevant.example?" or "MX 10 mx.llevant.example; mx.llevant.example A 198.51.100.25" or
/// "NXDOMAIN llevant.example".
[[nodiscard]] std::string summary(const Message& message);

}  // namespace mailscope::dns
