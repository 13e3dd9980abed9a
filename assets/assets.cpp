#include "assets/assets.hpp"

#include <algorithm>

#include "embedded_externs.inc"

namespace mailscope {
namespace {

struct Embedded {
  std::string_view path;
  const char* begin;
  const char* end;
};
const Embedded table[] = {
#include "embedded_table.inc"
};

}  // namespace

std::optional<std::string_view> asset(std::string_view path) {
  for (const Embedded& file : table)
    if (file.path == path) return std::string_view(file.begin, static_cast<std::size_t>(file.end - file.begin));
  return std::nullopt;
}

std::vector<std::string_view> asset_paths() {
  std::vector<std::string_view> paths;
  for (const Embedded& file : table) paths.push_back(file.path);
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace mailscope
