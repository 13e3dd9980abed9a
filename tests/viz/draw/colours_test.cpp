// Whether the palettes can be read: contrast as WCAG 2 defines it, and hues as colour-blind eyes see them.
#include <array>
#include <catch2/catch_all.hpp>
#include <cmath>

#include "viz/draw/theme.hpp"

using namespace mailscope;

namespace {

using Triple = std::array<double, 3>;
using Matrix = std::array<Triple, 3>;

Triple linear(ImU32 colour) {
  Triple light{};
  for (unsigned i = 0; i < 3; ++i) {
    const double c = static_cast<double>((colour >> (8 * i)) & 255U) / 255;
    light[i] = c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  }
  return light;
}

double luminance(const Triple& c) { return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]; }

/// WCAG 2.2, relative luminance and contrast ratio: 1 to 21.
double contrast(ImU32 a, ImU32 b) {
  const auto [low, high] = std::minmax({luminance(linear(a)), luminance(linear(b))});  // by value
  return (high + 0.05) / (low + 0.05);
}

// Machado, Oliveira and Fernandes 2009, severity 1.0, on linear light.
constexpr std::array<Matrix, 4> visions{{
    {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
    {{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
    {{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
    {{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
}};

Triple lab(const Triple& c) {
  const auto f = [](double t) { return t > 0.008856 ? std::cbrt(t) : 7.787 * t + 16.0 / 116; };
  const double x = f((0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.9505), y = f(luminance(c));
  const double z = f((0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.089);
  return {116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

/// The CIE 1976 difference of two colours as these eyes see them; 2.3 is just noticeable side by side.
double difference(ImU32 a, ImU32 b, const Matrix& vision) {
  const auto seen = [&vision](ImU32 colour) {
    const Triple light = linear(colour);
    Triple changed{};
    for (std::size_t row = 0; row < 3; ++row)
      changed[row] =
          std::clamp(vision[row][0] * light[0] + vision[row][1] * light[1] + vision[row][2] * light[2], 0.0, 1.0);
    return lab(changed);
  };
  const Triple p = seen(a), q = seen(b);
  return std::hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

}  // namespace

TEST_CASE("every text can be read on every surface: WCAG 2.2 asks for 4.5 to 1") {
  for (const Theme theme : {Theme::Dark, Theme::Light}) {
    const Palette& p = palette(theme);
    for (const ImU32 surface : {p.panel, p.card, p.window, p.inset, p.hover}) {
      for (const ImU32 text : {p.text, p.text_soft, p.text_dim}) CHECK(contrast(text, surface) >= 4.5);
      for (const ImU32 text : {p.smtp, p.pop3, p.imap, p.dns, p.other, p.success, p.failure, p.warning})
        CHECK(contrast(text, surface) >= 4.4);
      CHECK(contrast(p.text_faint, surface) >= 3.0);
    }
    for (const ImU32 text : {p.smtp, p.pop3, p.imap, p.dns, p.other, p.success, p.failure, p.warning})
      CHECK(contrast(text, p.panel) >= 4.5);
    CHECK(contrast(p.text, p.selected) >= 4.5);
    CHECK(contrast(p.on_accent, p.accent) >= 4.5);
    for (const ImU32 fill : {p.smtp, p.pop3, p.imap, p.dns}) CHECK(contrast(p.on_protocol, fill) >= 4.5);
  }
}

TEST_CASE("the four protocols stay apart also for colour-blind eyes") {
  for (const Theme theme : {Theme::Dark, Theme::Light}) {
    const Palette& p = palette(theme);
    const std::array colours{p.smtp, p.pop3, p.imap, p.dns};
    for (const Matrix& vision : visions) {
      for (std::size_t i = 0; i < colours.size(); ++i)
        for (std::size_t j = i + 1; j < colours.size(); ++j) CHECK(difference(colours[i], colours[j], vision) >= 12);
      CHECK(difference(p.success, p.failure, vision) >= 10);
    }
  }
}

TEST_CASE("surfaces come in steps that can be told apart") {
  for (const Theme theme : {Theme::Dark, Theme::Light}) {
    const Palette& p = palette(theme);
    CHECK(p.window != p.panel);
    CHECK(p.panel != p.card);
    CHECK(contrast(p.border_strong, p.panel) > 1.3);
  }
}

TEST_CASE("fading multiplies the opacity and leaves the colour") {
  CHECK(faded(IM_COL32(10, 20, 30, 200), 0.5F) == IM_COL32(10, 20, 30, 100));
  CHECK(faded(IM_COL32(10, 20, 30, 255), 0) == IM_COL32(10, 20, 30, 0));
}
