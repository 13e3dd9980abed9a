#include "viz/draw/text.hpp"

#include <catch2/catch_all.hpp>

#include "protocols/core/utf8.hpp"
#include "viz/app/gui.hpp"

using namespace mailscope;

namespace {

/// An ImGui context with our fonts, in the middle of a frame.
class Frame {
 public:
  Frame() {
    ImGui::GetIO().DisplaySize = {800, 600};
    build_fonts(100);
    apply_theme({});
    ImGui::NewFrame();
    ImGui::PushFont(font(Face::Body));
  }
  ~Frame() {
    ImGui::PopFont();
    ImGui::EndFrame();
  }

 private:
  Gui gui_;
};

}  // namespace

TEST_CASE("capitals are made of accented letters too") {
  CHECK(upper_case("Això és el què, ça va: perché? Mañana.") == "AIXÒ ÉS EL QUÈ, ÇA VA: PERCHÉ? MAÑANA.");
  CHECK(upper_case("col·lecció 12 ÷ ß") == "COL·LECCIÓ 12 ÷ ß");
  CHECK(upper_case("ÿ ž ľ ĳ ŋ ő") == "Ÿ Ž Ľ Ĳ Ŋ Ő");
  CHECK(upper_case("ABC ĸ ŉ") == "ABC ĸ ŉ");
}

TEST_CASE("UTF-8 goes there and back, and malformed octets become U+FFFD (RFC 3629 §3)") {
  for (const char32_t code_point : {U'a', char32_t{0xE9}, char32_t{0x2026}, char32_t{0x1F4E7}}) {
    std::string text;
    append_utf8(text, code_point);
    std::string_view rest = text;
    CHECK(take_code_point(rest) == code_point);
    CHECK(rest.empty());
  }
  for (const std::string bad : {"\xC3", "\x80", "\xC0\x80", "\xED\xA0\x80", "\xF8", "\xE2\x82"}) {
    std::string_view rest = bad;
    while (!rest.empty()) CHECK(take_code_point(rest) == 0xFFFD);
  }
}

TEST_CASE("a text that fits is whole, another ends in an ellipsis and fits") {
  const Frame frame;
  const std::string_view text = "RCPT TO:<bruno@llevant.example>";
  const float whole = text_size(Face::Mono, text).x;
  CHECK(elided(Face::Mono, text, whole) == text);
  for (float width = 20; width < whole; width += 7) {
    const std::string cut = elided(Face::Mono, text, width);
    CHECK(cut.ends_with("\u2026"));
    CHECK(text_size(Face::Mono, cut).x <= width);
  }
  CHECK(elided(Face::Body, "ééééééééé", 30).starts_with("é"));  // never half a letter
}

TEST_CASE("an own text that is cut is noted, wire text is not") {
  const Frame frame;
  ImDrawList& draw = *ImGui::GetForegroundDrawList();
  clear_cut_texts();
  CHECK(draw_elided(draw, Face::Body, {0, 0}, 0, "Conversation", 30));
  CHECK(draw_elided(draw, Face::Body, {0, 0}, 0, "MAIL FROM", 30, Origin::Wire));
  CHECK_FALSE(draw_elided(draw, Face::Body, {0, 0}, 0, "Ok", 300));
  CHECK(cut_texts() == std::vector<std::string>{"Conversation"});
}

TEST_CASE("rich text wraps to its width, and a mark takes no room") {
  const Frame frame;
  const float line = rich_text_height("word", 500);
  CHECK(rich_text_height("one two three", 500) == line);
  CHECK(rich_text_height("one\ntwo", 500) == 2 * line);
  CHECK(rich_text_height("one\n\ntwo", 500) == 3 * line);
  CHECK(rich_text_height("The server greets with a line that starts with a number.", 120) > 2 * line);
  CHECK(rich_text_height("a-word-that-is-wider-than-the-line-it-stands-on", 80) > 2 * line);
  const float plain = text_size(Face::Strong, "bold").x;
  CHECK(rich_text_height("**bold**", plain) == line);
  CHECK(rich_text_height("\\*\\*", text_size(Face::Body, "**").x) == line);
}

TEST_CASE("unclosed marks are shown as they are, and no text is too strange to lay out") {
  const Frame frame;
  for (const char* text :
       {"", "*", "**", "`", "a ** b", "2 * 3 * 4", "***x**", "`*`", "\\", "**a*b`c", "\xC3\x28 \xFF", "* list"})
    CHECK(rich_text_height(text, 100) > 0);
}

TEST_CASE("every letter of the four languages and every symbol of the texts is in the fonts") {
  const Frame frame;
  std::string_view letters = "AÀÁÇÈÉÍÏÌÑÒÓÙÚÜaàáçèéíïìñòóùúü·¿¡«»“”‘’–—…€§×−←→↑↓≤≥✓✗º";
  while (!letters.empty()) {
    const char32_t letter = take_code_point(letters);
    for (const Face face : {Face::Body, Face::Strong, Face::Title, Face::Caption, Face::Small, Face::Mono,
                            Face::MonoStrong, Face::MonoSmall}) {
      INFO("U+" << std::hex << static_cast<unsigned>(letter) << " in face " << static_cast<int>(face));
      CHECK(font(face)->FindGlyphNoFallback(static_cast<ImWchar>(letter)) != nullptr);
    }
  }
}

TEST_CASE("text grows with the scale, and is crisp: the atlas is built at the size that is shown") {
  Gui gui;
  float before = 0;
  for (const int percent : {75, 100, 150, 200, 250}) {
    build_fonts(percent);
    const float width = text_size(Face::Body, "Conversation").x;
    CHECK(width > before);
    CHECK(line_height(Face::Body) == font(Face::Body)->FontSize);
    before = width;
  }
  build_fonts(100, 2);
  CHECK(font(Face::Body)->FontSize == Catch::Approx(2 * line_height(Face::Body)));
}
