#include "viz/app/software_renderer.hpp"

#include <array>
#include <catch2/catch_all.hpp>

#include "viz/app/gui.hpp"
#include "viz/draw/theme.hpp"

using namespace mailscope;

namespace {

constexpr ImU32 black = IM_COL32(0, 0, 0, 255), white = IM_COL32(255, 255, 255, 255);

/// What `draw` puts on an empty list, as a picture of 64 x 48 pixels.
template <class Draw>
Picture picture_of(Draw draw, ImU32 background = black, float framebuffer_scale = 1) {
  const Gui gui;
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {64, 48};
  io.DisplayFramebufferScale = {framebuffer_scale, framebuffer_scale};
  build_fonts(100, framebuffer_scale);
  apply_theme({});
  ImGui::NewFrame();
  draw(*ImGui::GetForegroundDrawList());
  ImGui::Render();
  return draw_in_software(*ImGui::GetDrawData(), background);
}

std::array<int, 3> pixel(const Picture& picture, int x, int y) {
  const std::size_t at =
      (static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)) * 4;
  return {picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2]};
}

using Rgb = std::array<int, 3>;

}  // namespace

TEST_CASE("a rectangle covers exactly its pixels") {
  const Picture picture = picture_of([](ImDrawList& draw) { draw.AddRectFilled({10, 5}, {20, 9}, white); });
  int covered = 0;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const bool inside = x >= 10 && x < 20 && y >= 5 && y < 9;
      REQUIRE(pixel(picture, x, y) == (inside ? Rgb{255, 255, 255} : Rgb{0, 0, 0}));
      covered += inside ? 1 : 0;
    }
  CHECK(covered == 40);
}

TEST_CASE("triangles with a common edge leave no gap and cover no pixel twice") {
  // Half transparent: a pixel that is covered twice would be lighter, a gap darker.
  const Picture picture = picture_of([](ImDrawList& draw) {
    draw.Flags = ImDrawListFlags_None;
    const ImU32 half = IM_COL32(255, 255, 255, 128);
    const ImVec2 hub(31.3F, 22.7F);
    const std::array<ImVec2, 5> rim{ImVec2(2.1F, 3.3F), ImVec2(60.4F, 1.9F), ImVec2(62.2F, 40.6F), ImVec2(20.5F, 46.1F),
                                    ImVec2(1.7F, 30.2F)};
    for (std::size_t i = 0; i < rim.size(); ++i) draw.AddTriangleFilled(hub, rim[i], rim[(i + 1) % rim.size()], half);
  });
  for (int y = 10; y < 34; ++y)
    for (int x = 8; x < 56; ++x) REQUIRE(pixel(picture, x, y) == Rgb{128, 128, 128});
}

TEST_CASE("colours blend with straight alpha, as in the OpenGL back end") {
  const Picture picture = picture_of(
      [](ImDrawList& draw) {
        draw.AddRectFilled({0, 0}, {64, 48}, IM_COL32(200, 100, 0, 64));
      },
      IM_COL32(0, 100, 200, 255));
  const Rgb middle = pixel(picture, 32, 24);
  CHECK(middle[0] == Catch::Approx(200 * 64 / 255.0).margin(1));
  CHECK(middle[1] == 100);
  CHECK(middle[2] == Catch::Approx(200 * 191 / 255.0).margin(1));
}

TEST_CASE("nothing is drawn outside the clip rectangle") {
  const Picture picture = picture_of([](ImDrawList& draw) {
    draw.PushClipRect({16, 16}, {32, 32});
    draw.AddCircleFilled({24, 24}, 40, white);
    draw.AddTriangleFilled({-1e6F, -1e6F}, {1e6F, -1e6F}, {0, 1e6F}, white);
    draw.PopClipRect();
  });
  CHECK(pixel(picture, 24, 24) == Rgb{255, 255, 255});
  CHECK(pixel(picture, 15, 24) == Rgb{0, 0, 0});
  CHECK(pixel(picture, 32, 24) == Rgb{0, 0, 0});
}

TEST_CASE("letters come from the font atlas, and are larger in a doubled framebuffer") {
  const auto write = [](ImDrawList& draw) {
    draw.AddText(font(Face::Title), line_height(Face::Title), {2, 2}, white, "Mx");
  };
  const auto lit = [](const Picture& picture) {
    int count = 0;
    for (std::size_t i = 0; i < picture.rgba.size(); i += 4) count += picture.rgba[i] > 128 ? 1 : 0;
    return count;
  };
  const Picture once = picture_of(write), twice = picture_of(write, black, 2);
  CHECK(lit(once) > 60);
  CHECK(twice.width == 128);
  CHECK(lit(twice) > 3 * lit(once));
}

TEST_CASE("a picture is written as a PNG file, and a path that cannot be written is told") {
  const Picture picture = picture_of([](ImDrawList& draw) { draw.AddCircleFilled({30, 20}, 10, white); });
  const auto file = std::filesystem::temp_directory_path() / "mailscope-picture-test.png";
  REQUIRE(write_png(picture, file));
  CHECK(std::filesystem::file_size(file) > 100);
  std::filesystem::remove(file);
  CHECK_FALSE(write_png(picture, "/nowhere/at/all.png"));
}
