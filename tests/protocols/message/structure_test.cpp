#include <algorithm>
#include <catch2/catch_all.hpp>
#include <string>
#include <vector>

#include "protocols/message/limits.hpp"
#include "protocols/message/part.hpp"

using namespace mailscope::message;

namespace {

/// The tree in one line: type, encoding where it is not 7bit, octets and lines of each part.
std::string shape(const Part& part) {
  std::string text = part.type + "/" + part.subtype;
  if (part.encoding != "7bit") text += "." + part.encoding;
  text += " " + std::to_string(part.octets()) + ":" + std::to_string(part.lines);
  if (part.children.empty()) return text;
  text += " (";
  for (const Part& child : part.children) text += (text.ends_with('(') ? "" : ", ") + shape(child);
  return text + ")";
}
std::string shape(std::string_view content) { return shape(parse_structure(content).root); }

std::vector<Defect> defects(std::string_view content) {
  std::vector<Defect> kinds;
  for (const DefectAt& defect : parse_structure(content).defects) kinds.push_back(defect.defect);
  return kinds;
}

const std::string nested =
    "Content-Type: multipart/mixed; boundary=outer\r\n\r\npreamble\r\n"
    "--outer\r\n\r\nfirst\r\n"
    "--outer\r\nContent-Type: multipart/alternative; boundary=\"outer in\"\r\n\r\n"
    "--outer in\r\n\r\nplain\r\nlines\r\n"
    "--outer in  \r\nContent-Type: text/HTML; charset=UTF-8\r\nContent-Transfer-Encoding: BASE64\r\n\r\nPGI+\r\n"
    "--outer in--\r\nepilogue within\r\n"
    "--outer\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n"
    "--d\r\n\r\nFrom: x\r\n\r\nletter\r\n--d--\r\n"
    "--outer--\r\nepilogue\r\n";

}  // namespace

TEST_CASE("a message without MIME is one part of plain US-ASCII text (RFC 2045 §5.2)") {
  const Structure structure = parse_structure("Subject: a\r\n\r\none\r\ntwo\r\n");
  CHECK(structure.defects.empty());
  CHECK(shape(structure.root) == "text/plain 10:2");
  CHECK(parameter(structure.root.parameters, "charset") == "us-ascii");
  CHECK(structure.root.header == Range{0, 14});
  CHECK(structure.root.body == Range{14, 24});
}

TEST_CASE("multiparts nest, and digests hold messages (RFC 2046 §5.1)") {
  const Structure structure = parse_structure(nested);
  CHECK(structure.defects.empty());
  CHECK(shape(structure.root) ==
        "multipart/mixed 407:32 (text/plain 5:0, multipart/alternative 154:10 (text/plain 12:1, text/html.base64 4:0), "
        "message/rfc822 90:8 (multipart/digest 31:5 (message/rfc822 17:2 (text/plain 6:0))))");
  const auto text = [&](std::vector<std::uint32_t> numbers) {
    const Part* part = find_part(structure.root, numbers);
    return part ? std::string(part->body.of(nested)) : "none";
  };
  CHECK(text({1}) == "first");
  CHECK(text({2, 1}) == "plain\r\nlines");
  CHECK(text({2, 2}) == "PGI+");
  CHECK(text({3, 1}) == "From: x\r\n\r\nletter");
  CHECK(text({3, 1, 1}) == "letter");
  for (const std::vector<std::uint32_t>& none :
       {std::vector<std::uint32_t>{0}, {4}, {1, 1}, {2, 3}, {3, 2}, {3, 1, 2}, {3, 1, 1, 1}, {4294967295}})
    CHECK(text(none) == "none");
  CHECK(text({}) == nested.substr(49));
}

