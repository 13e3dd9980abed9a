// One pass over the lines with a stack of the parts that are open. A line that begins with "--" is compared with the
// boundaries of the stack only, innermost first; the stack's height is bounded, so the time is linear.
#include "protocols/message/part.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/message/limits.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

namespace {

/// A part whose body has not ended.
struct Open {
  Part* part{};
  std::size_t line_ends{};  ///< before its body
  std::string boundary;     ///< "" where none can match: no multipart, no boundary, or it was closed
  bool closed{};            ///< the closing boundary was there
};

/// mechanism (RFC 2045 §6.1), without the ";" and spaces that programs write: "quoted-printable;", "8 bit".
std::string transfer_encoding(std::string_view value) {
  std::string encoding = ascii::lower(without_comments(value));
  encoding.resize(std::min(encoding.find(';'), encoding.size()));
  std::erase_if(encoding, ascii::is_space);
  return encoding;
}

class StructureReader {
 public:
  explicit StructureReader(std::string_view content) : content_(content) {}

  Structure read() {
    begin_part(structure_.root, false);
    while (at_ < content_.size()) body_line();
    close_down_to(0, content_.size(), line_ends_);
    return std::move(structure_);
  }

 private:
  void note(Defect defect, std::size_t offset) {
    const auto same = [defect](const DefectAt& other) { return other.defect == defect; };
    if (std::ranges::none_of(structure_.defects, same)) structure_.defects.push_back({defect, offset});
  }

  /// A part begins here: its header is read, and for a message inside, that one's too.
  void begin_part(Part& part, bool in_digest) {
    for (Part* next = &part; next;) {
      ++parts_;
      read_header(*next);
      interpret(*next, in_digest);
      next->body.begin = at_;
      open_.push_back({next, line_ends_, {}, false});
      next = enter(*next);
      in_digest = false;
    }
  }

  /// The message inside the part, if it is one, with its place made; a multipart's boundary is set.
  Part* enter(Part& part) {
    const bool message = part.type == "message" && (part.subtype == "rfc822" || part.subtype == "global");
    if (!message && !part.is_multipart()) return nullptr;
    if (part.encoding == "base64" || part.encoding == "quoted-printable") {
      note(Defect::MultipartEncoded, part.body.begin);
      if (message) return keep_unread(part);
    }
    if (open_.size() >= limits::nesting_max || parts_ >= limits::parts_max) {
      note(parts_ >= limits::parts_max ? Defect::TooManyParts : Defect::TooDeep, part.body.begin);
      return keep_unread(part);
    }
    if (message) return &part.children.emplace_back();
    const auto boundary = std::ranges::find(part.parameters, "boundary", &Parameter::name);
    if (boundary != part.parameters.end())  // never looked into for encoded words: some boundaries look like one
      open_.back().boundary = ascii::trim(boundary->is_extended ? boundary->value : boundary->wire_value);
    return nullptr;
  }

  static Part* keep_unread(Part& part) {
    part.type = "application";
    part.subtype = "octet-stream";
    part.parameters.clear();
    return nullptr;
  }

  /// Up to the empty line, or to a boundary: that of a part without body.
  void read_header(Part& part) {
    part.header.begin = at_;
    FieldScanner scanner(content_, part.fields,
                         limits::header_fields_max - std::min(fields_, limits::header_fields_max));
    bool finished = false;
    while (at_ < content_.size() && !finished) {
      const Line line = line_at(content_, at_);
      if (line.end_octets == 1) note(Defect::BareLineFeed, at_);
      finished = line.end_octets > 0 && line.text_end() == at_;
      if (!finished && matches_boundary(line)) break;
      if (!finished && line.text_end() > at_ && !scanner.take(at_, line)) note(Defect::NotAField, at_);
      advance(line);
    }
    part.header.end = at_;
    if (!finished) note(Defect::HeaderUnfinished, part.header.begin);
    if (scanner.full()) note(Defect::TooManyFields, part.header.begin);
    if (std::ranges::any_of(part.header.of(content_), [](char c) { return c < 0; }))
      note(Defect::EightBitHeader, part.header.begin);
    fields_ += part.fields.size();
  }

