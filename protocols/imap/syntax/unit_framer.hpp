// Framing of IMAP: a command or response is lines joined by the literals they announce (RFC 3501 §2.2, §4.3).
// Knows no grammar but "{n}" and "{n+}" at the end of a line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/input_buffer.hpp"

namespace mailscope::imap {

/// One command or response.
struct Unit {
  std::string text;  ///< as it came, without the last CR LF
  ByteRange bytes;   ///< the last CR LF included
  bool too_long{};   ///< a line crossed its limit; text holds what came before that line, and its first octets
};

class UnitFramer {
 public:
  /// What comes. Of commands some literals are not asked for, "{n+}" (RFC 7888). A response that is a status, or a
  /// continuation, ends in a text, and a text has no literal, whatever it ends in (RFC 3501 §9, resp-text).
  enum class Of : std::uint8_t { Commands, Responses };
  /// `line_octets_max` bounds each line, CR LF included. What a unit may hold in all is decided literal by literal.
  UnitFramer(Of what, std::size_t line_octets_max) : lines_(line_octets_max), what_(what) {}
  void bare_line_feed(BareLineFeed bare) { lines_.bare_line_feed(bare); }

  /// A new bound of a line, from the next one on.
  void limit(std::size_t line_octets_max) { lines_.limit(line_octets_max); }

  /// The next unit, or nothing while it is not whole, or while literal() awaits a decision.
  [[nodiscard]] std::optional<Unit> take(InputBuffer& input);

  /// The size of a literal that the last line announced and that was not decided on yet.
  [[nodiscard]] std::optional<std::uint64_t> literal() const { return announced_; }
  /// That literal comes whatever is decided.
  [[nodiscard]] bool literal_is_coming() const { return coming_; }
  /// The octets of a literal are coming.
  [[nodiscard]] bool awaits_literal() const { return awaited_.has_value(); }
  /// What has come of the unit so far.
  [[nodiscard]] std::string_view so_far() const { return unit_.text; }
  [[nodiscard]] ByteRange bytes_so_far() const { return unit_.bytes; }
  /// Takes the announced literal. Precondition: literal().
  void accept_literal();
  /// The unit ends before the announced literal. Precondition: literal().
  [[nodiscard]] Unit refuse_literal();

 private:
  [[nodiscard]] Unit finish();
  [[nodiscard]] bool is_text() const;

  LineFramer lines_;
  Of what_;
  Unit unit_;
  bool begun_{};
  std::optional<std::uint64_t> announced_;
  bool coming_{};
  std::optional<std::size_t> awaited_;  ///< octets of the literal that is coming
};

/// Step::text of a unit: what step_text() makes of the whole wire text.
[[nodiscard]] std::string unit_text(std::string_view text);

}  // namespace mailscope::imap
