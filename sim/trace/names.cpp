#include "sim/trace/names.hpp"

#include <array>

namespace mailscope {

namespace {

/// The name of an enumerator that counts from 0. A value outside the table would be our own mistake: at() says so.
template <std::size_t count, class Enum>
std::string_view pick(const std::array<std::string_view, count>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value));
}

}  // namespace

std::string_view name_of(HostKind kind) {
  return pick(std::array<std::string_view, 4>{"laptop", "phone", "mail-server", "dns-server"}, kind);
}
std::string_view name_of(PortPolicy policy) {
  return pick(std::array<std::string_view, 3>{"open", "closed", "filtered"}, policy);
}
std::string_view name_of(Transport transport) { return pick(std::array<std::string_view, 2>{"tcp", "udp"}, transport); }
std::string_view name_of(Side side) { return pick(std::array<std::string_view, 2>{"client", "server"}, side); }
std::string_view name_of(Direction direction) {
  return pick(std::array<std::string_view, 2>{"sent", "received"}, direction);
}
std::string_view name_of(Phase phase) {
  return pick(std::array<std::string_view, 7>{"opening", "open", "closing", "closed", "refused", "timed-out", "reset"},
              phase);
}
std::string_view name_of(PacketFate fate) {
  return pick(std::array<std::string_view, 5>{"delivered", "filtered", "lost", "unheard", "altered"}, fate);
}
std::string_view name_of(MailboxChanged::Kind kind) {
  return pick(std::array<std::string_view, 3>{"added", "updated", "removed"}, kind);
}
std::string_view name_of(Severity severity) {
  return pick(std::array<std::string_view, 4>{"info", "success", "warning", "failure"}, severity);
}

std::vector<std::string_view> names_of(const TcpFlags& flags) {
  std::vector<std::string_view> names;
  if (flags.syn) names.push_back("syn");
  if (flags.ack) names.push_back("ack");
  if (flags.fin) names.push_back("fin");
  if (flags.rst) names.push_back("rst");
  if (flags.psh) names.push_back("psh");
  return names;
}

}  // namespace mailscope
