#include "tests/protocols/message/corpus.hpp"

#include <array>
#include <iterator>
#include <random>
#include <string_view>
#include <vector>

#include "protocols/core/quoted_printable.hpp"
#include "protocols/message/encode.hpp"

namespace mailscope::test {

namespace {

constexpr std::string_view addresses[] = {
    "anna@alba.example",
    "Anna Puig <anna@alba.example>",
    "\"Puig, Anna\" <anna@alba.example>",
    "bruno@llevant.example (Bruno)",
    "\"a b\"@alba.example",
    "<@one.example,@two.example:carla@three.example>",
    "Friends: anna@alba.example, Bruno <bruno@llevant.example>;",
    "undisclosed-recipients:;",
    "=?UTF-8?Q?N=C3=BAria?= <nuria@alba.example>",
    "N\xc3\xbaria <n\xc3\xbaria@alba.example>",
    "dan@[192.0.2.1]",
    "John Q. Public\r\n <john.public@alba.example>",
    "\"quo\\\"ted\" <q@alba.example>",
};
constexpr std::string_view dates[] = {
    "Mon, 02 Mar 2026 09:00:00 +0000",       "2 Mar 2026 09:00 +0130",        "Fri, 21 Nov 97 09:55:06 -0600",
    "Thu, 13 Feb 1969 23:32:54 -0330",       "Mon, 02 Mar 2026 09:00:00 EST", "21 Nov 97 09:55:06 GMT",
    "Mon, 02 Mar 2026 09:00:00 +0000 (UTC)", "31 Dec 26 23:59:59 Z",
};
constexpr std::string_view subjects[] = {
    "Hello",
    "=?UTF-8?Q?Reuni=C3=B3?= de =?ISO-8859-1?Q?dem=E0?=",
    "=?UTF-8?B?0J/RgNC40LLQtdGC?=\r\n =?UTF-8?B?IQ==?=",
    "folded\r\n\tover\r\n   lines",
    "R\xc3\xa9union",
    "Caf\xe9",
    "",
};
constexpr std::string_view words[] = {"one",
                                      "two ",
                                      " three",
                                      "\r\n",
                                      "\r\n\r\n",
                                      "From here",
                                      ".",
                                      "--",
                                      "-- ",
                                      "caf\xc3\xa9",
                                      "=",
                                      "=20",
                                      "a long line of many words that goes on and on and on beyond its end "};
constexpr std::string_view text_types[] = {
    "text/plain", "TEXT/Plain; charset=utf-8", "text/html; charset=\"ISO-8859-1\"",
    "text/plain; charset=us-ascii (comment)", "text/x-odd;charset=koi8-r;format=flowed"};
constexpr std::string_view file_types[] = {
    "application/pdf; name=\"a file.pdf\"",
    "image/png;\r\n name*=UTF-8''caf%C3%A9.png",
    "application/octet-stream; name*0=\"long \"; name*1=\"name\"",
    "audio/basic; name*0*=iso-8859-1''%E9; name*1=\"-x\"",
};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::string message(int depth) {
    std::string header;
    for (const std::string_view name : {"From", "To", "Cc", "Reply-To"})
      if (one_in(2)) header += field(name, address_list());
    if (!one_in(8)) header += field("Date", pick(dates));
    for (std::uint64_t count = below(3); count > 0; --count) header += field("Subject", pick(subjects));
    if (one_in(2)) header += field("Message-ID", "<" + std::to_string(random_()) + "@alba.example>");
    if (one_in(200)) header += field("X-Long", std::string(below(1'200'000), 'x'));
    if (one_in(30)) header += "no field at all\r\n";
    if (one_in(3)) header += field("MIME-Version", "1.0");
    return header + entity(depth);
  }

  /// Files and old programs leave LF alone.
  bool wants_bare_feeds() { return one_in(10); }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool one_in(std::uint64_t bound) { return below(bound) == 0; }
  template <class List>
  std::string pick(const List& list) {
    return std::string(list[below(std::size(list))]);
  }
  static std::string field(std::string_view name, const std::string& value) {
    return std::string(name) + ": " + value + "\r\n";
  }

  std::string address_list() {
    std::string list = pick(addresses);
    for (std::uint64_t count = below(4); count > 0; --count) list += (one_in(2) ? ", " : ",\r\n ") + pick(addresses);
    return list;
  }

  std::string text() {
    std::string result;
    for (std::uint64_t count = below(12); count > 0; --count) result += pick(words);
    return result;
  }

  /// Content-* fields, the empty line and the body.
  std::string entity(int depth) {
    if (depth > 0 && one_in(2)) return one_in(4) ? inner_message(depth) : multipart(depth);
    if (one_in(4)) return (one_in(10) ? std::string{} : "\r\n") + text();
    const bool is_text = one_in(2);
    std::string header = field("Content-Type", is_text ? pick(text_types) : pick(file_types));
    if (one_in(3)) header += field("Content-Disposition", "attachment; filename=\"a b.txt\"; size=3");
    std::string body = text();
    if (one_in(2)) {
      message::Encoded encoded = message::encode_octets(body, is_text);
      header += field("Content-Transfer-Encoding", std::string(encoded.encoding));
      body = std::move(encoded.text);
    } else if (one_in(3)) {
      header += field("Content-Transfer-Encoding", "8bit");
    }
    return header + "\r\n" + body;
  }

  std::string inner_message(int depth) {
    return field("Content-Type", one_in(4) ? "message/global" : "message/rfc822") + "\r\n" + message(depth - 1);
  }

  std::string multipart(int depth) {
    const std::string boundary = one_in(8) ? "same" : "b" + std::to_string(below(1000));
    const std::string_view subtype = one_in(6) ? "digest" : one_in(2) ? "mixed" : "alternative";
    std::string result =
        one_in(20) ? field("Content-Type", "multipart/mixed")
                   : field("Content-Type", "multipart/" + std::string(subtype) + ";\r\n boundary=\"" + boundary + "\"");
    result += "\r\n";
    if (one_in(3)) result += "preamble\r\n";
    for (std::uint64_t count = below(4) + (one_in(20) ? 0 : 1); count > 0; --count) {
      result += "--" + boundary + (one_in(6) ? "  \r\n" : "\r\n");
      result += (subtype == "digest" ? "\r\n" + message(depth - 1) : entity(depth - 1)) + "\r\n";
    }
    if (one_in(8)) return result;  // never closed
    result += "--" + boundary + "--\r\n";
    if (one_in(3)) result += "epilogue\r\n";
    return result;
  }

  std::mt19937_64 random_;
};

}  // namespace

std::string generated_message(std::uint64_t seed) {
  Generator generator(seed);
  std::string content = generator.message(4);
  if (generator.wants_bare_feeds()) std::erase(content, '\r');
  return content;
}

std::string mutated(std::string content, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::string_view pieces[] = {"\r\n",       "\n", "\r", "--", "\"",   "(",    ")", "<",
                                     "=?UTF-8?Q?", "?=", ";",  ":",  "\xff", "*0*=", "%"};
  for (std::uint64_t count = 1 + random() % 8; count > 0 && !content.empty(); --count) {
    const std::size_t at = random() % content.size();
    const std::size_t length = 1 + random() % 40;
    switch (random() % 4) {
      case 0:
        content[at] = static_cast<char>(random() & 0xff);
        break;
      case 1:
        content.erase(at, length);
        break;
      case 2:
        content.insert(at, content.substr(random() % content.size(), length));
        break;
      default:
        content.insert(at, pieces[random() % std::size(pieces)]);
    }
  }
  return content;
}

}  // namespace mailscope::test
