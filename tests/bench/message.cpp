// How fast messages are read: a table for people, not a test.
#include "tests/bench/message.hpp"

#include <string>

#include "protocols/message/part.hpp"

namespace mailscope::bench {

namespace {

/// A mail of 1 MiB as people send them: a text, its HTML, and an attachment in base64.
std::string mail() {
  std::string content =
      "From: Anna Puig <anna@alba.example>\r\nTo: bruno@llevant.example\r\nSubject: Hello\r\n"
      "Date: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <1@alba.example>\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n"
      "--outer\r\nContent-Type: multipart/alternative; boundary=\"inner\"\r\n\r\n--inner\r\n\r\n";
  for (int line = 0; line < 100; ++line) content += "A line of text as long as people's lines are when they write.\r\n";
  content += "--inner\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>\r\n--inner--\r\n";
  content += "--outer\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  while (content.size() < 1024 * 1024) content += std::string(76, 'A') + "\r\n";
  return content + "--outer--\r\n";
}

}  // namespace

double structure_octets() {
  constexpr int rounds = 1'000;
  const std::string content = mail();
  std::size_t parts = 0;
  for (int round = 0; round < rounds; ++round) parts += message::parse_structure(content).root.children.size();
  return parts == 2 * rounds ? static_cast<double>(content.size()) * rounds : 0;
}

double small_structures() {
  constexpr int rounds = 300'000;
  const std::string content = mail().substr(0, 1024);
  std::size_t parts = 0;
  for (int round = 0; round < rounds; ++round) parts += message::parse_structure(content).root.children.size();
  return parts == rounds ? rounds : 0;
}

}  // namespace mailscope::bench
