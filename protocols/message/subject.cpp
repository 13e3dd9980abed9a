#include "protocols/message/subject.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/fields.hpp"

namespace mailscope::message {

namespace {

/// subj-blob = "[" *BLOBCHAR "]" *WSP
bool take_blob(Cursor& cursor) {
  Cursor at = cursor;
  if (!at.take('[')) return false;
  at.take_while([](char c) { return c != '[' && c != ']' && c != '\0'; });
  if (!at.take(']')) return false;
  at.take_while(ascii::is_space);
  cursor = at;
  return true;
}

/// subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
bool take_refwd(Cursor& cursor) {
  Cursor at = cursor;
  if (!at.take("re")) {
    if (!at.take("fw")) return false;
    at.take("d");
  }
  at.take_while(ascii::is_space);
  take_blob(at);
  if (!at.take(':')) return false;
  cursor = at;
  return true;
}

/// subj-leader = (*subj-blob subj-refwd) / WSP. Only the blobs are looked at again if no "re" follows them: once, by
/// the caller, who then takes one off for good.
bool take_leader(Cursor& cursor, bool& is_reply) {
  if (!cursor.take_while(ascii::is_space).empty()) return true;
  Cursor at = cursor;
  while (take_blob(at)) {
  }
  if (!take_refwd(at)) return false;
  is_reply = true;
  cursor = at;
  return true;
}

/// subj-trailer = "(fwd)" / WSP
bool drop_trailer(std::string_view& text, bool& is_forward) {
  if (text.empty()) return false;
  if (ascii::is_space(text.back())) {
    text.remove_suffix(1);
    return true;
  }
  constexpr std::string_view trailer = "(fwd)";
  if (text.size() < trailer.size() || !ascii::iequals(text.substr(text.size() - trailer.size()), trailer)) return false;
  text.remove_suffix(trailer.size());
  is_forward = true;
  return true;
}

/// Steps (3) to (5). Blobs that no "re:" follows go one by one, as long as something is left: no later pass can find a
/// leader behind fewer of them, so they are passed over in one go.
std::string_view without_leaders(std::string_view text, bool& is_reply) {
  Cursor cursor(text);
  while (take_leader(cursor, is_reply)) {
  }
  while (true) {
    Cursor behind = cursor;
    if (!take_blob(behind) || behind.at_end()) return cursor.rest();
    cursor = behind;
  }
}

}  // namespace

BaseSubject base_subject(std::string_view value) {
  std::string text = decode_words(unfolded(value));  // step (1)
  std::ranges::replace(text, '\t', ' ');
  const auto doubled = std::ranges::unique(text, [](char a, char b) { return a == ' ' && b == ' '; });
  text.erase(doubled.begin(), doubled.end());

  BaseSubject subject;
  std::string_view base = text;
  while (true) {
    while (drop_trailer(base, subject.is_reply_or_forward)) {
    }
    base = without_leaders(base, subject.is_reply_or_forward);
    constexpr std::string_view forward = "[fwd:";  // step (6)
    if (!ascii::istarts_with(base, forward) || !base.ends_with(']')) break;
    base = base.substr(forward.size(), base.size() - forward.size() - 1);
    subject.is_reply_or_forward = true;
  }
  subject.text = base;
  return subject;
}

}  // namespace mailscope::message
