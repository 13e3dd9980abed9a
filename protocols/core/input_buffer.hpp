// The octets that a peer has sent and the engine has not consumed yet, with their place in the stream.
// Framings (line, dot-stuffed body, literal) are all taken from here, so an engine may change framing at any octet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/engine.hpp"

namespace mailscope {

/// What an LF without CR before it is: an octet like others, and forbidden in text (RFC 5321 §2.3.8), or, as with
/// servers that message smuggling gets through, a line end.
enum class BareLineFeed : std::uint8_t { Octet, EndsLine };

class InputBuffer {
 public:
  void append(std::string_view bytes);
  [[nodiscard]] std::string_view view() const { return std::string_view(bytes_).substr(consumed_); }
  [[nodiscard]] bool empty() const { return consumed_ == bytes_.size(); }
  /// Octets of a line that waits for its CR LF, for who watches; 0 where none does, or more has come than is worth
  /// looking at.
  [[nodiscard]] std::size_t unfinished_line() const;
  /// Offset in the stream of the first octet of view().
  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  /// Drops the first `octets` octets of view() and returns their range. Precondition: octets <= view().size().
  ByteRange consume(std::size_t octets);
  /// Drops everything buffered: plaintext before a security layer must not survive it (RFC 3207 §4.2).
  void clear() { consume(view().size()); }
  /// Drops everything buffered, as if it had never been appended, and returns it.
  [[nodiscard]] std::string give_back();
  /// Gives memory back when nothing is buffered: what a large message needed, an idle session does not.
  void release();

  /// How far a framer has already searched view() in vain; reset by consume(). Keeps byte-by-byte input linear.
  std::size_t searched{};

 private:
  std::string bytes_;
  std::size_t consumed_{};
  std::uint64_t offset_{};
};

/// One line, without its line end.
struct Line {
  std::string text;
  ByteRange bytes;  ///< line end included
  bool too_long{};  ///< the limit was crossed; text holds the first octets up to the limit
  bool bare_end{};  ///< a bare CR or LF stood in the line (RFC 5321 §2.3.8 forbids it); text holds it
};

/// Takes the next line ended by CR LF. `octets_max` counts the line end (RFC 5321 §4.5.3.1.4).
/// A longer line is discarded up to its end and given as too_long, so that the stream is in step again; never more
/// than `octets_max` of its octets are kept. Nothing while no whole line has come.
class LineFramer {
 public:
  explicit LineFramer(std::size_t octets_max) : octets_max_(octets_max) {}
  [[nodiscard]] std::optional<Line> take(InputBuffer& input);
  void bare_line_feed(BareLineFeed bare) { bare_ = bare; }
  /// A new limit, from the next line on (RFC 4954 §4 allows longer lines during AUTH).
  void limit(std::size_t octets_max) { octets_max_ = octets_max; }

 private:
  std::size_t octets_max_;
  BareLineFeed bare_{};
  bool discarding_{};
  Line discarded_;
};

/// Exactly `octets` octets, or nothing while fewer have come (IMAP literals, RFC 3501 §4.3).
[[nodiscard]] std::optional<std::string> take_octets(InputBuffer& input, std::size_t octets);

}  // namespace mailscope
