#include "protocols/imap/data/enabled.hpp"

#include <utility>

#include "protocols/core/ascii.hpp"

namespace mailscope::imap {

namespace {

constexpr std::pair<std::string_view, bool Enabled::*> extensions[] = {
    {"CONDSTORE", &Enabled::condstore}, {"QRESYNC", &Enabled::qresync},   {"IMAP4rev2", &Enabled::rev2},
    {"UTF8=ACCEPT", &Enabled::utf8},    {"METADATA", &Enabled::metadata}, {"UIDONLY", &Enabled::uid_only}};

}  // namespace

std::optional<std::string_view> Enabled::enable(std::string_view name) {
  for (const auto& [known, member] : extensions) {
    if (!ascii::iequals(known, name)) continue;
    this->*member = true;
    condstore = condstore || qresync;
    return known;
  }
  return std::nullopt;
}

}  // namespace mailscope::imap
