// What reports of all kinds have in common: a multipart/report (RFC 6522) with a text for people, fields for programs,
// and what is reported on. Knows no field's meaning.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/message/message.hpp"
#include "protocols/message/report.hpp"

namespace mailscope::message::report_form {

/// "name: value" and CR LF; a value that is too long is cut, control characters become spaces.
[[nodiscard]] std::string field(std::string_view name, std::string_view value);
[[nodiscard]] std::string field(std::string_view name, const std::optional<Typed>& typed);
[[nodiscard]] std::string field_unless_empty(std::string_view name, std::string_view value);
/// A mail address with its type: "utf-8" where it is not US-ASCII (RFC 6533 §3), else "rfc822".
[[nodiscard]] std::optional<Typed> typed_address(std::string_view address);

/// The fields of one group, by name; of repeated ones the first.
class Fields {
 public:
  explicit Fields(std::string_view text) : fields_(header_fields(text)) {}
  [[nodiscard]] std::string text(std::string_view name) const;
  /// A value of the form type ";" value (RFC 3464 §2.1.2).
  [[nodiscard]] std::optional<Typed> pair(std::string_view name) const;
  [[nodiscard]] std::optional<Instant> instant(std::string_view name) const;

 private:
  std::vector<Field> fields_;
};

/// A complete report. `kind`: its report-type, "delivery-status", which with `fields` beyond US-ASCII is
/// "global-delivery-status" (RFC 6533 §4).
[[nodiscard]] std::string write(const ReportCover& cover, std::string_view kind, std::string_view fields);
/// The fields of a report of this kind, or nothing where the content is none.
[[nodiscard]] std::optional<std::string> read(std::string_view content, std::string_view kind);

}  // namespace mailscope::message::report_form
