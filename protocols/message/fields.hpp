// The header as lines: where its fields begin and end (RFC 5322 §2.2). Knows no field's meaning.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::message {

/// Octets [begin, end) of the content that was read.
struct Range {
  std::size_t begin{}, end{};
  [[nodiscard]] std::size_t size() const { return end - begin; }
  [[nodiscard]] bool empty() const { return begin == end; }
  [[nodiscard]] std::string_view of(std::string_view content) const { return content.substr(begin, size()); }
  friend bool operator==(const Range&, const Range&) = default;
};

/// One field. `name` has no white space or colon after it (§4.5 allows some between them); `value` is everything behind
/// the colon, folded as it came, without its last line end; `whole` has that too.
struct HeaderField {
  Range whole, name, value;
};

/// The line that begins at `begin`: its end behind its LF, and how many octets of it are CR LF, LF or nothing.
struct Line {
  std::size_t end{};
  std::size_t end_octets{};
  [[nodiscard]] std::size_t text_end() const { return end - end_octets; }
};
/// LF ends a line, with or without a CR before it: content that came by files has bare ones. A bare CR does not.
/// Precondition: begin < content.size().
[[nodiscard]] Line line_at(std::string_view content, std::size_t begin);

/// Takes header lines one by one and puts the fields together. A line that is no field and no folded line continues the
/// field before it (RFC 7103 §7.2), or is skipped where there is none.
class FieldScanner {
 public:
  FieldScanner(std::string_view content, std::vector<HeaderField>& fields, std::size_t fields_max)
      : content_(content), fields_(fields), fields_max_(fields_max) {}
  /// False if the line is no field and should have been one. Precondition: it is not empty.
  bool take(std::size_t begin, const Line& line);
  [[nodiscard]] bool full() const { return full_; }

 private:
  std::string_view content_;
  std::vector<HeaderField>& fields_;
  std::size_t fields_max_;
  bool in_field_{}, full_{};
};

/// Name of a field: ftext = %d33-57 / %d59-126 (§3.6.8), never empty.
[[nodiscard]] bool is_field_name(std::string_view name);

/// A raw value in one line: line ends go (§2.2.3), one that no white space follows becomes a space. Not trimmed.
[[nodiscard]] std::string unfolded(std::string_view value);

/// The fields of a message's header in order, at most limits::header_fields_max.
[[nodiscard]] std::vector<HeaderField> scan_fields(std::string_view content);

/// Offset behind the first empty line, where the body begins; content.size() where there is none.
[[nodiscard]] std::size_t header_end(std::string_view content);

/// First of the fields with this name (case ignored); of repeated ones it is the first that counts everywhere here.
[[nodiscard]] const HeaderField* find_field(std::string_view content, const std::vector<HeaderField>& fields,
                                            std::string_view name);

}  // namespace mailscope::message
