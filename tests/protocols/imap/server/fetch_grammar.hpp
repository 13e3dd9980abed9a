// Reads ENVELOPE and BODYSTRUCTURE strictly by the grammar of RFC 3501 §9, to check what writes them.
#pragma once

#include <string>
#include <string_view>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/syntax/cursor.hpp"

namespace mailscope::test {

/// Each function takes what its rule describes, or returns false.
class FetchGrammar {
 public:
  explicit FetchGrammar(std::string_view text) : cursor_(text) {}
  [[nodiscard]] bool at_end() const { return cursor_.at_end(); }

  /// envelope = "(" env-date SP env-subject SP 6(addresses SP) env-in-reply-to SP env-message-id ")"
  bool envelope() {
    bool good = cursor_.take('(') && nstring() && space() && nstring();
    for (int field = 0; field < 6; ++field) good = good && space() && addresses();
    return good && space() && nstring() && space() && nstring() && cursor_.take(')');
  }

  /// body = "(" (body-type-1part / body-type-mpart) ")"
  bool body(bool extended) {
    if (!cursor_.take('(')) return false;
    const bool good = cursor_.next_is('(') ? multipart(extended) : single(extended);
    return good && cursor_.take(')');
  }

 private:
  bool space() { return cursor_.space(); }
  bool nil() { return cursor_.word("NIL"); }
  bool string() { return cursor_.string().has_value(); }
  bool nstring() { return nil() || string(); }
  bool number() { return cursor_.number().has_value(); }

  /// "(" 1*address ")" / nil; address = "(" 3(nstring SP) nstring ")"
  bool addresses() {
    if (nil()) return true;
    if (!cursor_.take('(')) return false;
    do {
      if (!cursor_.take('(') || !nstring()) return false;
      for (int part = 0; part < 3; ++part)
        if (!space() || !nstring()) return false;
      if (!cursor_.take(')')) return false;
    } while (cursor_.next_is('('));
    return cursor_.take(')');
  }

  /// "(" string SP string *(SP string SP string) ")" / nil
  bool parameters() {
    if (nil()) return true;
    if (!cursor_.take('(')) return false;
    do {
      if (!string() || !space() || !string()) return false;
    } while (space());
    return cursor_.take(')');
  }

  bool disposition() {
    return nil() || (cursor_.take('(') && string() && space() && parameters() && cursor_.take(')'));
  }

  bool languages() {
    if (!cursor_.take('(')) return nstring();
    do {
      if (!string()) return false;
    } while (space());
    return cursor_.take(')');
  }

  bool extensions() { return space() && disposition() && space() && languages() && space() && nstring(); }

  bool multipart(bool extended) {
    while (cursor_.next_is('('))
      if (!body(extended)) return false;
    return space() && string() && (!extended || (space() && parameters() && extensions()));
  }

  bool single(bool extended) {
    const auto type = cursor_.string();
    const auto subtype = type && space() ? cursor_.string() : std::nullopt;
    if (!subtype) return false;
    // body-fields = body-fld-param SP body-fld-id SP body-fld-desc SP body-fld-enc SP body-fld-octets
    if (!space() || !parameters() || !space() || !nstring() || !space() || !nstring()) return false;
    if (!space() || !string() || !space() || !number()) return false;
    if (ascii::iequals(*type, "MULTIPART")) return false;
    const bool message = ascii::iequals(*type, "MESSAGE") && ascii::iequals(*subtype, "RFC822");
    if (message && !(space() && envelope() && space() && body(extended))) return false;
    if ((message || ascii::iequals(*type, "TEXT")) && !(space() && number())) return false;
    return !extended || (space() && nstring() && extensions());
  }

  imap::Cursor cursor_;
};

}  // namespace mailscope::test
