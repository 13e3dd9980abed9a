// DNS messages (RFC 1035 §4) as values, and their octets. Compression is written and read; hostile input is refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mailscope::dns {

enum class Type : std::uint16_t { A = 1, Ns = 2, Cname = 5, Soa = 6, Mx = 15, Txt = 16, Aaaa = 28 };
enum class Rcode : std::uint8_t { NoError = 0, FormatError = 1, ServerFailure = 2, NameError = 3, NotImplemented = 4, Refused = 5 };

/// Names are kept as text without the last dot, "" is the root; compare them with same_name().
struct Question {
  std::string name;
  Type type{};
};
struct MxData {
  std::uint16_t preference{};
  std::string exchange;
};
/// RFC 1035 §3.3.13; carried in negative answers (RFC 2308).
struct SoaData {
  std::string primary, mailbox;
  std::uint32_t serial{}, refresh_s{}, retry_s{}, expire_s{}, minimum_s{};
};
/// A record: `data` holds MxData, SoaData, or text: dotted address, name, or character string; by `type`.
struct ResourceRecord {
  std::string name;
  Type type{};
  std::uint32_t ttl_s{};
  std::variant<std::string, MxData, SoaData> data;
};
struct Message {
  std::uint16_t id{};
  bool response{}, authoritative{}, truncated{}, recursion_desired{}, recursion_available{};
  std::uint8_t opcode{};
  Rcode rcode{};
  std::vector<Question> questions;
  std::vector<ResourceRecord> answers, authorities, additionals;
};

/// Octets with name compression (RFC 1035 §4.1.4); sets TC and drops records past `octets_max` (512 over UDP, §4.2.1).
[[nodiscard]] std::string encode(const Message& message, std::size_t octets_max = 512);
/// Nothing for octets that are not one whole, well-formed message. Records of unknown types are skipped.
[[nodiscard]] std::optional<Message> decode(std::string_view octets);
/// ASCII case does not matter (RFC 1035 §2.3.3).
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);
/// "MX", "A" …; "TYPE99" for one without a name here (RFC 3597 §5).
[[nodiscard]] std::string type_name(Type type);
/// One line for people: "MX llevant.example?" or "MX 10 mx.llevant.example; A …" or "NXDOMAIN".
[[nodiscard]] std::string summary(const Message& message);

}  // namespace mailscope::dns
