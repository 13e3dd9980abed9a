// A scenario's types of DNS records, as the wire knows them.
#pragma once

#include "protocols/dns/message.hpp"
#include "sim/scenario/dns_setting.hpp"

namespace mailscope {

[[nodiscard]] constexpr dns::Type type_of(ZoneRecord::Type type) {
  switch (type) {
    case ZoneRecord::Type::Mx:
      return dns::Type::Mx;
    case ZoneRecord::Type::A:
      return dns::Type::A;
    case ZoneRecord::Type::Aaaa:
      return dns::Type::Aaaa;
    case ZoneRecord::Type::Cname:
      return dns::Type::Cname;
    case ZoneRecord::Type::Txt:
      return dns::Type::Txt;
    case ZoneRecord::Type::Srv:
      return dns::Type::Srv;
    case ZoneRecord::Type::Ptr:
      return dns::Type::Ptr;
    case ZoneRecord::Type::Soa:
      return dns::Type::Soa;
  }
  return {};
}

}  // namespace mailscope
