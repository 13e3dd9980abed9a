#include "protocols/message/transport.hpp"

#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/encode.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::message {

namespace {

struct Edit {
  Range range;
  std::string text;
};

bool has_nul(std::string_view octets) { return octets.find('\0') != std::string_view::npos; }

/// Collects edits of a tree in the order of their places.
class Reencoder {
 public:
  explicit Reencoder(std::string_view content) : content_(content) {}

  /// Every leaf that is not 7bit. Nothing where one cannot be encoded.
  std::optional<std::string> to_7bit() {
    const Structure structure = parse_structure(content_);
    for (const DefectAt& at : structure.defects)
      if (at.defect == Defect::TooDeep || at.defect == Defect::TooManyParts || at.defect == Defect::TooManyFields ||
          at.defect == Defect::MultipartEncoded)
        return std::nullopt;
    if (!downgrade(structure.root)) return std::nullopt;
    std::string result = edited();
    // What is left stands where nothing can be encoded: in a header, before or behind the parts of a multipart.
    if (!fits_7bit(result)) return std::nullopt;
    return result;
  }

  /// Every leaf that is_binary() and can be encoded. What holds one and says "binary" says "8bit" afterwards.
  std::string without_binary(const Part& root, bool (*is_binary)(std::string_view body, const Part& leaf)) {
    encode_binary(root, is_binary);
    return edited();
  }

 private:
  bool downgrade(const Part& part) {
    const std::string_view body = part.body.of(content_);
    const bool is_sealed = part.is_multipart() && (part.subtype == "signed" || part.subtype == "encrypted");
    if (fits_7bit(body)) {
      // A label that promises more than there is would make the next server refuse it.
      if (part.encoding == "8bit" || part.encoding == "binary") label(part, "7bit");
      return is_sealed || std::ranges::all_of(part.children, [this](const Part& child) { return downgrade(child); });
    }
    if (is_sealed) return false;
    if (!part.children.empty()) {
      if (part.encoding != "7bit") label(part, "7bit");
      return std::ranges::all_of(part.children, [this](const Part& child) { return downgrade(child); });
    }
    return encode(part);
  }

  void encode_binary(const Part& part, bool (*is_binary)(std::string_view body, const Part& leaf)) {
    if (part.children.empty()) {
      if (is_binary(part.body.of(content_), part)) encode(part);
      return;
    }
    if (part.encoding == "binary") label(part, "8bit");
    for (const Part& child : part.children) encode_binary(child, is_binary);
  }

  /// One that is encoded already and has foreign octets all the same is encoded anew.
  bool encode(const Part& part) {
    const std::optional<std::string> octets = decoded_octets(content_, part);
    if (!octets || (part.header.empty() && part.body.begin > 0)) return false;  // no header to name the encoding in
    const Encoded encoded = encode_octets(*octets, part.type == "text");
    label(part, encoded.encoding);
    edits_.push_back({part.body, encoded.text});
    return true;
  }

  /// Replaces the field, or adds it as the header's last.
  void label(const Part& part, std::string_view encoding) {
    const std::string line = "Content-Transfer-Encoding: " + std::string(encoding) + "\r\n";
    if (const HeaderField* field = find_field(content_, part.fields, "Content-Transfer-Encoding")) {
      edits_.push_back({field->whole, line});
      return;
    }
    // Lines that are no field may stand before the empty line: they would continue what is put before them.
    const std::size_t end = part.fields.empty() ? part.header.end - std::min<std::size_t>(part.header.size(), 2)
                                                : part.fields.back().whole.end;
    edits_.push_back({{end, end}, line});
  }

  [[nodiscard]] std::string edited() const {
    std::string result;
    std::size_t done = 0;
    for (const Edit& edit : edits_) {
      result.append(content_.substr(done, edit.range.begin - done)).append(edit.text);
      done = edit.range.end;
    }
    return result += content_.substr(done);
  }

  std::string_view content_;
  std::vector<Edit> edits_;
};

}  // namespace

bool has_eight_bit(std::string_view content) {
  return std::ranges::any_of(content, [](char c) { return c < 0; });
}

std::optional<std::string> downgrade_to_7bit(std::string_view content) { return Reencoder(content).to_7bit(); }

std::string without_nul_parts(std::string_view content, const Structure& structure) {
  return Reencoder(content).without_binary(structure.root,
                                           [](std::string_view body, const Part&) { return has_nul(body); });
}

std::string in_lines(std::string_view content) {
  const auto is_binary = [](std::string_view body, const Part& leaf) {
    return leaf.encoding == "binary" ? !fits_8bit(body) : has_nul(body);
  };
  std::string text = Reencoder(content).without_binary(parse_structure(content).root, is_binary);
  std::erase(text, '\0');  // RFC 7103 §7.6
  return with_crlf(text);
}

std::string missing_fields(std::string_view content, Instant now, std::string_view message_id) {
  const std::vector<HeaderField> fields = scan_fields(content);
  std::string missing;
  if (!find_field(content, fields, "Date")) missing += "Date: " + date(now) + "\r\n";
  if (!find_field(content, fields, "Message-ID")) missing += "Message-ID: <" + std::string(message_id) + ">\r\n";
  return missing;
}

}  // namespace mailscope::message
