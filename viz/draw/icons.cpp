#include "viz/draw/icons.hpp"

#include <array>
#include <cmath>
#include <initializer_list>

namespace mailscope {
namespace {

constexpr float pi = 3.14159265F;

/// Draws in a unit square: -0.5 to 0.5 in both directions.
class Pen {
 public:
  Pen(ImDrawList& draw, ImVec2 centre, float size, ImU32 colour)
      : draw_(draw), centre_(centre), size_(size), colour_(colour) {}

  void line(std::initializer_list<ImVec2> points, bool closed = false, float weight = 1) const {
    for (const ImVec2 p : points) draw_.PathLineTo(at(p));
    draw_.PathStroke(colour_, closed ? ImDrawFlags_Closed : 0, stroke(weight));
  }
  void fill(std::initializer_list<ImVec2> points) const {
    for (const ImVec2 p : points) draw_.PathLineTo(at(p));
    draw_.PathFillConvex(colour_);
  }
  void frame(ImVec2 low, ImVec2 high, float radius) const {
    draw_.AddRect(at(low), at(high), colour_, radius * size_, 0, stroke(1));
  }
  void box(ImVec2 low, ImVec2 high, float radius) const {
    draw_.AddRectFilled(at(low), at(high), colour_, radius * size_);
  }
  void ring(ImVec2 middle, float radius) const { draw_.AddCircle(at(middle), radius * size_, colour_, 0, stroke(1)); }
  void disc(ImVec2 middle, float radius) const { draw_.AddCircleFilled(at(middle), radius * size_, colour_); }
  void arc(ImVec2 middle, float radius, float from, float to) const {
    draw_.PathArcTo(at(middle), radius * size_, from, to);
    draw_.PathStroke(colour_, 0, stroke(1));
  }
  void ellipse(ImVec2 middle, float rx, float ry) const {
    draw_.AddEllipse(at(middle), rx * size_, ry * size_, colour_, 0, 0, stroke(0.8F));
  }
  [[nodiscard]] ImVec2 at(ImVec2 p) const { return {centre_.x + p.x * size_, centre_.y + p.y * size_}; }
  [[nodiscard]] ImDrawList& draw() const { return draw_; }
  [[nodiscard]] ImU32 colour() const { return colour_; }
  [[nodiscard]] float size() const { return size_; }

 private:
  [[nodiscard]] float stroke(float weight) const { return std::max(1.0F, size_ * 0.085F * weight); }

