// A picture in memory, and how it becomes a PNG file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mailscope {

/// Rows from top to bottom, pixels from left to right, four octets each: red, green, blue, alpha.
struct Picture {
  int width{}, height{};
  std::vector<std::uint8_t> rgba;
};

/// Writes an RGB PNG (the alpha is left out). Returns whether the file was written whole.
[[nodiscard]] bool write_png(const Picture& picture, const std::filesystem::path& file);

}  // namespace mailscope
