// Text on a draw list: measured, cut with an ellipsis, in letter-spaced capitals, and rich (bold, italic, mono) with
// wrapping. All text is UTF-8; malformed octets become U+FFFD or are left out, never read past.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "viz/draw/theme.hpp"

namespace mailscope {

/// Width and height in screen pixels of one line.
[[nodiscard]] ImVec2 text_size(Face face, std::string_view text);
/// Draws one line with its upper left corner at `at`.
void draw_text(ImDrawList& draw, Face face, ImVec2 at, ImU32 colour, std::string_view text);

/// `text`, or as much of it as fits in `width` screen pixels with "…" at its end.
[[nodiscard]] std::string elided(Face face, std::string_view text, float width);
/// Draws elided(). Returns whether something was cut. A text of the program's own that had to be cut is also noted in
/// cut_texts(), so that tests see it; wire text, which may be of any length, is drawn with Wire and not noted.
enum class Origin : std::uint8_t { Ours, Wire };
bool draw_elided(ImDrawList& draw, Face face, ImVec2 at, ImU32 colour, std::string_view text, float width,
                 Origin origin = Origin::Ours);
/// The program's own texts that were cut since clear_cut_texts().
[[nodiscard]] const std::vector<std::string>& cut_texts();
void clear_cut_texts();

/// The text in capitals, for Latin-1 and Latin Extended-A: "Què és" becomes "QUÈ ÉS".
[[nodiscard]] std::string upper_case(std::string_view text);
/// Draws a caption: small letter-spaced capitals. Returns its width.
float draw_caption(ImDrawList& draw, ImVec2 at, ImU32 colour, std::string_view text);
[[nodiscard]] float caption_width(std::string_view text);
/// A caption as an item of the current window.
void caption(std::string_view text);
void caption(std::string_view text, ImU32 colour);

/// One line as an item of the current window, elided to the width that is left.
void label(Face face, ImU32 colour, std::string_view text);

/// Plain text in one face, wrapped between words to `width` screen pixels, as an item of the current window.
void wrapped_text(Face face, ImU32 colour, std::string_view text, float width);
[[nodiscard]] float wrapped_height(Face face, std::string_view text, float width);
/// A word of a wrapped text, and where it stands from the text's upper left corner, in screen pixels.
struct WrappedWord {
  std::string text;
  ImVec2 at;
};
/// The same text, broken at the same places, for who draws it enlarged or reduced.
[[nodiscard]] std::vector<WrappedWord> wrapped_words(Face face, std::string_view text, float width);

/// Text with **bold**, *italic* (shown in colour, as there is no italic face) and `mono` spans, as an item of the
/// current window, wrapped to `width` screen pixels. A backslash before *, ` or \ takes it literally; '\n' ends a line.
void rich_text(const char* text, float width);
void rich_text(const char* text, float width, ImU32 colour);
/// The height that rich_text() takes.
[[nodiscard]] float rich_text_height(const char* text, float width);

}  // namespace mailscope