  ImDrawList& draw_;
  ImVec2 centre_;
  float size_;
  ImU32 colour_;
};

void sun(const Pen& pen) {
  pen.ring({0, 0}, 0.19F);
  for (int i = 0; i < 8; ++i) {
    const float angle = pi / 4 * static_cast<float>(i);
    const ImVec2 ray(std::cos(angle), std::sin(angle));
    pen.line({{ray.x * 0.32F, ray.y * 0.32F}, {ray.x * 0.45F, ray.y * 0.45F}});
  }
}

/// A crescent: the long arc of one circle, and back along the arc of another that cuts it in the same two points.
void moon(const Pen& pen) {
  ImDrawList& draw = pen.draw();
  const float outer = pen.size() * 0.42F, tip = 0.62F * pi, opening = -0.25F * pi;  // half angle of the long arc's gap
  const float from = opening + (pi - tip), to = opening + 2 * pi - (pi - tip);
  // The inner circle's centre lies towards the opening; both tips are on it.
  const float shift = outer * 0.62F, half_chord = outer * std::sin(pi - tip), along = outer * std::cos(pi - tip);
  const ImVec2 middle = pen.at({0, 0}),
               inner(middle.x + std::cos(opening) * shift, middle.y + std::sin(opening) * shift);
  const float inner_radius = std::hypot(along - shift, half_chord), spread = std::atan2(half_chord, along - shift);
  draw.PathArcTo(middle, outer, from, to, 28);
  draw.PathArcTo(inner, inner_radius, opening + 2 * pi - spread, opening + spread, 20);
  draw.PathStroke(pen.colour(), ImDrawFlags_Closed, std::max(1.0F, pen.size() * 0.085F));
}

void question(const Pen& pen) {
  pen.arc({0, -0.17F}, 0.2F, -pi, 0.3F * pi);
  pen.line({{0.115F, -0.005F}, {0.0F, 0.12F}, {0, 0.2F}});
  pen.disc({0, 0.36F}, 0.06F);
}

void device(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::Laptop:
      pen.frame({-0.36F, -0.32F}, {0.36F, 0.16F}, 0.08F);
      pen.line({{-0.5F, 0.32F}, {0.5F, 0.32F}});
      break;
    case Icon::Phone:
      pen.frame({-0.26F, -0.45F}, {0.26F, 0.45F}, 0.12F);
      pen.disc({0, 0.28F}, 0.055F);
      break;
    case Icon::Server:
      pen.frame({-0.42F, -0.42F}, {0.42F, -0.04F}, 0.08F);
      pen.frame({-0.42F, 0.04F}, {0.42F, 0.42F}, 0.08F);
      pen.disc({-0.24F, -0.23F}, 0.06F);
      pen.disc({-0.24F, 0.23F}, 0.06F);
      break;
    default:
      pen.ring({0, 0}, 0.43F);
      pen.ellipse({0, 0}, 0.19F, 0.43F);
      pen.line({{-0.43F, 0}, {0.43F, 0}}, false, 0.8F);
      break;
  }
}

void transport(const Pen& pen, Icon icon) {
  const float way = icon == Icon::StepBack || icon == Icon::ToStart ? -1.0F : 1.0F;
  switch (icon) {
    case Icon::Play:
      pen.fill({{-0.28F, -0.4F}, {0.42F, 0}, {-0.28F, 0.4F}});
      break;
    case Icon::Pause:
      pen.box({-0.3F, -0.38F}, {-0.08F, 0.38F}, 0.05F);
      pen.box({0.08F, -0.38F}, {0.3F, 0.38F}, 0.05F);
      break;
    case Icon::StepBack:
    case Icon::StepOn:  // a bar that is left behind, and the triangle that leaves it
      pen.line({{-0.26F * way, -0.38F}, {-0.26F * way, 0.38F}});
      pen.fill({{-0.08F * way, -0.26F}, {0.34F * way, 0}, {-0.08F * way, 0.26F}});
      break;
    default:  // a triangle that runs against a bar
      pen.fill({{-0.34F * way, -0.28F}, {0.18F * way, 0}, {-0.34F * way, 0.28F}});
      pen.line({{0.28F * way, -0.38F}, {0.28F * way, 0.38F}});
      break;
  }
}

void sign(const Pen& pen, Icon icon) {
  switch (icon) {
    case Icon::Lock:
      pen.box({-0.34F, -0.04F}, {0.34F, 0.42F}, 0.08F);
      pen.arc({0, -0.14F}, 0.2F, -pi, 0);
      pen.line({{-0.2F, -0.14F}, {-0.2F, 0}});
      pen.line({{0.2F, -0.14F}, {0.2F, 0}});
      break;
    case Icon::Envelope:
      pen.frame({-0.46F, -0.33F}, {0.46F, 0.33F}, 0.08F);
      pen.line({{-0.42F, -0.26F}, {0, 0.06F}, {0.42F, -0.26F}});
      break;
    case Icon::Check:
      pen.line({{-0.32F, 0.02F}, {-0.1F, 0.25F}, {0.34F, -0.26F}}, false, 1.3F);
      break;
    case Icon::Cross:
      pen.line({{-0.26F, -0.26F}, {0.26F, 0.26F}}, false, 1.3F);
      pen.line({{0.26F, -0.26F}, {-0.26F, 0.26F}}, false, 1.3F);
      break;
    case Icon::CaretDown:
      pen.fill({{-0.3F, -0.16F}, {0.3F, -0.16F}, {0, 0.22F}});
      break;
    case Icon::CaretRight:
      pen.fill({{-0.18F, -0.32F}, {0.26F, 0}, {-0.18F, 0.32F}});
      break;
    case Icon::Plus:
      pen.line({{0, -0.32F}, {0, 0.32F}});
      [[fallthrough]];
    case Icon::Minus:
      pen.line({{-0.32F, 0}, {0.32F, 0}});
      break;
    case Icon::Folder:
      pen.line({{-0.44F, 0.34F}, {-0.44F, -0.3F}, {-0.12F, -0.3F}, {0, -0.16F}, {0.44F, -0.16F}, {0.44F, 0.34F}}, true);
      break;
    case Icon::Back:
      pen.line({{0.12F, -0.3F}, {-0.18F, 0}, {0.12F, 0.3F}});
      break;
    case Icon::Warning:
      pen.line({{0, -0.4F}, {0.44F, 0.36F}, {-0.44F, 0.36F}}, true);
      pen.line({{0, -0.12F}, {0, 0.1F}});
      pen.disc({0, 0.23F}, 0.05F);
      break;
    case Icon::Motion:  // a ball and its traces
      pen.ring({0.2F, 0}, 0.22F);
      pen.line({{-0.45F, -0.2F}, {-0.1F, -0.2F}});
      pen.line({{-0.45F, 0}, {-0.18F, 0}});
      pen.line({{-0.45F, 0.2F}, {-0.1F, 0.2F}});
      break;
    case Icon::Stillness:  // a ball that lies
      pen.ring({0, 0}, 0.22F);
      pen.line({{-0.45F, 0.4F}, {0.45F, 0.4F}});
      break;
    case Icon::Fit:  // the four corners of a frame
      for (const float x : {-1.0F, 1.0F})
        for (const float y : {-1.0F, 1.0F})
          pen.line({{x * 0.36F, y * 0.14F}, {x * 0.36F, y * 0.36F}, {x * 0.14F, y * 0.36F}});
      break;
    default:
      pen.disc({0, 0}, 0.14F);
      break;
  }
}

}  // namespace

void draw_icon(ImDrawList& draw, Icon icon, ImVec2 centre, float size, ImU32 colour) {
  const Pen pen(draw, centre, size, colour);
  if (icon <= Icon::Globe) return device(pen, icon);
  if (icon >= Icon::Play && icon <= Icon::ToEnd) return transport(pen, icon);
  if (icon == Icon::Sun) return sun(pen);
  if (icon == Icon::Moon) return moon(pen);
  if (icon == Icon::Question) return question(pen);
  sign(pen, icon);
}

}  // namespace mailscope
