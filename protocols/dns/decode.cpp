#include <cstdint>

#include "protocols/dns/address.hpp"
#include "protocols/dns/message.hpp"
#include "protocols/dns/name.hpp"

namespace mailscope::dns {

namespace {

constexpr std::size_t header_octets = 12;

/// Reads from front to back. Once something is wrong it stays failed(), and what it gives means nothing.
class Reader {
 public:
  explicit Reader(std::string_view octets) : octets_(octets) {}
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return at_ == octets_.size(); }
  [[nodiscard]] std::size_t at() const { return at_; }
  void fail() { failed_ = true; }

  std::string_view take(std::size_t count) {
    if (failed_ || count > octets_.size() - at_) {
      failed_ = true;
      return {};
    }
    at_ += count;
    return octets_.substr(at_ - count, count);
  }
  std::uint8_t u8() {
    const std::string_view octet = take(1);
    return failed_ ? std::uint8_t{} : static_cast<std::uint8_t>(octet[0]);
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8 | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }

  /// RFC 1035 §4.1.4. A pointer must lead to before where the labels read so far began, so no loop can exist.
  std::string name() {
    std::vector<std::string> labels;
    std::size_t octets = 1, floor = at_;
    std::optional<std::size_t> resume;  // after the first pointer, where the name ends for the reader
    while (const std::uint8_t length = u8()) {
      if (length >= 0xc0) {
        const std::size_t target = (length & 0x3fu) << 8 | u8();
        if (target >= floor || target < header_octets) failed_ = true;
        if (failed_) return {};
        if (!resume) resume = at_;
        at_ = floor = target;
        continue;
      }
      octets += 1u + length;
      if (length > label_octets_max || octets > name_octets_max) failed_ = true;  // 01 and 10 are reserved
      labels.emplace_back(take(length));
      if (failed_) return {};
    }
    if (resume && !failed_) at_ = *resume;
    return text_of(labels);
  }

  /// The data of a record of a known type; `end` is where it must end.
  void data(ResourceRecord& record, std::size_t end) {
    switch (record.type) {
      case Type::A:
        record.data = address(take(4), ipv4_text);
        break;
      case Type::Aaaa:
        record.data = address(take(16), ipv6_text);
        break;
      case Type::Ns:
      case Type::Cname:
      case Type::Ptr:
        record.data = name();
        break;
      case Type::Mx: {
        const std::uint16_t preference = u16();
        record.data = MxData{preference, name()};
        break;
      }
      case Type::Srv: {
        SrvData srv;
        for (std::uint16_t* value : {&srv.priority, &srv.weight, &srv.port}) *value = u16();
        srv.target = name();  // written without compression (RFC 2782), but some write it (RFC 3597 §4)
        record.data = std::move(srv);
        break;
      }
      case Type::Soa: {
        SoaData soa;
        soa.primary = name();
        soa.mailbox = name();
        for (std::uint32_t* value : {&soa.serial, &soa.refresh_s, &soa.retry_s, &soa.expire_s, &soa.minimum_s})
          *value = u32();
        record.data = std::move(soa);
        break;
      }
      case Type::Txt: {
        std::string text;
        do text += take(u8());
        while (!failed_ && at_ < end);
        record.data = std::move(text);
        break;
      }
    }
    if (at_ != end) failed_ = true;
  }
  std::string address(std::string_view octets, std::string (*text)(std::string_view)) const {
    return failed_ ? std::string() : text(octets);
  }

 private:
  std::string_view octets_;
  std::size_t at_{};
  bool failed_{};
};

bool is_known(Type type) { return !type_name(type).starts_with("TYPE"); }

/// What follows the type of an OPT record (RFC 6891 §6.1.2): options, each with its code and length, are skipped.
void read_opt(Reader& reader, Message& message) {
  Edns edns;
  edns.datagram_octets = reader.u16();
  const unsigned high_rcode = reader.u8();
  message.rcode = static_cast<Rcode>(high_rcode << 4 | static_cast<unsigned>(message.rcode));
  edns.version = reader.u8();
  edns.dnssec_ok = (reader.u16() & 0x8000) != 0;
  const std::size_t length = reader.u16(), end = reader.at() + length;
  while (!reader.failed() && reader.at() < end) {
    reader.u16();
    reader.take(reader.u16());
  }
  if (reader.at() != end) reader.fail();
  message.edns = edns;
}

/// `opt_holder`: the message, in whose additionals one OPT record may stand (RFC 6891 §6.1.1); else null.
void read_records(Reader& reader, std::uint16_t count, std::vector<ResourceRecord>& records, Message* opt_holder) {
  for (; count > 0 && !reader.failed(); --count) {
    ResourceRecord record;
    record.name = reader.name();
    record.type = static_cast<Type>(reader.u16());
    if (record.type == opt_type) {
      if (!opt_holder || opt_holder->edns || !record.name.empty()) return reader.fail();
      read_opt(reader, *opt_holder);
      continue;
    }
    const Class of = static_cast<Class>(reader.u16());
    record.ttl_s = reader.u32();
    const std::uint16_t length = reader.u16();
    if (of != Class::Internet || !is_known(record.type)) {
      reader.take(length);
      continue;
    }
    reader.data(record, reader.at() + length);
    records.push_back(std::move(record));
  }
}

}  // namespace

std::optional<Message> decode(std::string_view octets) {
  Reader reader(octets);
  Message message;
  message.id = reader.u16();
  const std::uint16_t flags = reader.u16();
  message.response = (flags & 0x8000) != 0;
  message.opcode = flags >> 11 & 0xf;
  message.authoritative = (flags & 0x0400) != 0;
  message.truncated = (flags & 0x0200) != 0;
  message.recursion_desired = (flags & 0x0100) != 0;
  message.recursion_available = (flags & 0x0080) != 0;
  message.rcode = static_cast<Rcode>(flags & 0xf);
  const std::uint16_t questions = reader.u16(), answers = reader.u16(), authorities = reader.u16(),
                      additionals = reader.u16();
  if (std::size_t{questions} + answers + authorities + additionals > entries_max) return std::nullopt;
  for (std::uint16_t count = questions; count > 0 && !reader.failed(); --count) {
    Question& question = message.questions.emplace_back();
    question.name = reader.name();
    question.type = static_cast<Type>(reader.u16());
    question.of = static_cast<Class>(reader.u16());
  }
  read_records(reader, answers, message.answers, nullptr);
  read_records(reader, authorities, message.authorities, nullptr);
  read_records(reader, additionals, message.additionals, &message);
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return message;
}

}  // namespace mailscope::dns
