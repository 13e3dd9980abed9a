// Reads replies off the wire (RFC 5321 §4.2). It does not know which command they answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/core/input_buffer.hpp"
#include "protocols/sasl/mechanism.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/smtp/session.hpp"

namespace mailscope::smtp {

/// Lines of one reply; EHLO's is the longest in practice, with some thirty.
inline constexpr std::size_t reply_lines_max = 200;

struct ReceivedReply {
  Reply reply;  ///< enhanced code split off where it stands on every line
  ByteRange bytes;
  std::string text;  ///< for Step::text
  /// False: this is no reply. `reply` has code 0 and the offending line.
  bool valid{};
};

class ReplyReader {
 public:
  /// The next whole reply, or nothing. Lines over the limit are cut: the code, at their start, is what counts.
  [[nodiscard]] std::optional<ReceivedReply> take(InputBuffer& input);
  void bare_line_feed(BareLineFeed bare) { framer_.bare_line_feed(bare); }

 private:
  /// Challenges of AUTH make longer lines than other replies (RFC 4954 §4).
  LineFramer framer_{sasl::line_octets_max};
  ReceivedReply unfinished_;
};

}  // namespace mailscope::smtp
