#include "viz/app/software_renderer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mailscope {
namespace {

// Positions are snapped to 1/256 pixel, as graphics cards do: then the edge functions are exact integers, and two
// triangles with a common edge neither leave a gap nor cover a pixel twice.
constexpr std::int64_t sub = 256;

struct Texture {
  const unsigned char* alpha{};
  int width{}, height{};
};

struct Clip {
  int left, top, right, bottom;
};

struct Vertex {
  std::int64_t x, y;
  ImVec2 at, uv;
  std::array<float, 4> colour;
};

/// A value that changes linearly over a triangle.
struct Plane {
  float origin{}, dx{}, dy{};
  [[nodiscard]] float at(float x, float y) const { return origin + dx * x + dy * y; }
};

class Canvas {
 public:
  Canvas(Picture& picture, Texture texture) : picture_(picture), texture_(texture) {}

  void triangle(std::array<Vertex, 3> v, const Clip& clip) {
    std::int64_t area = cross(v[0], v[1], v[2].x, v[2].y);
    if (area == 0) return;
    if (area < 0) std::swap(v[1], v[2]);
    const auto [lowest, highest] = std::minmax({v[0].y, v[1].y, v[2].y});
    const int top = std::max(clip.top, static_cast<int>(floor_div(lowest, sub)));
    const int bottom = std::min(clip.bottom, static_cast<int>(floor_div(highest, sub)) + 1);
    const Shader shader = shader_of(v);
    for (int y = top; y < bottom; ++y) {
      int left = clip.left, right = clip.right;
      for (std::size_t i = 0; i < 3; ++i) narrow(v[i], v[(i + 1) % 3], y, left, right);
      if (left < right) span(shader, y, left, right);
    }
  }

 private:
  struct Shader {
    bool flat{};                    ///< one colour and one texel everywhere
    std::array<float, 4> colour{};  ///< when flat; alpha includes the texture
    std::array<Plane, 4> colours{};
    Plane u, v;
  };

  static std::int64_t cross(const Vertex& a, const Vertex& b, std::int64_t x, std::int64_t y) {
    return (b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x);
  }
  static std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
  }

  /// Cuts [left, right) to the pixels of row `y` whose centres lie inside the edge from `a` to `b` (top-left rule).
  static void narrow(const Vertex& a, const Vertex& b, int y, int& left, int& right) {
    const std::int64_t centre_y = y * sub + sub / 2;
    const bool is_top_left = (a.y == b.y && b.x > a.x) || b.y < a.y;
    const std::int64_t at_zero =
        cross(a, b, sub / 2, centre_y) - (is_top_left ? 0 : 1);  // value at pixel 0; inside: >= 0
    const std::int64_t step = -(b.y - a.y) * sub;                // a pixel further to the right
    if (step == 0) {
      if (at_zero < 0) right = left;
    } else if (step > 0) {
      left = static_cast<int>(std::max<std::int64_t>(left, -floor_div(at_zero, step)));
    } else {
      right = static_cast<int>(std::min<std::int64_t>(right, floor_div(at_zero, -step) + 1));
    }
  }

  static Plane plane(const std::array<Vertex, 3>& v, float a, float b, float c) {
    const float x1 = v[1].at.x - v[0].at.x, y1 = v[1].at.y - v[0].at.y, x2 = v[2].at.x - v[0].at.x,
                y2 = v[2].at.y - v[0].at.y;
    const float area = x1 * y2 - x2 * y1;
    if (area == 0) return {a, 0, 0};
    const float dx = ((b - a) * y2 - (c - a) * y1) / area, dy = ((c - a) * x1 - (b - a) * x2) / area;
    return {a - dx * v[0].at.x - dy * v[0].at.y, dx, dy};
  }

  [[nodiscard]] Shader shader_of(const std::array<Vertex, 3>& v) const {
    Shader shader;
    const auto same_uv = [&v](std::size_t i) { return v[i].uv.x == v[0].uv.x && v[i].uv.y == v[0].uv.y; };
    shader.flat = v[0].colour == v[1].colour && v[0].colour == v[2].colour && same_uv(1) && same_uv(2);
    shader.colour = v[0].colour;
    if (shader.flat) {
      shader.colour[3] *= texel(v[0].uv.x, v[0].uv.y);
      return shader;
    }
    for (std::size_t i = 0; i < 4; ++i) shader.colours[i] = plane(v, v[0].colour[i], v[1].colour[i], v[2].colour[i]);
    shader.u = plane(v, v[0].uv.x, v[1].uv.x, v[2].uv.x);
    shader.v = plane(v, v[0].uv.y, v[1].uv.y, v[2].uv.y);
    return shader;
  }

