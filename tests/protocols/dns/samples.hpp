// Messages for the DNS tests: a fixed zone, and random messages of every shape that has a wire form.
#pragma once

#include <random>

#include "protocols/dns/zone.hpp"

namespace mailscope::dns {

inline Message query_for(std::string name, Type type, std::uint16_t id = 7) {
  Message query;
  query.id = id;
  query.recursion_desired = true;
  query.questions = {{std::move(name), type}};
  return query;
}

inline std::vector<Zone> sample_zones() {
  const auto soa = [](const std::string& zone) {
    return ResourceRecord{zone, Type::Soa, 7200, SoaData{"ns." + zone, "hostmaster." + zone, 1, 3600, 600, 86400, 300}};
  };
  Zone llevant{"llevant.example",
               {soa("llevant.example"),
                {"llevant.example", Type::Mx, 3600, MxData{10, "mx.llevant.example"}},
                {"llevant.example", Type::Mx, 3600, MxData{20, "backup.other.example"}},
                {"llevant.example", Type::Txt, 3600, "v=spf1 mx -all"},
                {"mx.llevant.example", Type::A, 3600, "198.51.100.25"},
                {"mx.llevant.example", Type::Aaaa, 3600, "2001:db8::25"},
                {"www.llevant.example", Type::Cname, 3600, "mx.llevant.example"},
                {"away.llevant.example", Type::Cname, 3600, "www.elsewhere.example"},
                {"lost.llevant.example", Type::Cname, 3600, "nothing.llevant.example"},
                {"one.llevant.example", Type::Cname, 3600, "two.llevant.example"},
                {"two.llevant.example", Type::Cname, 3600, "one.llevant.example"},
                {"deep.in.llevant.example", Type::A, 3600, "198.51.100.9"},
                {"_imaps._tcp.llevant.example", Type::Srv, 600, SrvData{0, 5, 993, "mx.llevant.example"}},
                {"_imaps._tcp.llevant.example", Type::Srv, 600, SrvData{1, 0, 993, "imap.other.example"}},
                {"_pop3._tcp.llevant.example", Type::Srv, 600, SrvData{0, 0, 0, ""}},
                {"*.wild.llevant.example", Type::Mx, 3600, MxData{5, "mx.llevant.example"}}}};
  Zone reverse{"100.51.198.in-addr.arpa",
               {soa("100.51.198.in-addr.arpa"), {"25.100.51.198.in-addr.arpa", Type::Ptr, 3600, "mx.llevant.example"}}};
  Zone child{"sub.llevant.example", {soa("sub.llevant.example")}};
  return {llevant, child, reverse};
}

inline Message random_message(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t bound) { return static_cast<unsigned>(random() % bound); };
  const auto name = [&] {
    static constexpr std::array<std::string_view, 8> labels{"mx",    "llevant", "EXAMPLE", "a\\.b",
                                                            "\\000", "\\200x",  "x-1",     "long-label-that-fills"};
    std::string text;
    for (unsigned count = below(5); count > 0; --count)
      text += (text.empty() ? "" : ".") + std::string(labels.at(below(labels.size())));
    return text;
  };
  const auto record = [&] {
    ResourceRecord made{name(), Type::A, static_cast<std::uint32_t>(random()), {}};
    switch (below(9)) {
      case 0:
        made.data = "192.0.2." + std::to_string(below(256));
        break;
      case 1:
        made.type = Type::Ns, made.data = name();
        break;
      case 2:
        made.type = Type::Cname, made.data = name();
        break;
      case 3:
        made.type = Type::Mx, made.data = MxData{static_cast<std::uint16_t>(below(65536)), name()};
        break;
      case 4:
        made.type = Type::Soa, made.data = SoaData{name(), name(), below(9), below(9), below(9), below(9), 1};
        break;
      case 5:
        made.type = Type::Ptr, made.data = name();
        break;
      case 6:
        made.type = Type::Srv;
        made.data = SrvData{static_cast<std::uint16_t>(below(65536)), static_cast<std::uint16_t>(below(65536)),
                            static_cast<std::uint16_t>(below(65536)), name()};
        break;
      case 7:
        made.type = Type::Txt, made.data = std::string(below(700), static_cast<char>(below(256)));
        break;
      default:
        made.type = Type::Aaaa, made.data = below(2) == 0 ? "2001:db8::1" : "::";
        break;
    }
    return made;
  };
  Message message;
  message.id = static_cast<std::uint16_t>(random());
  message.response = below(2) == 0;
  message.authoritative = below(2) == 0;
  message.truncated = below(2) == 0;
  message.recursion_desired = below(2) == 0;
  message.recursion_available = below(2) == 0;
  message.opcode = static_cast<std::uint8_t>(below(16));
  message.rcode = static_cast<Rcode>(below(16));
  for (unsigned count = below(3); count > 0; --count)
    message.questions.push_back({name(), static_cast<Type>(below(300)), static_cast<Class>(below(300))});
  if (below(2) == 0) {
    message.edns = Edns{static_cast<std::uint16_t>(below(65536)), static_cast<std::uint8_t>(below(256)), below(2) == 0};
    message.rcode = static_cast<Rcode>(below(4096));
  }
  for (auto* section : {&message.answers, &message.authorities, &message.additionals})
    for (unsigned count = below(5); count > 0; --count) section->push_back(record());
  return message;
}

}  // namespace mailscope::dns
