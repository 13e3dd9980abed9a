// Fields with parameters: Content-Type (RFC 2045 §5.1) and Content-Disposition (RFC 2183), with the continuations and
// charsets of RFC 2231. Knows no part.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::message {

struct Parameter {
  std::string name;        ///< lower case, without the "*" of RFC 2231
  std::string value;       ///< what it means, in UTF-8: continuations joined, charset and encoded words decoded
  std::string wire_value;  ///< continuations joined, nothing decoded: what BODYSTRUCTURE shows (RFC 2231 §6)
  bool is_extended{};      ///< `wire_value` is charset'language'percent-encoded; its wire name ends in "*"
};

struct ContentType {
  std::string type, subtype;  ///< lower case
  std::vector<Parameter> parameters;
};
/// content = type "/" subtype *(";" parameter). Nothing where type or subtype is not there: the default applies then
/// (RFC 2045 §5.2). Parameters that are none are left out; of repeated ones the first counts.
[[nodiscard]] std::optional<ContentType> parse_content_type(std::string_view value);

struct Disposition {
  std::string type;  ///< lower case: "inline", "attachment"; another one is to be read as an attachment (RFC 2183 §2.8)
  std::vector<Parameter> parameters;
};
[[nodiscard]] std::optional<Disposition> parse_disposition(std::string_view value);

/// The parameter's value, or an empty text. `name` in lower case.
[[nodiscard]] std::string_view parameter(const std::vector<Parameter>& parameters, std::string_view name);

}  // namespace mailscope::message