  /// The atlas's alpha, 0 to 1, bilinear and clamped to the edge like GL_LINEAR.
  [[nodiscard]] float texel(float u, float v) const {
    const float x = u * static_cast<float>(texture_.width) - 0.5F, y = v * static_cast<float>(texture_.height) - 0.5F;
    const float left = std::floor(x), top = std::floor(y), fx = x - left, fy = y - top;
    const auto read = [this](int column, int row) {
      const int c = std::clamp(column, 0, texture_.width - 1), r = std::clamp(row, 0, texture_.height - 1);
      return static_cast<float>(texture_.alpha[static_cast<std::size_t>(r) * static_cast<std::size_t>(texture_.width) +
                                               static_cast<std::size_t>(c)]);
    };
    const int c = static_cast<int>(left), r = static_cast<int>(top);
    const float upper = read(c, r) * (1 - fx) + read(c + 1, r) * fx,
                lower = read(c, r + 1) * (1 - fx) + read(c + 1, r + 1) * fx;
    return (upper * (1 - fy) + lower * fy) / 255.0F;
  }

  void span(const Shader& shader, int y, int left, int right) {
    std::uint8_t* pixel =
        picture_.rgba.data() +
        (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture_.width) + static_cast<std::size_t>(left)) * 4;
    if (shader.flat) {
      for (int x = left; x < right; ++x, pixel += 4) blend(pixel, shader.colour);
      return;
    }
    const float centre_y = static_cast<float>(y) + 0.5F;
    for (int x = left; x < right; ++x, pixel += 4) {
      const float centre_x = static_cast<float>(x) + 0.5F;
      std::array<float, 4> colour;
      for (std::size_t i = 0; i < 4; ++i)
        colour[i] = std::clamp(shader.colours[i].at(centre_x, centre_y), 0.0F, 255.0F);
      colour[3] *= texel(shader.u.at(centre_x, centre_y), shader.v.at(centre_x, centre_y));
      blend(pixel, colour);
    }
  }

  static void blend(std::uint8_t* pixel, const std::array<float, 4>& colour) {
    const float alpha = colour[3] / 255.0F;
    for (std::size_t i = 0; i < 3; ++i)
      pixel[i] = static_cast<std::uint8_t>(colour[i] * alpha + static_cast<float>(pixel[i]) * (1 - alpha) + 0.5F);
  }

  Picture& picture_;
  Texture texture_;
};

Vertex vertex(const ImDrawVert& from, ImVec2 origin, ImVec2 scale) {
  Vertex v{};
  v.at = {(from.pos.x - origin.x) * scale.x, (from.pos.y - origin.y) * scale.y};
  v.x = std::llround(v.at.x * static_cast<float>(sub));
  v.y = std::llround(v.at.y * static_cast<float>(sub));
  v.uv = from.uv;
  for (unsigned i = 0; i < 4; ++i) v.colour[i] = static_cast<float>((from.col >> (8 * i)) & 255U);
  return v;
}

Clip clip_of(const ImDrawCmd& command, const ImDrawData& data, const Picture& picture) {
  const ImVec2 o = data.DisplayPos, s = data.FramebufferScale;
  return {std::max(0, static_cast<int>((command.ClipRect.x - o.x) * s.x)),
          std::max(0, static_cast<int>((command.ClipRect.y - o.y) * s.y)),
          std::min(picture.width, static_cast<int>((command.ClipRect.z - o.x) * s.x)),
          std::min(picture.height, static_cast<int>((command.ClipRect.w - o.y) * s.y))};
}

Texture font_atlas() {
  unsigned char* alpha = nullptr;
  Texture texture;
  ImGui::GetIO().Fonts->GetTexDataAsAlpha8(&alpha, &texture.width, &texture.height);
  texture.alpha = alpha;
  return texture;
}

}  // namespace

Picture draw_in_software(const ImDrawData& data, ImU32 background) {
  Picture picture{static_cast<int>(data.DisplaySize.x * data.FramebufferScale.x),
                  static_cast<int>(data.DisplaySize.y * data.FramebufferScale.y),
                  {}};
  picture.rgba.resize(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height) * 4, 255);
  for (std::size_t i = 0; i < picture.rgba.size(); ++i)
    if (i % 4 != 3) picture.rgba[i] = static_cast<std::uint8_t>((background >> (8 * (i % 4))) & 255U);
  Canvas canvas(picture, font_atlas());
  for (const ImDrawList* list : data.CmdLists)
    for (const ImDrawCmd& command : list->CmdBuffer) {
      if (command.UserCallback != nullptr) continue;
      const Clip clip = clip_of(command, data, picture);
      const auto corner = [&](unsigned element) {
        const auto index = list->IdxBuffer[static_cast<int>(command.IdxOffset + element)];
        return vertex(list->VtxBuffer[static_cast<int>(index + command.VtxOffset)], data.DisplayPos,
                      data.FramebufferScale);
      };
      for (unsigned e = 0; e + 2 < command.ElemCount; e += 3)
        canvas.triangle({corner(e), corner(e + 1), corner(e + 2)}, clip);
    }
  return picture;
}

}  // namespace mailscope
