// The IMAP server's states and which command may be given in which: data for the engine's order check and for the
// picture that is drawn of it.
#pragma once

#include "protocols/core/engine.hpp"

namespace mailscope::imap::server_state {

inline constexpr StateId not_authenticated{0}, authenticated{1}, selected{2}, logout{3}, in_exchange{4};

/// RFC 3501 §3, §6. A verb alone is the order check; "VERB OK" and "VERB NO" are the moves that replies make.
extern const Machine machine;

}  // namespace mailscope::imap::server_state
