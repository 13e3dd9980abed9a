#include "sim/live/kept_index.hpp"

#include <utility>

#include "protocols/core/base64.hpp"
#include "sim/live/files.hpp"

namespace mailscope::live {

namespace fs = std::filesystem;

namespace {

/// `key` says what is annotated, and whose that is.
Json entry_of(const auto& key, const std::string& value) {
  return {{"entry", key.entry}, {"user", key.user}, {"value", base64_encode(value)}};
}

}  // namespace

IndexPart::IndexPart(Json json, fs::path file, std::string place)
    : json_(std::move(json)), file_(std::move(file)), place_(std::move(place)) {}

std::optional<IndexPart> IndexPart::of_file(const fs::path& file) {
  const auto text = read_whole(file);
  if (!text) return std::nullopt;
  Json json = Json::parse(*text, nullptr, false);
  if (!json.is_object()) throw fs::filesystem_error("cannot be understood", file, std::error_code());
  return IndexPart(std::move(json), file, {});
}

const Json* IndexPart::find(const char* key) const {
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

void IndexPart::fail(const std::string& key, const char* wanted) const {
  throw fs::filesystem_error("\"" + place_ + key + "\" is not " + wanted, file_, std::error_code());
}

std::string IndexPart::text(const char* key) const {
  const Json* found = find(key);
  if (!found) return {};
  if (!found->is_string()) fail(key, "a text");
  return found->get<std::string>();
}

std::string IndexPart::octets(const char* key) const {
  auto octets = base64_decode(text(key));
  if (!octets) fail(key, "base64");
  return *std::move(octets);
}

std::vector<std::string> IndexPart::texts(const char* key) const {
  const Json* found = find(key);
  if (!found) return {};
  if (!found->is_array()) fail(key, "a list");
  std::vector<std::string> texts;
  for (const Json& each : *found) {
    if (!each.is_string()) fail(std::string(key) + "." + std::to_string(texts.size()), "a text");
    texts.push_back(each.get<std::string>());
  }
  return texts;
}

std::map<std::string, std::string> IndexPart::named_texts(const char* key) const {
  const Json* found = find(key);
  if (!found) return {};
  if (!found->is_object()) fail(key, "an object");
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : found->items()) {
    if (!value.is_string()) fail(std::string(key) + "." + name, "a text");
    texts[name] = value.get<std::string>();
  }
  return texts;
}

std::vector<IndexPart> IndexPart::parts(const char* key) const {
  const Json* found = find(key);
  if (!found) return {};
  if (!found->is_array()) fail(key, "a list");
  std::vector<IndexPart> parts;
  for (const Json& each : *found) {
    const std::string place = std::string(key) + "." + std::to_string(parts.size());
    if (!each.is_object()) fail(place, "an object");
    parts.push_back(IndexPart(each, file_, place_ + place + "."));
  }
  return parts;
}

IndexPart IndexPart::part(const char* key) const {
  const Json* found = find(key);
  if (!found || !found->is_object()) fail(key, "an object");
  return {*found, file_, place_ + key + "."};
}

Json facts_of(const mailstore::Mailbox& mailbox) {
  Json uses = Json::array(), acl = Json::object();
  for (const mailstore::SpecialUse use : mailbox.special_uses()) uses.push_back(name_of(use));
  for (const auto& [identifier, rights] : mailbox.acl().entries()) acl[identifier] = rights.text();
  return {{"name", mailbox.name()},         {"id", mailbox.id().value}, {"uidvalidity", mailbox.uid_validity()},
          {"special-use", std::move(uses)}, {"acl", std::move(acl)},    {"metadata", json_of(mailbox.metadata())}};
}

void read_facts(const IndexPart& part, mailstore::SpecialUses& uses, mailstore::Acl& acl) {
  for (const std::string& use : part.texts("special-use")) {
    const auto known = mailstore::special_use(use);
    if (!known) part.fail("special-use", "a list of special uses");
    uses.insert(*known);
  }
  for (const auto& [identifier, rights] : part.named_texts("acl")) {
    const auto known = mailstore::Rights::of(rights);
    if (!known || acl.set(identifier, *known) != mailstore::Outcome::Ok) part.fail("acl." + identifier, "rights");
  }
}

Json json_of(const mailstore::Metadata& metadata) {
  Json entries = Json::array();
  for (const auto& [key, value] : metadata.entries()) entries.push_back(entry_of(key, value));
  return entries;
}

mailstore::Metadata metadata_in(const IndexPart& part, const char* key) {
  mailstore::Metadata metadata;
  for (const IndexPart& entry : part.parts(key)) metadata.set(entry.text("user"), entry.text("entry"), entry.octets("value"));
  return metadata;
}

Json json_of(const mailstore::Annotations& annotations) {
  Json values = Json::array();
  for (const auto& [key, value] : annotations.values()) values.push_back(entry_of(key, *value));
  return {{"annotations", std::move(values)}};
}

mailstore::AnnotationsPointer annotations_in(const IndexPart& part) {
  mailstore::Annotations annotations;
  for (const IndexPart& value : part.parts("annotations")) {
    const std::string user = value.text("user");
    annotations.set(user, {value.text("entry"), user.empty(), value.octets("value")});
  }
  return pointer_to(std::move(annotations));
}

Json json_of(const mailstore::UrlKeys& keys) {
  Json entries = Json::array();
  for (const auto& [mailbox, key] : keys.entries())
    entries.push_back({{"mailbox", mailbox.value}, {"key", base64_encode(key.octets)}});
  return entries;
}

mailstore::UrlKeys url_keys_in(const IndexPart& part, const char* key) {
  mailstore::UrlKeys keys;
  for (const IndexPart& entry : part.parts(key)) {
    std::string octets = entry.octets("key");
    if (octets.size() != mailstore::UrlKeys::key_octets) entry.fail("key", "a key");
    keys.set({entry.number<std::uint64_t>("mailbox", 0)}, std::move(octets), false);
  }
  return keys;
}

std::string text_of(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n'; }

}  // namespace mailscope::live
