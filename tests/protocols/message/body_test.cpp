#include "protocols/message/body.hpp"

#include <catch2/catch_all.hpp>
#include <string>

#include "protocols/core/base64.hpp"
#include "protocols/core/charset.hpp"
#include "protocols/core/quoted_printable.hpp"
#include "protocols/core/utf8.hpp"
#include "protocols/message/flowed.hpp"
#include "protocols/message/html_text.hpp"

using namespace mailscope;
using namespace mailscope::message;

namespace {

std::string text(const std::string& content) { return text_of(content, parse_structure(content).root); }
std::string glance(const std::string& content) { return preview(content, parse_structure(content).root); }

}  // namespace

TEST_CASE("a text comes out of its transfer encoding and charset as UTF-8 (RFC 2045 §6, §5)") {
  CHECK(text("Content-Transfer-Encoding: Quoted-Printable\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\n"
             "caf=E9 =\r\nolé\r\n") == "café olÃ©\r\n");
  CHECK(text("Content-Transfer-Encoding: base64\r\nContent-Type: text/plain; charset=\"KOI8-R\"\r\n\r\n8NLJ\r\n18XU") ==
        "Привет");
  CHECK(text("\r\ncaf\xc3\xa9 \xff") == "café \xef\xbf\xbd");
  CHECK(text("Content-Type: text/plain; charset=x-klingon\r\n\r\na\xff") == "aÿ");
  CHECK(text(std::string("\r\na\0b", 5)) == "ab");
  CHECK(text("Content-Type: image/png\r\n\r\nx").empty());
  CHECK(text("Content-Transfer-Encoding: x-uuencode\r\n\r\nx").empty());
}

TEST_CASE("base64 of a body is read past foreign characters (RFC 2045 §6.8)") {
  CHECK(base64_decode_mime("SGVs\r\nbG8=\r\n") == "Hello");
  CHECK(base64_decode_mime("SGVs!*bG8") == "Hello");
  CHECK(base64_decode_mime("SGk=SGk=") == "HiHi");
  CHECK(base64_decode_mime("=").empty());
}

TEST_CASE("quoted-printable with bare line feeds is read too (RFC 2045 §6.7)") {
  CHECK(quoted_printable_decode("a=\nb \nc=3D\r\n") == "ab\nc=\r\n");
}

