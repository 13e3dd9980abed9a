#include "viz/app/picture.hpp"

#include <cstdio>
#include <memory>
#include <string_view>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#endif
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb/stb_image_write.h>
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

namespace mailscope {
namespace {

struct Sink {
  std::FILE* file;
  bool good;
};

void take(void* context, void* data, int octets) {
  auto& sink = *static_cast<Sink*>(context);
  const auto count = static_cast<std::size_t>(octets);
  sink.good = sink.good && std::fwrite(data, 1, count, sink.file) == count;
}

}  // namespace

bool write_png(const Picture& picture, const std::filesystem::path& file) {
  std::vector<std::uint8_t> rgb;
  rgb.reserve(picture.rgba.size() / 4 * 3);
  for (std::size_t i = 0; i + 3 < picture.rgba.size(); i += 4)
    rgb.insert(rgb.end(), picture.rgba.begin() + static_cast<std::ptrdiff_t>(i),
               picture.rgba.begin() + static_cast<std::ptrdiff_t>(i) + 3);
  std::FILE* out = std::fopen(file.c_str(), "wb");
  if (out == nullptr) return false;
  Sink sink{out, true};
  const int encoded =
      stbi_write_png_to_func(take, &sink, picture.width, picture.height, 3, rgb.data(), picture.width * 3);
  return std::fclose(out) == 0 && encoded != 0 && sink.good;
}

}  // namespace mailscope
