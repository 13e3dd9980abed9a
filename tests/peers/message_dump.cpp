// Prints what our reader sees in generated messages, one JSON line each, for message_oracle.py to compare.
// usage: message_dump FIRST_SEED COUNT. Every text is in base64, since it may be no UTF-8.
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "protocols/core/base64.hpp"
#include "protocols/imap/data/body_structure.hpp"
#include "protocols/imap/data/envelope.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/part.hpp"
#include "tests/protocols/message/corpus.hpp"

namespace {

using namespace mailscope;
using nlohmann::json;

json octets(std::string_view text) { return base64_encode(text); }

json addresses(std::string_view value) {
  json list = json::array();
  for (const message::AddressEntry& entry : message::parse_addresses(value))
    if (entry.kind == message::AddressEntry::Kind::Mailbox)
      list.push_back({octets(entry.name), octets(message::addr_spec(entry))});
  return list;
}

json describe(std::string_view content, const message::Part& part) {
  json node;
  node["type"] = octets(part.type + '/' + part.subtype);
  node["header"] = json::array();
  for (const message::HeaderField& field : part.fields)
    node["header"].push_back({octets(field.name.of(content)), octets(field.value.of(content))});
  for (const char* name : {"From", "To", "Cc", "Reply-To"})
    if (const auto* field = message::find_field(content, part.fields, name))
      node["addresses"][name] = addresses(field->value.of(content));
  if (const auto* field = message::find_field(content, part.fields, "Date")) {
    const auto date = message::parse_date(field->value.of(content));
    node["date"] = date ? json(date->instant.time_since_epoch().count() / 1'000'000) : json();
  }
  if (const auto* field = message::find_field(content, part.fields, "Subject"))
    node["subject"] = octets(message::decode_words(message::unfolded(field->value.of(content))));
  for (const char* name : {"charset", "name", "boundary"})
    node["parameters"][name] = octets(message::parameter(part.parameters, name));
  if (part.disposition) node["filename"] = octets(message::parameter(part.disposition->parameters, "filename"));
  node["body"] = octets(part.body.of(content));
  node["octets"] = octets(message::decoded_octets(content, part).value_or(""));
  node["children"] = json::array();
  for (const message::Part& child : part.children) node["children"].push_back(describe(content, child));
  return node;
}

constexpr const char* defect_names[] = {
    "HeaderUnfinished",      "NotAField",        "BareLineFeed", "EightBitHeader", "BoundaryMissing",
    "MultipartUnterminated", "MultipartEncoded", "TooDeep",      "TooManyParts",   "TooManyFields"};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const std::uint64_t first = std::strtoull(argv[1], nullptr, 10), count = std::strtoull(argv[2], nullptr, 10);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string content = test::generated_message(seed);
    const message::Structure structure = message::parse_structure(content);
    json line;
    line["seed"] = seed;
    line["content"] = octets(content);
    line["defects"] = json::array();
    for (const message::DefectAt& at : structure.defects)
      line["defects"].push_back(defect_names[static_cast<std::size_t>(at.defect)]);
    line["root"] = describe(content, structure.root);
    line["envelope"] = octets(imap::envelope(content, structure.root));
    line["bodystructure"] = octets(imap::body_structure(content, structure.root, imap::Extensions::Yes));
    std::puts(line.dump().c_str());
  }
}
