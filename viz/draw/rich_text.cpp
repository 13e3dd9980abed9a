// Rich text: marks are read into runs, runs are broken into words, words are placed on lines.
#include <cctype>
#include <optional>

#include "protocols/core/utf8.hpp"
#include "viz/draw/text.hpp"

namespace mailscope {
namespace {

constexpr float body_spacing = 1.2F;    // of the line height, which is 1.21 em: 1.45 em as in the design
constexpr float other_spacing = 1.08F;  // titles and small print stand closer

enum class Emphasis : std::uint8_t { None, Bold, Italic, Mono };

struct Run {
  Emphasis emphasis{};
  std::string text;
};

/// How runs look: the face of what is not emphasised, and how far its lines stand apart.
struct Setting {
  Face base{Face::Body};

  [[nodiscard]] Face face(Emphasis emphasis) const {
    if (emphasis == Emphasis::Bold) return Face::Strong;
    return emphasis == Emphasis::Mono ? Face::Mono : base;
  }
  [[nodiscard]] float line() const { return line_height(base) * (base == Face::Body ? body_spacing : other_spacing); }
};

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
  Lines(Setting setting, float width, Put put) : setting_(setting), width_(width), put_(put) {}

  void run(const Run& run) {
    std::string_view rest = run.text;
    while (!rest.empty()) {
      if (rest.front() == '\n') {
        break_line();
        rest.remove_prefix(1);
      } else if (rest.front() == ' ') {
        space_ += text_size(setting_.face(run.emphasis), " ").x;
        rest.remove_prefix(1);
      } else {
        const std::size_t end = std::min(rest.find_first_of(" \n"), rest.size());
        word(run.emphasis, rest.substr(0, end));
        rest.remove_prefix(end);
      }
    }
  }
  [[nodiscard]] float height() const { return y_ + setting_.line(); }

 private:
  void break_line() {
    x_ = space_ = 0;
    y_ += setting_.line();
  }
  void word(Emphasis emphasis, std::string_view text) {
    const Face face = setting_.face(emphasis);
    const float wide = text_size(face, text).x;
    const bool glued = space_ == 0 && x_ > 0;  // continues the word before it, such as a comma after a mono span
    const float hang = glued && text.size() == 1 ? wide : 0;  // one mark of punctuation may hang over the edge
    if (x_ > 0 && x_ + space_ + wide > width_ + hang) break_line();
    x_ += space_;
    space_ = 0;
    if (wide <= width_) return place(emphasis, text, wide);
    while (!text.empty()) {  // wider than a whole line: broken between letters
      const std::string_view before = text;
      take_code_point(text);
      const std::string_view letter = before.substr(0, before.size() - text.size());
      const float letter_width = text_size(face, letter).x;
      if (x_ > 0 && x_ + letter_width > width_) break_line();
      place(emphasis, letter, letter_width);
    }
  }
  void place(Emphasis emphasis, std::string_view text, float wide) {
    put_(emphasis, text, ImVec2(x_, y_));
    x_ += wide;
  }

  Setting setting_;
  float width_;
  Put put_;
  float x_{}, y_{}, space_{};
};

template <class Put>
float lay_out(const std::vector<Run>& runs, Setting setting, float width, Put put) {
  Lines<Put> lines(setting, width, put);
  for (const Run& run : runs) lines.run(run);
  return lines.height();
}

float height_of(const std::vector<Run>& runs, Setting setting, float width) {
  return lay_out(runs, setting, width, [](Emphasis, std::string_view, ImVec2) {});
}

/// Draws the runs as an item of the current window.
void show(const std::vector<Run>& runs, Setting setting, float width, ImU32 colour) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = lay_out(runs, setting, width, [&](Emphasis emphasis, std::string_view part, ImVec2 offset) {
    const Face face = setting.face(emphasis);
    const float drop = (line_height(setting.base) - line_height(face)) / 2;
    const ImU32 shade = emphasis == Emphasis::None     ? colour
                        : emphasis == Emphasis::Italic ? colours().warning
                                                       : colours().text;
    draw_text(draw, face, {at.x + offset.x, at.y + offset.y + drop}, shade, part);
  });
  ImGui::Dummy({width, height});
}

std::vector<Run> plain(std::string_view text) { return {{Emphasis::None, std::string(text)}}; }

}  // namespace

void rich_text(const char* text, float width) { rich_text(text, width, colours().text_soft); }

void rich_text(const char* text, float width, ImU32 colour) { show(runs_of(text), {}, width, colour); }

float rich_text_height(const char* text, float width) { return height_of(runs_of(text), {}, width); }

void wrapped_text(Face face, ImU32 colour, std::string_view text, float width) {
  show(plain(text), {face}, width, colour);
}

std::vector<WrappedWord> wrapped_words(Face face, std::string_view text, float width) {
  std::vector<WrappedWord> words;
  lay_out(plain(text), {face}, width, [&](Emphasis, std::string_view word, ImVec2 at) {
    words.push_back({std::string(word), at});
  });
  return words;
}

float wrapped_height(Face face, std::string_view text, float width) { return height_of(plain(text), {face}, width); }

}  // namespace mailscope
