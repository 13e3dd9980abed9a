// The font atlas: which faces at which sizes, and which characters. Symbols that the faces lack are drawn as shapes
// (icons.hpp) and never asked of a font.
#include <array>

#include "assets/assets.hpp"
#include "imgui_freetype.h"
#include "viz/draw/theme.hpp"

namespace mailscope {
namespace {

struct FaceSource {
  const char* asset;
  float em;    ///< design pixels, as typographers and CSS measure
  float line;  ///< ascender to descender in em, by which ImGui measures: 1.21 Inter, 1.32 JetBrains Mono
};
// In the order of Face.
constexpr std::array<FaceSource, static_cast<std::size_t>(Face::Count)> sources{{
    {"fonts/Inter-Regular.otf", 14, 1.21F},
    {"fonts/Inter-SemiBold.otf", 14, 1.21F},
    {"fonts/Inter-Bold.otf", 19, 1.21F},
    {"fonts/Inter-SemiBold.otf", 11, 1.21F},
    {"fonts/Inter-Regular.otf", 12, 1.21F},
    {"fonts/JetBrainsMono-Regular.ttf", 13, 1.32F},
    {"fonts/JetBrainsMono-Bold.ttf", 13, 1.32F},
    {"fonts/JetBrainsMono-Regular.ttf", 11, 1.32F},
}};

// Latin-1, Latin Extended-A, punctuation, the euro, arrows and the few symbols of our texts.
constexpr std::array<ImWchar, 31> characters{0x0020, 0x007E, 0x00A0, 0x017F, 0x2010, 0x2015, 0x2018, 0x201E,
                                             0x2020, 0x2022, 0x2026, 0x2026, 0x2039, 0x203A, 0x20AC, 0x20AC,
                                             0x2190, 0x2194, 0x2212, 0x2212, 0x2248, 0x2248, 0x2264, 0x2265,
                                             0x25CF, 0x25CF, 0x2713, 0x2713, 0x2717, 0x2717, 0};

std::array<ImFont*, static_cast<std::size_t>(Face::Count)> faces{};

}  // namespace

ImFont* font(Face face) { return faces.at(static_cast<std::size_t>(face)); }

float line_height(Face face) { return font(face)->FontSize * ImGui::GetIO().FontGlobalScale; }

void build_fonts(int scale_percent, float framebuffer_scale) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  io.Fonts->Flags |= ImFontAtlasFlags_NoPowerOfTwoHeight;
  const float scale = static_cast<float>(scale_percent) / 100.0F * framebuffer_scale;
  io.Fonts->TexDesiredWidth = scale > 1.5F ? 4096 : 2048;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto data = asset(sources[i].asset);
    IM_ASSERT(data && "the build embeds every font");
    ImFontConfig config;
    config.FontDataOwnedByAtlas = false;
    config.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
    // The atlas never writes to data that it does not own.
    void* octets = const_cast<char*>(data->data());
    faces[i] = io.Fonts->AddFontFromMemoryTTF(octets, static_cast<int>(data->size()),
                                              sources[i].em * sources[i].line * scale, &config, characters.data());
  }
  io.Fonts->Build();
  io.FontGlobalScale = 1.0F / framebuffer_scale;
}

}  // namespace mailscope
