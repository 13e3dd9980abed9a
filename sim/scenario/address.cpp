#include "sim/scenario/address.hpp"

namespace mailscope {

std::string_view local_part_of(std::string_view address) { return address.substr(0, address.rfind('@')); }

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

std::optional<std::string> address_literal(std::string_view domain) {
  if (domain.size() < 3 || domain.front() != '[' || domain.back() != ']') return std::nullopt;
  return std::string(domain.substr(1, domain.size() - 2));
}

}  // namespace mailscope
