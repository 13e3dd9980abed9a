// The states of the IMAP client, and its legal moves.
#pragma once

#include "protocols/core/engine.hpp"

namespace mailscope::imap {

namespace client_state {
inline constexpr StateId greeting{0}, not_authenticated{1}, authenticated{2}, selected{3}, logout{4}, in_exchange{5},
    idling{6};
}  // namespace client_state

extern const Machine client_machine;

}  // namespace mailscope::imap
