// The JSON schema that editors complete from, held against the reader's own table of keys, and the shipped lessons
// against the schema: read by a small interpreter of the draft-07 keywords that the schema uses.
#include <catch2/catch_all.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "sim/scenario/read/lesson_files.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/yaml_tree.hpp"
#include "tests/sim/scenario/lesson_fixture.hpp"
#include "tests/source_dir.hpp"

using namespace mailscope;
using namespace mailscope::test;
using nlohmann::json;

namespace {

json schema() {
  const auto text = read_file(source_dir() / "scenarios/scenario.schema.json");
  REQUIRE(text);
  return json::parse(*text);
}

/// YAML's core schema, as far as lessons use it: what an editor takes plain scalars for.
json to_json(const YamlNode& node) {
  json value;
  if (node.kind == YamlNode::Kind::Map) {
    value = json::object();
    for (std::size_t i{}; i < node.keys.size(); ++i) value[node.keys[i].text] = to_json(node.items[i]);
  } else if (node.kind == YamlNode::Kind::List) {
    value = json::array();
    for (const YamlNode& item : node.items) value.push_back(to_json(item));
  } else if (node.kind == YamlNode::Kind::Scalar) {
    if (node.plain && std::regex_match(node.text, std::regex("[0-9]{1,19}"))) return std::stoull(node.text);
    if (node.plain && (node.text == "true" || node.text == "false")) return node.text == "true";
    return node.text;
  }
  return value;
}

class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  [[nodiscard]] bool accepts(const json& rule, const json& value) const {
    for (const auto& [keyword, argument] : rule.items())
      if (!holds(keyword, argument, rule, value)) return false;
    return true;
  }

 private:
  [[nodiscard]] bool holds(const std::string& keyword, const json& argument, const json& rule,
                           const json& value) const {
    const auto accepted = [&](const json& one) { return accepts(one, value); };
    if (keyword == "$ref") return accepts(root_.at(json::json_pointer(argument.get<std::string>().substr(1))), value);
    if (keyword == "allOf") return std::ranges::all_of(argument, accepted);
    if (keyword == "anyOf") return std::ranges::any_of(argument, accepted);
    if (keyword == "oneOf") return std::ranges::count_if(argument, accepted) == 1;
    if (keyword == "const") return value == argument;
    if (keyword == "enum") return std::ranges::find(argument, value) != argument.end();
    if (keyword == "type")
      return argument.is_array() ? std::ranges::any_of(argument, [&](const json& t) { return is(t, value); })
                                 : is(argument, value);
    if (keyword == "minimum") return !value.is_number() || value >= argument;
    if (keyword == "maximum") return !value.is_number() || value <= argument;
    if (keyword == "minLength") return !value.is_string() || value.get<std::string>().size() >= argument;
    if (keyword == "maxLength") return !value.is_string() || value.get<std::string>().size() <= argument;
    if (keyword == "minItems") return !value.is_array() || value.size() >= argument;
    if (keyword == "maxItems") return !value.is_array() || value.size() <= argument;
    if (keyword == "minProperties") return !value.is_object() || value.size() >= argument;
    if (keyword == "maxProperties") return !value.is_object() || value.size() <= argument;
    if (keyword == "pattern")
      return !value.is_string() || std::regex_search(value.get<std::string>(), std::regex(argument.get<std::string>()));
    if (keyword == "items")
      return !value.is_array() || std::ranges::all_of(value, [&](const json& item) { return accepts(argument, item); });
    if (keyword == "required")
      return !value.is_object() ||
             std::ranges::all_of(argument, [&](const json& key) { return value.contains(key.get<std::string>()); });
    if (keyword == "dependencies")
      return std::ranges::all_of(argument.items(), [&](const auto& item) {
        return !value.contains(item.key()) || std::ranges::all_of(item.value(), [&](const json& key) {
          return value.contains(key.get<std::string>());
        });
      });
    if (keyword == "propertyNames" || keyword == "properties" || keyword == "additionalProperties")
      return !value.is_object() || properties_hold(keyword, argument, rule, value);
    static const std::set<std::string> notes{"description", "title", "$schema", "definitions", "format"};
    if (!notes.contains(keyword)) FAIL("the schema uses a keyword that this test does not know: " << keyword);
    return true;
  }
  [[nodiscard]] bool properties_hold(const std::string& keyword, const json& argument, const json& rule,
                                     const json& value) const {
    for (const auto& [key, item] : value.items()) {
      const bool listed = rule.contains("properties") && rule["properties"].contains(key);
      if (keyword == "propertyNames" && !accepts(argument, key)) return false;
      if (keyword == "properties" && listed && !accepts(argument[key], item)) return false;
      if (keyword == "additionalProperties" && !listed)
        if (argument.is_boolean() ? !argument.get<bool>() : !accepts(argument, item)) return false;
    }
    return true;
  }
  [[nodiscard]] static bool is(const std::string& type, const json& value) {
    return (type == "object" && value.is_object()) || (type == "array" && value.is_array()) ||
           (type == "string" && value.is_string()) || (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean());
  }

