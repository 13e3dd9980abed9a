#include "protocols/message/surrogate.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/field_text.hpp"
#include "protocols/message/token.hpp"
#include "protocols/message/transport.hpp"

namespace mailscope::message {

namespace {

constexpr std::array<std::string_view, 12> address_fields{"Bcc",        "Cc",          "From",        "Reply-To",
                                                          "Resent-Bcc", "Resent-Cc",   "Resent-From", "Resent-Sender",
                                                          "Resent-To",  "Return-Path", "Sender",      "To"};

/// Nobody has it, and nobody ever will (RFC 2606 §2).
constexpr std::string_view invalid_address = "<invalid@internationalized-address.invalid>";

/// One mailbox or mark of a group; `spec` is left out where there is none.
std::string shown_address(const AddressEntry& entry) {
  using Kind = AddressEntry::Kind;
  if (entry.kind == Kind::GroupEnd) return ";";
  if (entry.kind == Kind::GroupStart) return phrase(decode_words(entry.mailbox)) + ":";
  const std::string name = decode_words(entry.name), spec = utf8_guessed(addr_spec(entry));
  if (has_eight_bit(spec)) return phrase(name.empty() ? spec : name + " " + spec) + " " + std::string(invalid_address);
  return name.empty() ? spec : phrase(name) + " <" + spec + ">";
}

std::string shown_addresses(std::string_view value) {
  std::string list;
  for (const AddressEntry& entry : parse_addresses(value)) {
    const bool continues = list.empty() || entry.kind == AddressEntry::Kind::GroupEnd;
    list.append(continues ? "" : list.ends_with(':') ? " " : ", ").append(shown_address(entry));
  }
  return without_controls(list);
}

/// Percent-encoded for an extended parameter (RFC 2231 §4): attribute-char stands as it is.
std::string extended_value(std::string_view text) {
  std::string result = "UTF-8''";
  for (const char c : text) {
    const bool plain = ascii::is_alnum(c) || std::string_view("!#$&+-.^_`{|}~").find(c) != std::string_view::npos;
    result += plain ? std::string(1, c) : "%" + hex_digits(c);
  }
  return result;
}

/// As they came; a value in 8-bit as an extended one, so that parts keep their names.
std::string shown_parameters(const std::vector<Parameter>& parameters) {
  std::string list;
  for (const Parameter& parameter : parameters) {
    if (has_eight_bit(parameter.name)) continue;
    const bool encode = has_eight_bit(parameter.wire_value), extended = encode || parameter.is_extended;
    list.append("; ").append(parameter.name).append(extended ? "*=" : "=");
    list += encode     ? extended_value(parameter.value)
            : extended ? parameter.wire_value
                       : quoted_string(parameter.wire_value);
  }
  return without_controls(list);
}

bool has(const Structure& structure, Defect defect) {
  return std::ranges::find(structure.defects, defect, &DefectAt::defect) != structure.defects.end();
}

class Writer {
 public:
  Writer(std::string_view content, const Structure& structure)
      : content_(content), root_(structure.root), too_many_fields_(has(structure, Defect::TooManyFields)) {
    text_.reserve(content.size());
  }

  std::string write() {
    write_part(root_);
    copy_to(content_.size());
    return std::move(text_);
  }

 private:
  /// Parts nest at most limits::nesting_max deep.
  void write_part(const Part& part) {
    copy_to(part.header.begin);
    for (const HeaderField& field : part.fields) {
      write_between(field.whole.begin);
      if (has_eight_bit(field.whole.of(content_))) {
        text_ += replacement(part, field);
        done_ = field.whole.end;
      } else {
        copy_to(field.whole.end);
      }
    }
    write_between(part.header.end);
    for (const Part& child : part.children) write_part(child);
  }

  void copy_to(std::size_t end) {
    text_.append(content_.substr(done_, end - done_));
    done_ = end;
  }

  /// Lines of a header that belong to no field: those before the first, past limits::header_fields_max, and the empty
  /// one, which alone stays where there are such octets. What was past the limit may not come below it.
  void write_between(std::size_t end) {
    const std::string_view lines = content_.substr(done_, end - done_);
    if (!too_many_fields_ && !has_eight_bit(lines)) return copy_to(end);
    if (lines == "\r\n" || lines == "\n" || lines.ends_with("\n\r\n") || lines.ends_with("\n\n")) text_ += "\r\n";
    done_ = end;
  }

  [[nodiscard]] std::string replacement(const Part& part, const HeaderField& of) const {
    const std::string_view name = of.name.of(content_), value = of.value.of(content_);
    const auto is = [name](std::string_view other) { return ascii::iequals(name, other); };
    const auto counts = [&] { return find_field(content_, part.fields, name) == &of; };
    if (std::ranges::any_of(address_fields, is)) {
      const std::string list = shown_addresses(value);
      return list.empty() ? "" : field(name, list);
    }
    if (is("Subject") || is("Content-Description"))
      return field(name, unstructured(ascii::trim(decode_words(unfolded(value)))));
    // As it was understood, so that the parts are the same (or one opaque part, where no boundary is left).
    if (is("Content-Type") && counts()) {
      const std::string type = part.type + "/" + part.subtype;
      return field(name, (has_eight_bit(type) ? "application/octet-stream" : type) + shown_parameters(part.parameters));
    }
    if (is("Content-Transfer-Encoding") && counts() && !has_eight_bit(part.encoding)) return field(name, part.encoding);
    if (is("Content-Disposition") && counts() && part.disposition && !has_eight_bit(part.disposition->type))
      return field(name, part.disposition->type + shown_parameters(part.disposition->parameters));
    return {};
  }

  std::string_view content_;
  const Part& root_;
  bool too_many_fields_;
  std::string text_;
  std::size_t done_{};
};

}  // namespace

bool needs_surrogate(const Structure& structure) { return has(structure, Defect::EightBitHeader); }

std::string surrogate(std::string_view content, const Structure& structure) {
  return Writer(content, structure).write();
}

}  // namespace mailscope::message
