#include "protocols/message/transport.hpp"

#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"
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

/// Collects the edits of a tree in the order of their places.
class Downgrader {
 public:
  explicit Downgrader(std::string_view content) : content_(content) {}

  std::optional<std::string> run() {
    const Structure structure = parse_structure(content_);
    for (const DefectAt& at : structure.defects)
      if (at.defect == Defect::TooDeep || at.defect == Defect::TooManyParts || at.defect == Defect::TooManyFields ||
          at.defect == Defect::MultipartEncoded)
        return std::nullopt;
    if (!downgrade(structure.root)) return std::nullopt;
    std::string result;
    std::size_t done = 0;
    for (const Edit& edit : edits_) {
      result.append(content_.substr(done, edit.range.begin - done)).append(edit.text);
      done = edit.range.end;
    }
    result += content_.substr(done);
    // What is left stands where nothing can be encoded: in a header, before or behind the parts of a multipart.
    if (!fits_7bit(result)) return std::nullopt;
    return result;
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

  std::string_view content_;
  std::vector<Edit> edits_;
};

}  // namespace

bool has_eight_bit(std::string_view content) {
  return std::ranges::any_of(content, [](char c) { return c < 0; });
}

std::optional<std::string> downgrade_to_7bit(std::string_view content) { return Downgrader(content).run(); }

std::string missing_fields(std::string_view content, Instant now, std::string_view message_id) {
  const std::vector<HeaderField> fields = scan_fields(content);
  std::string missing;
  if (!find_field(content, fields, "Date")) missing += "Date: " + date(now) + "\r\n";
  if (!find_field(content, fields, "Message-ID")) missing += "Message-ID: <" + std::string(message_id) + ">\r\n";
  return missing;
}

}  // namespace mailscope::message
