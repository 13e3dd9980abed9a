// Rich text: marks are read into runs, runs are broken into words, words are placed on lines.
#include <cctype>
#include <optional>

#include "viz/draw/text.hpp"
#include "viz/draw/utf8.hpp"

namespace mailscope {
namespace {

constexpr float line_spacing = 1.2F;  // of the body's line height, which is 1.21 em: 1.45 em as in the design

enum class Emphasis : std::uint8_t { None, Bold, Italic, Mono };

struct Run {
  Emphasis emphasis{};
  std::string text;
};

Face face_of(Emphasis emphasis) {
  switch (emphasis) {
    case Emphasis::Bold:
      return Face::Strong;
    case Emphasis::Mono:
      return Face::Mono;
    default:
      return Face::Body;
  }
}

/// The mark that opens at the front of `text`, if its closing mark follows.
struct Span {
  Emphasis emphasis;
  std::size_t mark;   ///< octets of the mark
  std::size_t inner;  ///< octets between the marks
};
std::optional<Span> span_at(std::string_view text) {
  const auto closed_by = [text](std::string_view mark, Emphasis emphasis) -> std::optional<Span> {
    if (!text.starts_with(mark)) return std::nullopt;
    const std::size_t end = text.find(mark, mark.size());
    if (end == std::string_view::npos || end == mark.size()) return std::nullopt;
    return Span{emphasis, mark.size(), end - mark.size()};
  };
  if (const auto mono = closed_by("`", Emphasis::Mono)) return mono;
  if (const auto bold = closed_by("**", Emphasis::Bold)) return bold;
  if (text.starts_with("**") || text.substr(0, 2) == "* ") return std::nullopt;
  return closed_by("*", Emphasis::Italic);
}

std::vector<Run> runs_of(std::string_view text) {
  std::vector<Run> runs{{}};
  const auto add = [&runs](Emphasis emphasis, std::string_view part) {
    if (runs.back().emphasis != emphasis) runs.push_back({emphasis, {}});
    runs.back().text += part;
  };
  while (!text.empty()) {
    if (text.size() > 1 && text[0] == '\\' && std::string_view("*`\\").find(text[1]) != std::string_view::npos) {
      add(Emphasis::None, text.substr(1, 1));
      text.remove_prefix(2);
    } else if (const auto span = span_at(text)) {
      add(span->emphasis, text.substr(span->mark, span->inner));
      text.remove_prefix(2 * span->mark + span->inner);
    } else {
      add(Emphasis::None, text.substr(0, 1));
      text.remove_prefix(1);
    }
  }
  return runs;
}

/// Places pieces of text from left to right and breaks lines; `put` draws a piece, or does nothing when measuring.
template <class Put>
class Lines {
 public:
  Lines(float width, Put put) : width_(width), put_(put) {}

  void run(const Run& run) {
    std::string_view rest = run.text;
    while (!rest.empty()) {
      if (rest.front() == '\n') {
        break_line();
        rest.remove_prefix(1);
      } else if (rest.front() == ' ') {
        space_ += text_size(face_of(run.emphasis), " ").x;
        rest.remove_prefix(1);
      } else {
        const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
        word(run.emphasis, rest.substr(0, end));
        rest.remove_prefix(end);
      }
    }
  }
  [[nodiscard]] float height() const { return y_ + line_height(Face::Body) * line_spacing; }

 private:
  void break_line() {
    x_ = space_ = 0;
    y_ += line_height(Face::Body) * line_spacing;
  }
  void word(Emphasis emphasis, std::string_view text) {
    const float wide = text_size(face_of(emphasis), text).x;
    const bool glued = space_ == 0 && x_ > 0;  // continues the word before it, such as a comma after a mono span
    const float hang = glued ? text_size(face_of(emphasis), ".").x : 0;  // a lone full stop may hang over
    if (x_ > 0 && x_ + space_ + wide > width_ + (text.size() == 1 ? hang : 0)) break_line();
    x_ += space_;
    space_ = 0;
    if (wide <= width_) return place(emphasis, text, wide);
    while (!text.empty()) {  // wider than a whole line: broken between letters
      const std::string_view before = text;
      take_code_point(text);
      const std::string_view letter = before.substr(0, before.size() - text.size());
      const float letter_width = text_size(face_of(emphasis), letter).x;
      if (x_ > 0 && x_ + letter_width > width_) break_line();
      place(emphasis, letter, letter_width);
    }
  }
  void place(Emphasis emphasis, std::string_view text, float wide) {
    put_(emphasis, text, ImVec2(x_, y_));
    x_ += wide;
  }

  float width_;
  Put put_;
  float x_{}, y_{}, space_{};
};

template <class Put>
float lay_out(const char* text, float width, Put put) {
  Lines<Put> lines(width, put);
  for (const Run& run : runs_of(text)) lines.run(run);
  return lines.height();
}

}  // namespace

void rich_text(const char* text, float width) { rich_text(text, width, colours().text_soft); }

void rich_text(const char* text, float width, ImU32 colour) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = lay_out(text, width, [&](Emphasis emphasis, std::string_view part, ImVec2 offset) {
    const ImU32 shade = emphasis == Emphasis::None     ? colour
                        : emphasis == Emphasis::Italic ? colours().warning
                                                       : colours().text;
    const float drop = (line_height(Face::Body) - line_height(face_of(emphasis))) / 2;
    draw_text(draw, face_of(emphasis), {at.x + offset.x, at.y + offset.y + drop}, shade, part);
  });
  ImGui::Dummy({width, height});
}

float rich_text_height(const char* text, float width) {
  return lay_out(text, width, [](Emphasis, std::string_view, ImVec2) {});
}

}  // namespace mailscope