  const json& root_;
};

bool schema_accepts(const json& root, const std::string& yaml) {
  const YamlReading tree = read_yaml(yaml);
  return tree.root && Validator(root).accepts(root, to_json(*tree.root));
}

}  // namespace

TEST_CASE("the schema and the reader know the same keys, required or not, each with a description") {
  const json root = schema();
  std::set<std::string> maps;
  for (const Shape* shape : all_shapes()) {
    INFO(shape->name);
    maps.emplace(shape->name);
    REQUIRE(root["definitions"].contains(shape->name));
    const json& definition = root["definitions"][std::string(shape->name)];
    std::set<std::string> known, required;
    for (const Key& key : shape->keys) {
      known.emplace(key.name);
      if (key.required) required.emplace(key.name);
    }
    std::set<std::string> listed;
    for (const auto& [key, rule] : definition.at("properties").items()) {
      listed.insert(key);
      const json& described =
          rule.contains("$ref") ? root.at(json::json_pointer(rule["$ref"].get<std::string>().substr(1))) : rule;
      CHECK(described.contains("description"));
    }
    CHECK(listed == known);
    CHECK(definition.at("required").get<std::set<std::string>>() == required);
    CHECK(definition.at("additionalProperties") == false);
  }
  for (const auto& [name, definition] : root["definitions"].items())
    if (definition.contains("properties")) CHECK(maps.contains(name));
}

TEST_CASE("every shipped lesson reads without errors, and the schema takes it as it is") {
  const json root = schema();
  const std::vector<LessonFile> lessons = read_lessons(source_dir() / "scenarios");
  REQUIRE_FALSE(lessons.empty());
  for (const LessonFile& lesson : lessons) {
    INFO(lesson.file);
    CHECK(lesson.reading.scenario);
    CHECK(schema_accepts(root, lesson.yaml));
  }
  CHECK(schema_accepts(root, small_lesson()));
}

TEST_CASE("the schema refuses what the reader refuses, as far as a schema can") {
  const json root = schema();
  const std::pair<const char*, const char*> breaches[] = {
      {"title: Post", "titel: Post"},
      {"title: Post\n", ""},
      {"level: beginner", "level: expert"},
      {"minutes: 5", "minutes: 601"},
      {"minutes: 5", "minutes: five"},
      {"start: 2026-03-02T09:00:00Z", "start: tomorrow"},
      {"kind: laptop", "kind: tablet"},
      {"resolver: dns", "resolver: []"},
      {"{server: mail.alba.example}", "{port: 587}"},
      {"kind: dns-server", "kind: dns-server\n    faults: [{fault: slow}]"},
      {"kind: dns-server", "kind: dns-server\n    tcp: shut"},
      {"kind: phone", "kind: phone\n    dns-cache: 1"},
      {"check-mail: true", "look-up: {name: a.example}"},
      {"587: closed", "587: shut"},
      {"587: closed", "x: closed"},
      {"latency: 20 ms", "latency: 20"},
      {"1 Mbit/s", "1 MB/s"},
      {"check-mail: true, ", ""},
      {"check-mail: true", "check-mail: true, read: Hello"},
      {"when: {action: 2}", "when: later"},
      {"when: {action: 2}", "when: {action: 0}"},
      {"holds: 1", "holds: 1, seen: 1"},
      {"[desk, mail.alba.example]", "[desk]"},
      {"to: [bruno@llevant.example]", "to: []"},
      {"title: Post", "title: {ca: Correu}"},
      {"type: MX,", "type: SPF,"},
      {"{server: mail.alba.example}", "{port: 25}"},
      {"latency: 20 ms", "loss: 5"},
      {"latency: 20 ms", "down: [{from: 1 s}]"},
      {"who: pocket, check-mail: true", "who: dns, crash: false"},
      {"who: pocket, check-mail: true", "who: dns, restart: false"},
  };
  for (const auto& [from, to] : breaches) {
    INFO(from << " -> " << to);
    CHECK_FALSE(read_scenario(with(from, to)).scenario);
    CHECK_FALSE(schema_accepts(root, with(from, to)));
  }
}

TEST_CASE("the lesson in the README reads without faults, and the README shows every key") {
  const auto readme = read_file(source_dir() / "scenarios/README.md");
  REQUIRE(readme);
  const std::size_t begin = readme->find("```yaml\n") + 8;
  const std::string lesson = readme->substr(begin, readme->find("\n```", begin) + 1 - begin);
  CHECK(faults_of(lesson).empty());
  CHECK(read_scenario(lesson).scenario);
  for (const Shape* shape : all_shapes())
    for (const Key& key : shape->keys) {
      INFO(key.name);
      CHECK(readme->find(std::string(key.name) + ":") != std::string::npos);
    }
}
