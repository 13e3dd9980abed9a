// What a client has switched on for its session: by ENABLE (RFC 5161), or by a command that says so on the way
// (RFC 7162 §3.1).
#pragma once

#include <optional>
#include <string_view>

namespace mailscope::imap {

struct Enabled {
  bool condstore{};  ///< mod-sequences are told (RFC 7162 §3.1)
  bool qresync{};    ///< VANISHED instead of EXPUNGE (RFC 7162 §3.2.3); implies condstore
  bool rev2{};       ///< IMAP4rev2 (RFC 9051)
  bool utf8{};       ///< UTF8=ACCEPT (RFC 6855)
  bool uid_only{};   ///< UIDONLY: no message number in commands or responses (RFC 9586)
  bool metadata{};   ///< METADATA: annotations that others change are told (RFC 5464 §4.1)

  /// Switches on the extension of that name, and gives its canonical name. Nothing where none is known.
  std::optional<std::string_view> enable(std::string_view name);

  /// Names of mailboxes and quoted strings are UTF-8.
  [[nodiscard]] bool speaks_utf8() const { return utf8 || rev2; }
  /// FETCH responses that nobody asked for carry UIDs (RFC 7162 §3.2.4, RFC 9051 §7.5.2).
  [[nodiscard]] bool tells_uids() const { return condstore || rev2; }
  /// Messages that are gone are told by VANISHED.
  [[nodiscard]] bool tells_vanished() const { return qresync || uid_only; }
};

}  // namespace mailscope::imap