TEST_CASE("charsets become UTF-8, and what is wrong in them is replaced") {
  CHECK(utf8_from_charset("\x93\xfa\x96\x7b", "Shift_JIS") == "日本");
  CHECK(utf8_from_charset("\x80", "windows-1252") == "€");
  CHECK(utf8_from_charset(std::string_view("\0a\xd8\0\0b", 6), "utf-16be") ==
        "a\xef\xbf\xbd"
        "b");
  CHECK(utf8_from_charset("\xff\xff", "EUC-JP") == "\xef\xbf\xbd\xef\xbf\xbd");
  CHECK(utf8_from_charset("a\xb4", "gb18030") == "a\xef\xbf\xbd");
  CHECK(utf8_from_charset(std::string(100'000, '\xe9'), "iso-8859-15").value().size() == 200'000);
  CHECK(utf8_from_charset("caf\xc3\xa9", "") == "café");
  // By the labels of the WHATWG, and as programs write them.
  for (const std::string_view label :
       {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "l1", "cp-1252", "windows-1252", "'iso-8859-1'"})
    CHECK(utf8_from_charset("Pr\xfc", label) == "Prü");
  CHECK(utf8_from_charset("\x96", "iso-8859-1") == "–");
  for (const std::string_view label : {"gb2312", "GBK", "x-gbk", "cp936", "csGB2312"})
    CHECK(utf8_from_charset("\xd6\xd0", label) == "中");
  for (const std::string_view label : {"sjis", "cp932", "x-sjis", "windows-31j", "ms_kanji"})
    CHECK(utf8_from_charset("\x93\xfa", label) == "日");
  CHECK(utf8_from_charset("Pr+APw-", "unicode-1-1-utf-7") == "Prü");
  for (const std::string_view label : {"koi8-u", "tis-620", "big5", "ks_c_5601-1987", "iso-8859-8-i", "x-mac-cyrillic",
                                       "iso-2022-kr", "euc-tw", "cp852", "viscii", "ibm866", "iso-8859-16"})
    CHECK(is_known_charset(label));
  for (const std::string_view unknown : {"x", "UTF-8//TRANSLIT", "ISO-2022-CN-EXT", "../../x", "UTF-8,X"})
    CHECK_FALSE(is_known_charset(unknown));
}

TEST_CASE("HTML is read as text, whatever is wrong in it") {
  CHECK(html_text("<html><head><title>no</title><style>p{}</style></head><p>One &amp; two&nbsp;&#x20AC;&#233;</p>"
                  "<!-- <p>no --><p>Three<br>Four &unknown; a < b</p><script>if (a</b)</script>end",
                  1000) == "One & two €é\nThree\nFour &unknown; a < b\nend");
  CHECK(html_text("<p", 10).empty());
  CHECK(html_text("<script>", 10).empty());
  CHECK(html_text("&#xD800;&#0;&#99999999999;&#;&#x;", 100) == "\ufffd\ufffd\ufffd&#;&#x;");
  CHECK(html_text("it&#146;s &#128; 5 &#150; x", 100) == "it’s € 5 – x");                 // meant as windows-1252
  CHECK(html_text("A &amp B &lt C &copy 2026 &#8364 x", 100) == "A & B < C © 2026 € x");  // no ";" where none is needed
  CHECK(html_text("&CounterClockwiseContourIntegral;&NotEqualTilde;&notin;&notit;&Aacute;", 100) == "∳≂̸∉¬it;Á");
  CHECK(html_text("<p><img alt=\"a>b\">hello</p><a href='x>y' title=it's>z</a>", 100) == "hello\nz");
  CHECK(html_text("<a href=\"x>y<b>z</b>", 100) == "yz");  // a quote that is never closed
  CHECK(html_text("<table><tr><td>Name</td><td>Anna</td></tr><tr><th>Age</th><td>9</td></tr></table><ul><li>x</ul>"
                  "<pre>p\r\n  q</pre>r",
                  100) == "Name Anna\nAge 9\nx\np\nq\nr");
  CHECK(utf8_characters(html_text("aé aé aé aé", 5)) == 5);
}

TEST_CASE("a preview is the first text in one line, at most 256 characters (RFC 8970 §3.3)") {
  CHECK(glance("\r\n> quoted\r\nMy  own\r\n\twords\r\n-- \r\nAnna\r\n") == "My own words");
  CHECK(glance("\r\n> only quoted\r\n") == "> only quoted");
  CHECK(utf8_characters(glance("\r\n" + std::string(1000, 'x'))) == 200);
  std::string wide;
  for (int count = 0; count < 400; ++count) wide += "é ";
  CHECK(utf8_characters(glance("\r\n" + wide)) <= 200);
  CHECK(glance("Content-Type: image/png\r\n\r\nx").empty());
  const std::string both =
      "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>HTML\r\n"
      "--b\r\n\r\nplain\r\n--b--\r\n";
  CHECK(glance(both) == "plain");
  const std::string attached =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment\r\n\r\nfile\r\n"
      "--b\r\nContent-Type: text/html\r\n\r\n<b>The</b> letter\r\n--b--\r\n";
  CHECK(glance(attached) == "The letter");
}

TEST_CASE("format=flowed wraps paragraphs and puts them together again (RFC 3676 §4)") {
  const std::string long_line =
      "A paragraph that is long enough to be wrapped by whoever writes it, and by whoever reads it.";
  const std::string text = long_line + "\n\n> " + long_line + "\n>> twice\n indented\nFrom here\n> \n-- \nAnna\n";
  const std::string sent = flow(text);
  CHECK(sent ==
        "A paragraph that is long enough to be wrapped by whoever writes it, \nand by whoever reads it.\n\n"
        "> A paragraph that is long enough to be wrapped by whoever writes it, \n> and by whoever reads it.\n>> twice\n"
        "  indented\n From here\n>\n-- \nAnna\n");
  CHECK(unflow(sent, false) == long_line + "\n\n> " + long_line + "\n>> twice\n indented\nFrom here\n> \n-- \nAnna\n");
  CHECK(flow(unflow(sent, false)) == sent);
  CHECK(flow("trailing   \n") == "trailing\n");
  CHECK(flow("> > spaced\n") == ">> spaced\n");
  CHECK(unflow("a \r\n> b\r\n", false) == "a \n> b\n");  // §4.5: another depth ends it
  CHECK(unflow("a \n-- \n", false) == "a \n-- \n");
  CHECK(unflow("日本 \n語", true) == "日本語\n");  // §4.6
  CHECK(unflow("open ", false) == "open \n");
  CHECK(quoted("a\n\n> b\n") == "> a\n>\n>> b\n");
  const std::string deep = std::string(200, '>') + " " + long_line;
  CHECK(unflow(flow(deep), false) == deep + "\n");
}
