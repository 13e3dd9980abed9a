#include <array>
#include <cstdint>
#include <map>

#include "protocols/dns/message.hpp"
#include "protocols/dns/name.hpp"

namespace mailscope::dns {

namespace {

constexpr std::size_t header_octets = 12;
constexpr std::size_t pointer_offset_max = 0x3fff;  // 14 bits (RFC 1035 §4.1.4)
constexpr std::size_t character_string_octets_max = 255;

/// Writes entries one after the other; an entry that has no wire form or no room leaves no trace.
class Writer {
 public:
  explicit Writer(std::size_t octets_max) : octets_max_(octets_max), octets_(header_octets, '\0') {}

  enum class Put { Written, NoForm, NoRoom };
  Put put(const Question& question) {
    const std::size_t begin = octets_.size();
    const bool has_form = name(question.name);
    u16(static_cast<unsigned>(question.type));
    u16(static_cast<unsigned>(question.of));
    return settle(begin, has_form);
  }
  Put put(const ResourceRecord& record) {
    const std::size_t begin = octets_.size();
    bool has_form = name(record.name);
    u16(static_cast<unsigned>(record.type));
    u16(static_cast<unsigned>(Class::Internet));
    u32(record.ttl_s);
    const std::size_t length_at = octets_.size();
    u16(0);
    has_form = has_form && data(record);
    const std::size_t length = octets_.size() - length_at - 2;
    overwrite(length_at, static_cast<unsigned>(length));
    return settle(begin, has_form && length <= 0xffff);
  }
  void overwrite(std::size_t at, unsigned value) {
    octets_[at] = static_cast<char>(value >> 8);
    octets_[at + 1] = static_cast<char>(value & 0xff);
  }
  [[nodiscard]] std::string take() { return std::move(octets_); }

 private:
  void u16(unsigned value) { octets_ += {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)}; }
  void u32(std::uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }
  /// RFC 1035 §4.1.4. Only names that are equal in case too are shared, so that spelling survives.
  bool name(std::string_view text, bool compressed = true) {
    const auto labels = labels_of(text);
    if (!labels) return false;
    for (const std::string& label : *labels) {
      if (const auto known = places_.find(text); compressed && known != places_.end()) {
        u16(0xc000u | static_cast<unsigned>(known->second));
        return true;
      }
      if (octets_.size() <= pointer_offset_max) places_.emplace(text, octets_.size());
      octets_ += static_cast<char>(label.size());
      octets_ += label;
      text = parent(text);
    }
    octets_ += '\0';
    return true;
  }
  bool data(const ResourceRecord& record) {
    if (const auto* mx = std::get_if<MxData>(&record.data)) {
      u16(mx->preference);
      return record.type == Type::Mx && name(mx->exchange);
    }
    if (const auto* srv = std::get_if<SrvData>(&record.data)) {
      for (const std::uint16_t value : {srv->priority, srv->weight, srv->port}) u16(value);
      return record.type == Type::Srv && name(srv->target, false);  // RFC 2782: no compression
    }
    if (const auto* soa = std::get_if<SoaData>(&record.data)) {
      if (record.type != Type::Soa || !name(soa->primary) || !name(soa->mailbox)) return false;
      for (const std::uint32_t value : {soa->serial, soa->refresh_s, soa->retry_s, soa->expire_s, soa->minimum_s})
        u32(value);
      return true;
    }
    const std::string& text = *std::get_if<std::string>(&record.data);
    switch (record.type) {
      case Type::A:
        return octets(ipv4_octets(text));
      case Type::Aaaa:
        return octets(ipv6_octets(text));
      case Type::Ns:
      case Type::Cname:
      case Type::Ptr:
        return name(text);
      case Type::Txt:
        return character_strings(text);
      default:
        return false;
    }
  }
  bool octets(const std::optional<std::string>& address) {
    octets_ += address.value_or("");
    return address.has_value();
  }
  /// One or more <character-string> (RFC 1035 §3.3.14), each full but the last.
  bool character_strings(std::string_view text) {
    do {
      const std::string_view piece = text.substr(0, character_string_octets_max);
      octets_ += static_cast<char>(piece.size());
      octets_ += piece;
      text.remove_prefix(piece.size());
    } while (!text.empty());
    return true;
  }
  Put settle(std::size_t begin, bool has_form) {
    if (has_form && octets_.size() <= octets_max_) return Put::Written;
    octets_.resize(begin);
    std::erase_if(places_, [&](const auto& place) { return place.second >= begin; });
    return has_form ? Put::NoRoom : Put::NoForm;
  }

  std::size_t octets_max_;
  std::string octets_;
  std::map<std::string, std::size_t, std::less<>> places_;  ///< where a name was written, by its text
};

/// The OPT record (RFC 6891 §6.1.2, §6.1.3): what others call class and time to live has another meaning here.
std::string opt_record(const Edns& edns, Rcode rcode) {
  const auto octet = [](unsigned value) { return static_cast<char>(value & 0xff); };
  const unsigned size = edns.datagram_octets;
  return {'\0',
          '\0',
          octet(static_cast<unsigned>(opt_type)),
          octet(size >> 8),
          octet(size),
          octet(static_cast<unsigned>(rcode) >> 4),
          octet(edns.version),
          octet(edns.dnssec_ok ? 0x80 : 0),
          '\0',
          '\0',
          '\0'};
}

}  // namespace

std::string encode(const Message& message, std::size_t octets_max) {
  const std::string opt = message.edns ? opt_record(*message.edns, message.rcode) : "";
  Writer writer(octets_max - opt.size());
  bool has_room = true, truncated = message.truncated;
  const auto put_all = [&](const auto& entries, bool may_miss) {
    unsigned written = 0;
    for (const auto& entry : entries) {
      const Writer::Put outcome = has_room ? writer.put(entry) : Writer::Put::NoRoom;
      if (outcome == Writer::Put::Written) ++written;
      if (outcome != Writer::Put::NoRoom) continue;
      has_room = false;
      truncated = truncated || !may_miss;
    }
    return written;
  };
  const std::array<unsigned, 4> counts{put_all(message.questions, false), put_all(message.answers, false),
                                       put_all(message.authorities, false), put_all(message.additionals, true)};
  // RFC 1035 §4.1.1
  unsigned flags = static_cast<unsigned>(message.rcode) & 0xfu;
  if (message.response) flags |= 0x8000;
  flags |= (message.opcode & 0xfu) << 11;
  if (message.authoritative) flags |= 0x0400;
  if (truncated) flags |= 0x0200;
  if (message.recursion_desired) flags |= 0x0100;
  if (message.recursion_available) flags |= 0x0080;
  writer.overwrite(0, message.id);
  writer.overwrite(2, flags);
  for (std::size_t section = 0; section < counts.size(); ++section) writer.overwrite(4 + 2 * section, counts[section]);
  if (message.edns) writer.overwrite(10, counts.back() + 1);
  return writer.take() + opt;
}

}  // namespace mailscope::dns
