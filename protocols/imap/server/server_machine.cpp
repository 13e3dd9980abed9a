#include "protocols/imap/server/server_machine.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace mailscope::imap::server_state {

namespace {

constexpr std::array<std::string_view, 5> names{"not authenticated", "authenticated", "selected", "logout",
                                                "authenticating"};

/// Sets of states, as bits by StateId.
constexpr std::uint8_t before_login = 1, before_select = 2, while_selected = 4;
constexpr std::uint8_t after_login = before_select | while_selected, always = before_login | after_login;

struct Order {
  std::string_view verb;
  std::uint8_t states;  ///< those in which it may be given
};
constexpr Order orders[] = {
    {"CAPABILITY", always},
    {"NOOP", always},
    {"ID", always},
    {"AUTHENTICATE", before_login},
    {"STARTTLS", before_login},
    {"LOGIN", before_login},
    {"ENABLE", before_select},  // RFC 5161 §3.1
    {"SELECT", after_login},
    {"EXAMINE", after_login},
    {"CREATE", after_login},
    {"DELETE", after_login},
    {"RENAME", after_login},
    {"SUBSCRIBE", after_login},
    {"UNSUBSCRIBE", after_login},
    {"LIST", after_login},
    {"LSUB", after_login},
    {"NAMESPACE", after_login},
    {"STATUS", after_login},
    {"SETACL", after_login},
    {"DELETEACL", after_login},
    {"GETACL", after_login},
    {"LISTRIGHTS", after_login},
    {"MYRIGHTS", after_login},
    {"GETMETADATA", after_login},
    {"SETMETADATA", after_login},
    {"ESEARCH", after_login},
    {"GETQUOTA", after_login},
    {"GETQUOTAROOT", after_login},
    {"APPEND", after_login},
    {"IDLE", after_login},
    {"NOTIFY", after_login},
    {"GENURLAUTH", after_login},
    {"URLFETCH", after_login},
    {"RESETKEY", after_login},
    {"COMPRESS", after_login},
    {"UNAUTHENTICATE", after_login},
    {"CHECK", while_selected},
    {"CLOSE", while_selected},
    {"UNSELECT", while_selected},
    {"EXPUNGE", while_selected},
    {"CANCELUPDATE", while_selected},
    {"SEARCH", while_selected},
    {"SORT", while_selected},
    {"THREAD", while_selected},
    {"FETCH", while_selected},
    {"STORE", while_selected},
    {"COPY", while_selected},
    {"REPLACE", while_selected},
    {"MOVE", while_selected},
    {"UID EXPUNGE", while_selected},
    {"UID SEARCH", while_selected},
    {"UID SORT", while_selected},
    {"UID THREAD", while_selected},
    {"UID FETCH", while_selected},
    {"UID STORE", while_selected},
    {"UID COPY", while_selected},
    {"UID REPLACE", while_selected},
    {"UID MOVE", while_selected},
};

constexpr Transition moves[] = {
    {not_authenticated, "LOGOUT", logout},
    {authenticated, "LOGOUT", logout},
    {selected, "LOGOUT", logout},
    {not_authenticated, "BYE", logout},
    {authenticated, "BYE", logout},
    {selected, "BYE", logout},
    {not_authenticated, "LOGIN OK", authenticated},
    {not_authenticated, "AUTHENTICATE OK", authenticated},
    {not_authenticated, "AUTHENTICATE +", in_exchange},
    {in_exchange, "AUTHENTICATE OK", authenticated},
    {in_exchange, "AUTHENTICATE NO", not_authenticated},
    {in_exchange, "AUTHENTICATE BAD", not_authenticated},
    {in_exchange, "BYE", logout},
    {authenticated, "SELECT OK", selected},
    {authenticated, "EXAMINE OK", selected},
    {selected, "SELECT NO", authenticated},
    {selected, "EXAMINE NO", authenticated},
    {selected, "CLOSE OK", authenticated},
    {selected, "UNSELECT OK", authenticated},
    {authenticated, "UNAUTHENTICATE OK", not_authenticated},
    {selected, "UNAUTHENTICATE OK", not_authenticated},
};

constexpr StateId states_of_orders[] = {not_authenticated, authenticated, selected};

constexpr bool allows(const Order& order, StateId state) { return (order.states >> state.value & 1U) != 0; }

constexpr std::size_t count_allowed() {
  std::size_t count = 0;
  for (const Order& order : orders)
    for (const StateId state : states_of_orders)
      if (allows(order, state)) ++count;
  return count;
}

/// A command that may be given stays in its state; `moves` are the others.
constexpr auto all_transitions() {
  std::array<Transition, count_allowed() + std::size(moves)> all{};
  auto next = std::ranges::copy(moves, all.begin()).out;
  for (const Order& order : orders)
    for (const StateId state : states_of_orders)
      if (allows(order, state)) *next++ = {state, order.verb, state};
  return all;
}

constexpr auto transitions = all_transitions();

}  // namespace

constexpr Machine machine{"IMAP server", names, transitions};

}  // namespace mailscope::imap::server_state