  void interpret(Part& part, bool in_digest) const {
    const auto value = [&](std::string_view name) {
      const HeaderField* field = find_field(content_, part.fields, name);
      return field ? field->value.of(content_) : std::string_view{};
    };
    const auto text = [&](std::string_view name) { return std::string(ascii::trim(unfolded(value(name)))); };
    if (auto content_type = parse_content_type(value("Content-Type"))) {
      part.type = std::move(content_type->type);
      part.subtype = std::move(content_type->subtype);
      part.parameters = std::move(content_type->parameters);
    } else if (in_digest) {  // RFC 2046 §5.1.5
      part.type = "message";
      part.subtype = "rfc822";
    } else {  // RFC 2045 §5.2
      part.parameters = {{"charset", "us-ascii", "us-ascii", false}};
    }
    if (std::string encoding = transfer_encoding(value("Content-Transfer-Encoding")); !encoding.empty())
      part.encoding = std::move(encoding);
    part.disposition = parse_disposition(value("Content-Disposition"));
    part.id = text("Content-ID");
    part.description = text("Content-Description");
    part.md5 = text("Content-MD5");
    part.location = text("Content-Location");
    Lexer languages(value("Content-Language"), ",");
    while (const auto token = languages.next()) {
      if (part.languages.size() == limits::languages_max) break;
      if (token->kind == Token::Kind::Atom) part.languages.push_back(token->text);
    }
  }

  void advance(const Line& line) {
    at_ = line.end;
    if (line.end_octets > 0) ++line_ends_;
    last_end_octets_ = line.end_octets;
  }

  /// dash-boundary transport-padding, or close-delimiter (RFC 2046 §5.1.1), of the open parts the innermost. The whole
  /// line must be it, so that a boundary which begins with another one is not mistaken for it.
  bool matches_boundary(const Line& line) {
    std::string_view text = content_.substr(at_, line.text_end() - at_);
    if (!text.starts_with("--")) return false;
    text = text.substr(2, text.find_last_not_of(" \t") - 1);
    for (matched_ = open_.size(); matched_-- > 0;) {
      const std::string& boundary = open_[matched_].boundary;
      if (boundary.empty() || !text.starts_with(boundary)) continue;
      const std::string_view rest = text.substr(boundary.size());
      matched_closing_ = rest == "--";
      if (rest.empty() || matched_closing_) return true;
    }
    return false;
  }

  void body_line() {
    const Line line = line_at(content_, at_);
    if (!matches_boundary(line)) {
      advance(line);
      return;
    }
    if (line.end_octets == 1) note(Defect::BareLineFeed, at_);
    if (!matched_closing_ && parts_ >= limits::parts_max) {
      note(Defect::TooManyParts, at_);
      for (Open& open : open_) open.boundary.clear();
      advance(line);
      return;
    }
    // The line end before a boundary belongs to it, not to the body.
    close_down_to(matched_ + 1, at_ - last_end_octets_, line_ends_ - (last_end_octets_ > 0 ? 1 : 0));
    advance(line);
    Open& multipart = open_.back();
    if (matched_closing_) {
      multipart.closed = true;
      multipart.boundary.clear();
      return;
    }
    begin_part(multipart.part->children.emplace_back(), multipart.part->subtype == "digest");
  }

  void close_down_to(std::size_t height, std::size_t end, std::size_t line_ends) {
    for (; open_.size() > height; open_.pop_back()) {
      const Open& open = open_.back();
      Part& part = *open.part;
      // A boundary that follows a header at once takes its last line end away (RFC 2046 §5.1.1).
      part.header.begin = std::min(part.header.begin, end);
      part.header.end = part.body.begin = std::min(part.body.begin, end);
      if (!part.fields.empty()) part.fields.back().whole.end = std::min(part.fields.back().whole.end, part.header.end);
      part.body.end = end;
      part.lines = std::max(line_ends, open.line_ends) - open.line_ends;
      if (!part.is_multipart()) continue;
      if (part.children.empty()) {
        note(Defect::BoundaryMissing, part.body.begin);
        Part text;
        text.header = {part.body.begin, part.body.begin};
        text.body = part.body;
        text.parameters = {{"charset", "us-ascii", "us-ascii", false}};
        text.encoding = part.encoding;
        text.lines = part.lines;
        part.children.push_back(std::move(text));
      } else if (!open.closed) {
        note(Defect::MultipartUnterminated, part.body.begin);
      }
    }
  }

  std::string_view content_;
  Structure structure_;
  std::vector<Open> open_;
  std::size_t at_{}, line_ends_{}, last_end_octets_{};
  std::size_t parts_{}, fields_{};
  std::size_t matched_{};
  bool matched_closing_{};
};

}  // namespace

Structure parse_structure(std::string_view content) { return StructureReader(content).read(); }

const Part* find_part(const Part& root, std::span<const std::uint32_t> numbers) {
  const Part* part = &root;
  bool at_message = true;  // it is a message, whose parts are numbered, and not yet the part 1 of one
  for (const std::uint32_t number : numbers) {
    if (!at_message && part->is_message()) {
      part = &part->children.front();
      at_message = true;
    }
    if (part->is_multipart()) {
      if (number == 0 || number > part->children.size()) return nullptr;
      part = &part->children[number - 1];
    } else if (!at_message || number != 1) {
      return nullptr;
    }
    at_message = false;
  }
  return part;
}

}  // namespace mailscope::message
