#include "protocols/core/idna.hpp"

#include <idn2.h>

#include <algorithm>
#include <memory>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope {

namespace {

/// More octets of UTF-8 cannot become a name of 255 (RFC 1035 §2.3.4): each character is an octet at least, and four
/// octets at most.
constexpr std::size_t octets_max = 4 * 255;

}  // namespace

std::optional<std::string> to_a_labels(std::string_view domain) {
  if (ascii::is_ascii(domain)) return std::string(domain);
  // A NUL would end the text for the library.
  if (domain.size() > octets_max || utf8_valid_prefix(domain) != domain.size() ||
      domain.find('\0') != std::string_view::npos)
    return std::nullopt;
  const std::string input(domain);
  std::uint8_t* output = nullptr;
  const int outcome = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(input.c_str()), &output,
                                     IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<std::uint8_t, decltype(&idn2_free)> owned(output, &idn2_free);
  if (outcome != IDN2_OK) return std::nullopt;
  std::string labels(reinterpret_cast<const char*>(output));
  // What is no letter may have vanished in the mapping, and other full stops have become dots.
  const bool has_gap = labels.empty() || labels.starts_with('.') || labels.find("..") != std::string::npos;
  return has_gap ? std::nullopt : std::optional(std::move(labels));
}

bool same_domain(std::string_view a, std::string_view b) {
  if (ascii::iequals(a, b)) return true;
  if (ascii::is_ascii(a) && ascii::is_ascii(b)) return false;
  const std::optional<std::string> one = to_a_labels(a), other = to_a_labels(b);
  return one && other && ascii::iequals(*one, *other);
}

}  // namespace mailscope
