// Drafts that answer or pass on a message (RFC 5322 §3.6.4). Writes no words of its own but "Re:" and "Fwd:".
#pragma once

#include <string_view>

#include "protocols/message/draft.hpp"

namespace mailscope::message {

/// To Reply-To or else From; with `to_all` the other recipients in Cc, `self` left out and nobody twice. In-Reply-To
/// and References as §3.6.4 says, the text quoted (RFC 3676 §4.5). The caller sets date, identifier and what is new.
[[nodiscard]] Draft reply(std::string_view content, const Address& self, bool to_all);

/// The whole message attached as message/rfc822. The caller sets recipients, date, identifier and text.
[[nodiscard]] Draft forward(std::string_view content, const Address& self);

}  // namespace mailscope::message
