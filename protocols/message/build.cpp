// Writes a message. Whatever the draft holds, no field can end early and begin another: line ends and other control
// characters in it become spaces.
#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/message.hpp"

namespace mailscope::message {

namespace {

constexpr std::size_t line_octets_max = 78;  // without CR LF (RFC 5322 §2.1.1)

std::string without_controls(std::string_view text) {
  std::string result(text);
  std::ranges::replace_if(
      result, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }, ' ');
  return result;
}

/// A field, folded before a space where a line would be too long (RFC 5322 §2.2.3). Words longer than a line stay.
std::string field(std::string_view name, std::string_view body) {
  std::string line = std::string(name) + ": " + std::string(body);
  std::string result;
  std::size_t word = name.size() + 2;  // no fold between the name and the first word
  while (line.size() > line_octets_max) {
    const auto folds_at = [&](std::size_t at) {
      return line[at] == ' ' && at + 1 < line.size() && line[at + 1] != ' ';
    };
    std::size_t fold = line_octets_max;
    while (fold > word && !folds_at(fold)) --fold;
    if (fold <= word)
      for (fold = line_octets_max; fold < line.size() && !folds_at(fold);) ++fold;
    if (fold >= line.size()) break;
    result.append(line, 0, fold).append("\r\n");
    line.erase(0, fold);
    word = 1;
  }
  return result + line + "\r\n";
}

/// May the text stand in a header as it is? Not what would be read as an encoded word, and no word that does not fit.
bool is_plain(std::string_view text) {
  if (!std::ranges::all_of(text, ascii::is_printable) || text.find("=?") != std::string_view::npos) return false;
  if (text.starts_with(' ') || text.ends_with(' ')) return false;
  for (std::size_t run = 0; const char c : text) {
    run = c == ' ' ? 0 : run + 1;
    if (run > line_octets_max - 20) return false;
  }
  return true;
}

/// phrase = 1*word (RFC 5322 §3.2.5): atoms, a quoted-string, or encoded words.
std::string phrase(std::string_view text) {
  const auto is_atom_or_space = [](char c) {
    return ascii::is_alnum(c) || c == ' ' || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  };
  if (!is_plain(text)) return encode_words(text);
  if (std::ranges::all_of(text, is_atom_or_space)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// mailbox = name-addr / addr-spec (RFC 5322 §3.4)
std::string mailbox(const Address& address) {
  const std::string name = without_controls(address.display_name);
  const std::string spec = without_controls(address.address);
  return name.empty() ? spec : phrase(name) + " <" + spec + '>';
}

std::string mailbox_list(const std::vector<Address>& addresses) {
  std::string list;
  for (const Address& address : addresses) list += (list.empty() ? "" : ", ") + mailbox(address);
  return list;
}

/// 7bit: US-ASCII without control characters, lines not over 78 (RFC 2045 §2.7; the length is ours).
bool is_7bit(std::string_view text) {
  for (std::size_t length = 0; const char c : text) {
    if (c == '\r') continue;
    length = c == '\n' ? 0 : length + 1;
    if (length > line_octets_max || (c != '\n' && c != '\t' && !ascii::is_printable(c))) return false;
  }
  return true;
}

}  // namespace

std::string build(const Draft& draft) {
  const std::string subject = without_controls(draft.subject);
  std::string text = with_crlf(draft.text);
  if (!text.empty() && !text.ends_with("\r\n")) text += "\r\n";
  const bool plain = is_7bit(text);
  const bool ascii_only = std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) > 127; });

  std::string content = field("Date", date(draft.date)) + field("From", mailbox(draft.from));
  if (!draft.to.empty()) content += field("To", mailbox_list(draft.to));
  content += field("Subject", is_plain(subject) ? subject : encode_words(subject));
  if (!draft.message_id.empty()) content += field("Message-ID", '<' + without_controls(draft.message_id) + '>');
  content += field("MIME-Version", "1.0");
  content += field("Content-Type", ascii_only ? "text/plain; charset=us-ascii" : "text/plain; charset=utf-8");
  content += field("Content-Transfer-Encoding", plain ? "7bit" : "quoted-printable");
  return content + "\r\n" + (plain ? text : quoted_printable_encode(text));
}

}  // namespace mailscope::message
