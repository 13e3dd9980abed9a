#include "protocols/imap/client/client_machine.hpp"

#include <array>

namespace mailscope::imap {

namespace {

using namespace client_state;

constexpr std::array<std::string_view, 7> state_names{"greeting", "not authenticated", "authenticated", "selected",
                                                      "logout",   "authenticating",    "idling"};

/// RFC 3501 §3, RFC 2177 §3, as this client lives through it. "VERB OK" is a reply.
constexpr Transition transitions[] = {
    {greeting, "greeting OK", not_authenticated},
    {greeting, "greeting PREAUTH", authenticated},
    {greeting, "BYE", logout},
    {not_authenticated, "CAPABILITY", not_authenticated},
    {not_authenticated, "STARTTLS", not_authenticated},
    {not_authenticated, "AUTHENTICATE", not_authenticated},
    {not_authenticated, "AUTHENTICATE +", in_exchange},
    {not_authenticated, "AUTHENTICATE OK", authenticated},
    {in_exchange, "AUTHENTICATE OK", authenticated},
    {in_exchange, "AUTHENTICATE NO", not_authenticated},
    {in_exchange, "AUTHENTICATE BAD", not_authenticated},
    {in_exchange, "BYE", logout},
    {not_authenticated, "LOGIN", not_authenticated},
    {not_authenticated, "LOGIN OK", authenticated},
    {not_authenticated, "LOGOUT", logout},
    {not_authenticated, "BYE", logout},
    {authenticated, "CAPABILITY", authenticated},
    {authenticated, "COMPRESS", authenticated},
    {authenticated, "ENABLE", authenticated},
    {authenticated, "ID", authenticated},
    {authenticated, "NAMESPACE", authenticated},
    {authenticated, "NOTIFY", authenticated},
    {authenticated, "LIST", authenticated},
    {authenticated, "CREATE", authenticated},
    {authenticated, "SUBSCRIBE", authenticated},
    {authenticated, "APPEND", authenticated},
    {authenticated, "GENURLAUTH", authenticated},
    {authenticated, "SELECT", authenticated},
    {authenticated, "SELECT OK", selected},
    {authenticated, "NOOP", authenticated},
    {authenticated, "LOGOUT", logout},
    {authenticated, "BYE", logout},
    {selected, "LIST", selected},
    {selected, "CREATE", selected},
    {selected, "SUBSCRIBE", selected},
    {selected, "APPEND", selected},
    {selected, "GENURLAUTH", selected},
    {selected, "SELECT", selected},
    {selected, "SELECT NO", authenticated},
    {selected, "UID FETCH", selected},
    {selected, "UID STORE", selected},
    {selected, "UID COPY", selected},
    {selected, "UID MOVE", selected},
    {selected, "UID SEARCH", selected},
    {selected, "UID EXPUNGE", selected},
    {selected, "EXPUNGE", selected},
    {selected, "NOOP", selected},
    {selected, "IDLE", selected},
    {selected, "IDLE +", idling},
    {idling, "DONE", selected},
    {idling, "BYE", logout},
    {selected, "LOGOUT", logout},
    {selected, "BYE", logout},
};

}  // namespace

const Machine client_machine{"IMAP client", state_names, transitions};

}  // namespace mailscope::imap
