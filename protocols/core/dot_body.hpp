// The dot-stuffed body of SMTP's DATA (RFC 5321 §4.5.2) and POP3's multi-line responses (RFC 1939 §3).
// Only CR LF "." CR LF ends it, or "." CR LF as its very first line. Knows no header and no meaning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/input_buffer.hpp"

namespace mailscope {

struct DotBody {
  std::string content;         ///< stuffing removed; empty, or ends in CR LF
  ByteRange bytes;             ///< on the wire, the ending "." CR LF included
  std::uint64_t octets{};      ///< true size of the content, also where it was too long
  std::size_t longest_line{};  ///< octets, line end included, stuffing not (RFC 5321 §4.5.3.1.6)
  std::string text;            ///< for Step::text: the wire text, stuffing included
  bool too_long{};             ///< the limit was crossed; content holds its first octets
  bool dropped{};              ///< see DotBodyDecoder::drop(); content is empty
  bool bare_end{};             ///< a bare CR or LF stood in it (RFC 5321 §2.3.8 forbids it)
};

/// Takes one body, which begins at the input's first octet when take() is first called; afterwards ready for the next.
/// At most `octets_max` octets of content are kept; the rest is dropped but its end is still found.
class DotBodyDecoder {
 public:
  explicit DotBodyDecoder(std::size_t octets_max, BareLineFeed bare = BareLineFeed::Octet)
      : octets_max_(octets_max), bare_(bare) {}
  /// Where nobody watches the conversation, DotBody::text stays empty.
  void watch(bool watched) { watched_ = watched; }
  /// Octets of the unfinished body that are kept.
  [[nodiscard]] std::size_t kept() const { return body_.content.size(); }
  /// Nothing is kept of the body that has begun: its end is still found.
  void drop();
  /// Consumes what has come. The body once its end has come, else nothing.
  [[nodiscard]] std::optional<DotBody> take(InputBuffer& input);

 private:
  [[nodiscard]] bool ends(std::string_view piece);
  void keep(std::string_view octets);

  std::size_t octets_max_;
  BareLineFeed bare_;
  bool watched_{true};
  bool begun_{};
  bool at_start_{true};  ///< of a line
  std::size_t line_{};   ///< octets of the unfinished line that were consumed
  DotBody body_;
};

/// The content stuffed and ended. A last line without CR LF gets one; bare CR or LF pass as they are.
[[nodiscard]] std::string dot_encode(std::string_view content);

}  // namespace mailscope
