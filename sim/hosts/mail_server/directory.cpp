#include "sim/hosts/mail_server/directory.hpp"

#include <fmt/format.h>

#include "protocols/core/ascii.hpp"
#include "sim/scenario/address.hpp"

namespace mailscope {
namespace {

/// The name that is asked for: alone, or as a mailbox in angle brackets (RFC 5321 §3.5.1).
std::string_view name_in(std::string_view text) {
  text = ascii::trim(text);
  if (text.size() < 2 || !text.starts_with('<') || !text.ends_with('>')) return text;
  return text.substr(1, text.size() - 2);
}

}  // namespace

smtp::Reply Directory::answer(const smtp::VerificationOffered& question) const {
  const MailPolicy::Askers may = question.list ? setting_.policy.expn : setting_.policy.vrfy;
  if (may == MailPolicy::Askers::Users && question.user.empty())
    return {530, "5.7.0", {"Authentication required"}};  // RFC 4954 §6
  const std::string name(name_in(question.text));
  if (!aliases_.is_local(name)) return {252, "2.5.0", {"Not delivered here: cannot be verified"}};
  return question.list ? expand(name) : verify(name);
}

smtp::Reply Directory::verify(const std::string& address) const {
  if (aliases_.stands_for_others(address)) {
    const std::vector<Aliases::Destination> destinations = aliases_.expand(address);
    const bool forwards =
        destinations.size() == 1 && !destinations.front().list && !aliases_.is_local(destinations.front().address);
    if (forwards)
      return {251, "2.1.5", {fmt::format("User not local; will forward to <{}>", destinations.front().address)}};
    if (!destinations.empty() && destinations.front().list)
      return {252, "2.1.5", {"That is a mailing list: its members are not told here"}};
    return {250, "2.1.5", {in_full(address)}};
  }
  if (!accounts_.account_of(address)) return {550, "5.1.1", {"No such user here"}};
  return {250, "2.1.5", {in_full(address)}};
}

smtp::Reply Directory::expand(const std::string& address) const {
  if (!aliases_.stands_for_others(address))
    return accounts_.account_of(address) ? smtp::Reply{550, "5.1.1", {"That is a user name, not a mailing list"}}
                                         : smtp::Reply{550, "5.1.1", {"No such list here"}};
  smtp::Reply reply{250, "2.1.5", {}};
  for (const Aliases::Destination& member : aliases_.expand(address)) reply.lines.push_back(in_full(member.address));
  if (reply.lines.empty()) return {554, "5.4.6", {"This address leads back to itself"}};
  return reply;
}

std::string Directory::in_full(std::string_view address) const {
  if (!domain_of(address).empty() || setting_.domains.empty()) return fmt::format("<{}>", address);
  return fmt::format("<{}@{}>", address, setting_.domains.front());
}

}  // namespace mailscope
