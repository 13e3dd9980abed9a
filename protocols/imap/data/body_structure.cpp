#include "protocols/imap/data/body_structure.hpp"

#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/data/envelope.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

/// Words whose case means nothing are shown as RFC 3501 shows them.
std::string word(std::string_view text) { return quoted_or_literal(ascii::upper(text)); }

/// body-fld-param = "(" string SP string *(SP string SP string) ")" / nil. Nothing is decoded (RFC 2231 §6).
std::string parameter_list(const std::vector<message::Parameter>& parameters) {
  std::string list;
  for (const message::Parameter& parameter : parameters)
    list += (list.empty() ? "(" : " ") + word(parameter.name + (parameter.is_extended ? "*" : "")) + " " +
            quoted_or_literal(parameter.wire_value);
  return list.empty() ? "NIL" : list + ")";
}

/// body-fld-dsp = "(" string SP body-fld-param ")" / nil
std::string disposition(const std::optional<message::Disposition>& value) {
  return value ? "(" + word(value->type) + " " + parameter_list(value->parameters) + ")" : "NIL";
}

/// body-fld-lang = nstring / "(" string *(SP string) ")"
std::string language_list(const std::vector<std::string>& languages) {
  std::string list;
  for (const std::string& language : languages) list += (list.empty() ? "(" : " ") + quoted_or_literal(language);
  return list.empty() ? "NIL" : list + ")";
}

class BodyWriter {
 public:
  BodyWriter(std::string_view content, Extensions extensions, bool utf8_client)
      : content_(content), extensions_(extensions), utf8_client_(utf8_client) {}

  /// body = "(" (body-type-1part / body-type-mpart) ")"; as deep as message::limits::nesting_max at most.
  void write(const message::Part& part) {
    text_ += '(';
    part.is_multipart() ? write_multipart(part) : write_single(part);
    text_ += ')';
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void write_all(std::initializer_list<std::string> values) {
    for (const std::string& value : values) text_.append(" ").append(value);
  }

  /// body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]
  void write_multipart(const message::Part& part) {
    for (const message::Part& child : part.children) write(child);
    write_all({word(part.subtype)});
    if (extensions_ == Extensions::Yes) write_extensions(part, parameter_list(part.parameters));
  }

  /// body-type-1part = (body-type-basic / body-type-msg / body-type-text) [SP body-ext-1part]
  void write_single(const message::Part& part) {
    text_ += word(part.type);
    write_all({word(part.subtype), parameter_list(part.parameters), nstring(part.id), nstring(part.description),
               word(part.encoding), std::to_string(part.octets())});
    const bool is_message = part.is_message() && (utf8_client_ || part.subtype == "rfc822");
    if (is_message) {
      write_all({envelope(content_, part.children.front())});
      text_ += ' ';
      write(part.children.front());
    }
    if (is_message || part.type == "text") write_all({std::to_string(part.lines)});
    if (extensions_ == Extensions::Yes) write_extensions(part, nstring(part.md5));
  }

  /// body-ext-1part and body-ext-mpart, which differ in their first.
  void write_extensions(const message::Part& part, const std::string& first) {
    write_all({first, disposition(part.disposition), language_list(part.languages), nstring(part.location)});
  }

  std::string_view content_;
  Extensions extensions_;
  bool utf8_client_;
  std::string text_;
};

}  // namespace

std::string body_structure(std::string_view content, const message::Part& part, Extensions extensions,
                           bool utf8_client) {
  BodyWriter writer(content, extensions, utf8_client);
  writer.write(part);
  return writer.take();
}

}  // namespace mailscope::imap
