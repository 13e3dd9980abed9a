// A message as a session is shown it: as it is, or its surrogate, where a header has 8-bit characters and the client
// has not said that it understands them (RFC 6855 §7, §8; RFC 6858). Parts with NUL show as base64 (RFC 3516 §6).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/imap/data/structure_memo.hpp"
#include "protocols/mailstore/content.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

/// Looks at the message when it is first asked.
class Presentation {
 public:
  /// `memos` outlives it. `utf8_client`: it has enabled UTF8=ACCEPT or IMAP4rev2.
  Presentation(mailstore::ContentPointer content, mailstore::Memos& memos, bool utf8_client)
      : content_(std::move(content)), memos_(memos), utf8_client_(utf8_client) {}

  [[nodiscard]] bool is_for_utf8_client() const { return utf8_client_; }
  [[nodiscard]] std::string_view octets();
  [[nodiscard]] const message::Part& root();  ///< of octets()
  /// For BINARY[] (RFC 3516 §4.2), which can carry NUL: as it was stored, unless a surrogate is shown.
  [[nodiscard]] std::string_view binary_octets();
  [[nodiscard]] bool has_nul();  ///< octets() have
  /// RFC822.SIZE: that of octets(), or of what a surrogate stands for (RFC 6858 §3).
  [[nodiscard]] std::uint64_t size();
  /// The message was looked at, and a surrogate is shown.
  [[nodiscard]] bool is_surrogate() const { return is_surrogate_; }

 private:
  struct Made {
    std::string octets;
    message::Structure structure;
  };
  void look();

  mailstore::ContentPointer content_;
  mailstore::Memos& memos_;
  bool utf8_client_;
  std::shared_ptr<const StructureMemo> original_;
  std::optional<Made> made_;
  bool is_surrogate_{};
};

}  // namespace mailscope::imap