TEST_CASE("broken structures are read as far as they can be (RFC 7103 §7, §8)") {
  const std::string start = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  CHECK(shape(start + "--b\r\n\r\none\r\n--b\r\n\r\ntwo") == "multipart/mixed 22:5 (text/plain 3:0, text/plain 3:0)");
  CHECK(defects(start + "--b\r\n\r\none") == std::vector{Defect::MultipartUnterminated});
  CHECK(shape(start + "text\r\n") == "multipart/mixed 6:1 (text/plain 6:1)");
  CHECK(defects(start + "text\r\n") == std::vector{Defect::BoundaryMissing});
  CHECK(shape("Content-Type: multipart/mixed\r\n\r\ntext") == "multipart/mixed 4:0 (text/plain 4:0)");
  // A part whose header ends in its boundary, and an empty part.
  CHECK(shape(start + "--b\r\nContent-Type: text/html\r\n--b\r\n--b\r\n\r\n--b--") ==
        "multipart/mixed 47:5 (text/html 0:0, text/plain 0:0, text/plain 0:0)");
  // The outer boundary ends an inner multipart that was never closed.
  CHECK(shape(start +
              "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nin\r\n--b\r\n\r\nout\r\n--b--") ==
        "multipart/mixed 78:9 (multipart/mixed 9:2 (text/plain 2:0), text/plain 3:0)");
  // A boundary that begins with another one.
  CHECK(shape(start + "--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n\r\nin\r\n--bb--\r\n--b--") ==
        "multipart/mixed 76:7 (multipart/mixed 18:3 (text/plain 2:0))");
  CHECK(defects("Content-Type: text/plain") == std::vector{Defect::HeaderUnfinished});
  CHECK(defects("Subject: \xe9\r\n\r\n") == std::vector{Defect::EightBitHeader});
  CHECK(defects("Subject a\r\n\r\n") == std::vector{Defect::NotAField});
  CHECK(shape("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nYQ==") ==
        "application/octet-stream.base64 4:0");
  CHECK(shape("") == "text/plain 0:0");
  CHECK(shape("Content-Type: message/rfc822\r\n\r\n") == "message/rfc822 0:0 (text/plain 0:0)");
}

TEST_CASE("bare line feeds end lines too, and the tree is the same (RFC 7103 §5)") {
  std::string bare = nested;
  std::erase(bare, '\r');
  const Structure structure = parse_structure(bare);
  CHECK(structure.defects.size() == 1);
  CHECK(structure.defects.front().defect == Defect::BareLineFeed);
  const std::vector<std::uint32_t> letter{3, 1, 1};
  REQUIRE(find_part(structure.root, letter));
  CHECK(find_part(structure.root, letter)->body.of(bare) == "letter");
}

TEST_CASE("nesting beyond the limit is kept unread, in multiparts and in messages") {
  std::string multiparts, messages;
  for (std::size_t level = 0; level < limits::nesting_max + 5; ++level) {
    const std::string boundary = "b" + std::to_string(level);
    multiparts += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
    messages += "Content-Type: message/rfc822\r\n\r\n";
  }
  for (const std::string& content : {multiparts, messages}) {
    const Structure structure = parse_structure(content + "\r\ntext");
    REQUIRE_FALSE(structure.defects.empty());
    CHECK(std::ranges::any_of(structure.defects, [](const DefectAt& at) { return at.defect == Defect::TooDeep; }));
    std::size_t depth = 1;
    const Part* part = &structure.root;
    for (; !part->children.empty(); part = &part->children.front()) ++depth;
    CHECK(depth == limits::nesting_max);
    CHECK(part->is("application", "octet-stream"));
  }
}

TEST_CASE("parts and fields beyond their limits are not made, and nothing of the content is lost") {
  std::string content = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  for (std::size_t part = 0; part < limits::parts_max + 5; ++part) content += "--b\r\n\r\nx\r\n";
  const Structure parts = parse_structure(content);
  CHECK(parts.root.children.size() == limits::parts_max - 1);  // the root is one too
  CHECK(parts.root.children.back().body.end == content.size());
  CHECK(std::ranges::any_of(parts.defects, [](const DefectAt& at) { return at.defect == Defect::TooManyParts; }));

  std::string header;
  for (std::size_t field = 0; field < limits::header_fields_max + 5; ++field) header += "X: y\r\n z\r\n";
  const Structure fields = parse_structure(header + "\r\nbody");
  CHECK(fields.root.fields.size() == limits::header_fields_max);
  CHECK(fields.root.octets() == 4);
  CHECK(fields.defects.size() == 1);
  CHECK(fields.defects.front().defect == Defect::TooManyFields);
}
