#include "viz/draw/theme.hpp"

namespace mailscope {

ImU32 protocol_colour(const Palette& palette, std::string_view protocol) {
  if (protocol == "SMTP") return palette.smtp;
  if (protocol == "POP3") return palette.pop3;
  if (protocol == "IMAP") return palette.imap;
  if (protocol == "DNS") return palette.dns;
  return palette.other;
}

}  // namespace mailscope
