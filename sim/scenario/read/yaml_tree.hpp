// YAML text as a tree that remembers where everything stood, duplicate keys included. The only user of yaml-cpp here.
// It knows no lesson: whatever the keys mean is decided elsewhere. Hostile text is refused, never followed.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/read/read_scenario.hpp"

namespace mailscope {

/// A place in a file, counted from 1; columns are characters, not octets.
struct Where {
  int line{}, column{};
};

struct YamlNode {
  enum class Kind : unsigned char { Nothing, Scalar, List, Map };
  Kind kind{};
  Where where;                  ///< a value that is Nothing stands where its key stands
  std::string text;             ///< Scalar: its text, valid UTF-8
  bool plain{};                 ///< Scalar: written without quotes, so it may mean a number or truth
  std::vector<YamlNode> keys;   ///< Map: keys[i] belongs to items[i]; a key may come twice
  std::vector<YamlNode> items;  ///< List or Map
};

/// A lesson nests 6 deep; the limit keeps recursion over the tree harmless.
inline constexpr std::size_t yaml_depth_max = 24;
/// A lesson of 200 steps has some 10,000 nodes; the limit keeps a megabyte of "[,,,," from becoming a gigabyte.
inline constexpr std::size_t yaml_nodes_max = 100'000;

/// `root`, or the one fault for which the text is no single YAML document that is safe to read: not UTF-8, control
/// characters, syntax, anchors, aliases, tags, several documents, or a limit crossed.
struct YamlReading {
  std::optional<YamlNode> root;
  Fault fault;
};
[[nodiscard]] YamlReading read_yaml(std::string_view text);

}  // namespace mailscope
