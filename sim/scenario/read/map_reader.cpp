#include "sim/scenario/read/map_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

/// Reports keys that are no text or stand twice; says whether this key is sound. `seen` collects them with their lines.
bool sound_key(Faults& faults, const YamlNode& key, std::map<std::string, int>& seen) {
  if (key.kind != YamlNode::Kind::Scalar) {
    faults.error(key.where, tr("{0} as a key", {found_in(key)}), tr("a word"), tr("write KEY: VALUE"));
    return false;
  }
  const auto [first, is_new] = seen.emplace(key.text, key.where.line);
  if (!is_new)
    faults.error(key.where, tr("the key {0} a second time", {in_quotes(key.text)}), tr("each key once"),
                 tr("the first is on line {0}; remove one of them", {std::to_string(first->second)}));
  return is_new;
}

}  // namespace

bool Shape::knows(std::string_view key) const {
  return std::ranges::any_of(keys, [&](const Key& known) { return known.name == key; });
}

MapReader::MapReader(Faults& faults, const YamlNode& node, const Shape& shape) : node_(node), shape_(shape) {
  if (node.kind != YamlNode::Kind::Map) {
    faults.error(node.where, found_in(node), shape.what(), tr("write its keys, one KEY: VALUE a line"));
    return;
  }
  std::vector<std::string_view> free_names;
  for (const Key& key : shape.keys)
    if (!has(key.name)) free_names.push_back(key.name);
  std::map<std::string, int> seen;
  for (std::size_t i{}; i < node.keys.size(); ++i) {
    const YamlNode& key = node.keys[i];
    if (!sound_key(faults, key, seen)) continue;
    if (!shape.knows(key.text))
      faults.error(key.where, tr("the unknown key {0}", {in_quotes(key.text)}), tr("a key of {0}", {shape.what()}),
                   free_names.empty() ? tr("remove it") : suggestion(key.text, free_names));
    else if (node.items[i].kind == YamlNode::Kind::Nothing)
      faults.error(key.where, tr("nothing after \"{0}:\"", {key.text}), tr("a value"),
                   tr("write the value, or remove the key"));
  }
  for (const Key& key : shape.keys)
    if (key.required && !has(key.name))
      faults.error(node.where, tr("no \"{0}\"", {std::string(key.name)}),
                   tr("the key \"{0}\" in {1}", {std::string(key.name), shape.what()}), tr("add it"));
}

bool MapReader::has(std::string_view key) const {
  return std::ranges::any_of(node_.keys, [&](const YamlNode& node) { return node.text == key; });
}

const YamlNode* MapReader::find(std::string_view key) const {
  for (std::size_t i{}; i < node_.keys.size(); ++i)
    if (node_.keys[i].text == key && shape_.knows(key))
      return node_.items[i].kind == YamlNode::Kind::Nothing ? nullptr : &node_.items[i];
  return nullptr;
}

void for_each_entry(Faults& faults, const YamlNode& node, std::string_view what, std::size_t entries_max,
                    const std::function<void(const YamlNode&, const YamlNode&)>& entry) {
  if (node.kind != YamlNode::Kind::Map) return faults.error(node.where, found_in(node), std::string(what));
  if (node.keys.size() > entries_max)
    return faults.error(node.where, tr("{0} entries", {std::to_string(node.keys.size())}),
                        tr("at most {0}", {std::to_string(entries_max)}));
  std::map<std::string, int> seen;
  for (std::size_t i{}; i < node.keys.size(); ++i)
    if (!faults.full() && sound_key(faults, node.keys[i], seen)) entry(node.keys[i], node.items[i]);
}

void for_each_item(Faults& faults, const YamlNode& node, std::string_view what, std::size_t items_max,
                   const std::function<void(const YamlNode&)>& item) {
  if (node.kind != YamlNode::Kind::List) return faults.error(node.where, found_in(node), std::string(what));
  if (node.items.size() > items_max)
    return faults.error(node.where, tr("{0} entries", {std::to_string(node.items.size())}),
                        tr("at most {0}", {std::to_string(items_max)}));
  for (const YamlNode& one : node.items)
    if (!faults.full()) item(one);
}

const Shape& best_shape(const YamlNode& node, std::span<const Shape* const> shapes) {
  const auto fit = [&](const Shape* shape) {
    const auto known = std::ranges::count_if(node.keys, [&](const YamlNode& key) { return shape->knows(key.text); });
    const auto missing = std::ranges::count_if(shape->keys, [&](const Key& key) {
      return key.required && std::ranges::find(node.keys, key.name, &YamlNode::text) == node.keys.end();
    });
    return std::pair(known, -missing);
  };
  return **std::ranges::max_element(shapes, {}, fit);
}

}  // namespace mailscope
