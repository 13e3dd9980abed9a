#include "protocols/core/dot_body.hpp"

#include <utility>

#include "protocols/core/line_text.hpp"

namespace mailscope {

std::optional<DotBody> DotBodyDecoder::take(InputBuffer& input) {
  if (!std::exchange(begun_, true)) body_.bytes = {input.offset(), input.offset()};
  const std::string_view pending = input.view();
  for (std::size_t at = 0; at < pending.size(); ++at) {
    if (body_.text.size() < step_text_octets_max) body_.text += pending[at];
    if (!step(pending[at])) continue;
    body_.bytes.end = input.consume(at + 1).end;
    body_.text = step_text(body_.text);
    begun_ = false;
    place_ = Place::Start;
    return std::exchange(body_, {});
  }
  input.consume(pending.size());
  return std::nullopt;
}

/// True when this octet ends the body.
bool DotBodyDecoder::step(char octet) {
  if (place_ == Place::Start && octet == '.') {
    place_ = Place::Dot;
    return false;
  }
  if (place_ == Place::Dot && octet == '\r') {
    place_ = Place::DotCr;
    return false;
  }
  if (place_ == Place::DotCr) {
    if (octet == '\n') return true;
    keep('\r');  // "." CR and something else: the dot was stuffing, the CR is bare
    place_ = Place::Cr;
  }
  const bool after_cr = place_ == Place::Cr;
  if (after_cr != (octet == '\n')) body_.bare_end = true;
  keep(octet);
  place_ = octet == '\r' ? Place::Cr : after_cr && octet == '\n' ? Place::Start : Place::Text;
  return false;
}

void DotBodyDecoder::keep(char octet) {
  ++body_.octets;
  if (body_.content.size() < octets_max_) {
    body_.content += octet;
  } else {
    body_.too_long = true;
  }
}

std::string dot_encode(std::string_view content) {
  std::string wire;
  wire.reserve(content.size() + content.size() / 32 + 5);
  bool at_start = true;
  for (const char octet : content) {
    if (at_start && octet == '.') wire += '.';
    at_start = octet == '\n' && wire.ends_with('\r');
    wire += octet;
  }
  if (!at_start) wire += "\r\n";
  return wire += ".\r\n";
}

}  // namespace mailscope
