// Walks one YAML map against the list of keys that may stand in it: unknown, repeated, missing and empty ones are
// faults, said once, here. It knows what keys look like and not what they mean.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "sim/scenario/read/faults.hpp"

namespace mailscope {

/// A key that may stand in a map.
struct Key {
  std::string_view name;
  bool required{};
};

/// The keys of one kind of map. The same table is checked against the JSON schema, definition by definition.
struct Shape {
  std::string_view name;  ///< of the schema's definition: "mail-server"
  const char* (*what)();  ///< for people, in the current language: "a mail server"
  std::span<const Key> keys;

  [[nodiscard]] bool knows(std::string_view key) const;
};

class MapReader {
 public:
  /// Reports everything that is wrong with the keys. Both arguments outlive the reader; `shape` is static.
  MapReader(Faults& faults, const YamlNode& node, const Shape& shape);

  /// The key's value; null where it is absent, empty or repeated (the first one counts then), or `node` is no map.
  /// Precondition: the shape knows the key.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
  /// The key stands in the map, whatever its value.
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] Where where() const { return node_.where; }

 private:
  const YamlNode& node_;
  const Shape& shape_;
};

/// Reports repeated and non-text keys of a map whose keys the author chooses (hosts, users, zones, ports), and calls
/// `entry(key, value)` for each of the others in file order. A node that is no map, or one with more than `entries_max`
/// entries, is a fault; `what` is what the map lists, for people: "a map of hosts".
void for_each_entry(Faults& faults, const YamlNode& node, std::string_view what, std::size_t entries_max,
                    const std::function<void(const YamlNode& key, const YamlNode& value)>& entry);
/// The same for a list.
void for_each_item(Faults& faults, const YamlNode& node, std::string_view what, std::size_t items_max,
                   const std::function<void(const YamlNode& item)>& item);

/// Of several shapes the one that knows most of the map's keys; among equals the one with fewest missing, then the
/// first. Precondition: `shapes` is not empty.
[[nodiscard]] const Shape& best_shape(const YamlNode& node, std::span<const Shape* const> shapes);

}  // namespace mailscope
