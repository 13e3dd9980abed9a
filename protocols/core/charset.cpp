#include "protocols/core/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"

namespace mailscope {

namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// iconv's name, and the labels that mean it: those of the WHATWG's Encoding Standard, which reads some charsets as the
/// larger one that is meant in practice, and below them what else mail is written in. Labels are written as squeezed()
/// leaves them. ISO-2022-CN-EXT and other rare converters are left out on purpose.
struct Charset {
  std::string_view iconv_name, labels;
};
constexpr std::string_view ascii_name = "US-ASCII", windows_1252_name = "CP1252";
constexpr std::array charsets = std::to_array<Charset>({
    {ascii_name, "ascii usascii ansix341968 iso646us"},
    {"UTF-8", "utf8 unicode11utf8 unicode20utf8 xunicode20utf8 cp65001"},
    {windows_1252_name,
     "windows1252 cp1252 cp819 csisolatin1 ibm819 iso88591 iso885911987 isoir100 l1 latin1 xcp1252 "
     "iso88591windows30latin1"},
    {"ISO-8859-2", "iso88592 csisolatin2 iso885921987 isoir101 l2 latin2"},
    {"ISO-8859-3", "iso88593 csisolatin3 iso885931988 isoir109 l3 latin3"},
    {"ISO-8859-4", "iso88594 csisolatin4 iso885941988 isoir110 l4 latin4"},
    {"ISO-8859-5", "iso88595 csisolatincyrillic cyrillic iso885951988 isoir144"},
    {"ISO-8859-6",
     "iso88596 arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596e iso88596i iso885961987 "
     "isoir127"},
    {"ISO-8859-7", "iso88597 csisolatingreek ecma118 elot928 greek greek8 iso885971987 isoir126 suneugreek"},
    {"ISO-8859-8",
     "iso88598 csiso88598e csisolatinhebrew hebrew iso88598e iso885981988 isoir138 visual iso88598i csiso88598i "
     "logical"},
    {"ISO-8859-10", "iso885910 csisolatin6 isoir157 l6 latin6"},
    {"ISO-8859-13", "iso885913"},
    {"ISO-8859-14", "iso885914"},
    {"ISO-8859-15", "iso885915 csisolatin9 l9 latin9"},
    {"ISO-8859-16", "iso885916"},
    {"CP866", "ibm866 866 cp866 csibm866"},
    {"KOI8-R", "koi8r cskoi8r koi koi8"},
    {"KOI8-U", "koi8u koi8ru"},
    {"MACINTOSH", "macintosh csmacintosh mac xmacroman macroman"},
    {"MAC-CYRILLIC", "xmaccyrillic xmacukrainian"},
    {"CP874", "windows874 dos874 iso885911 tis620 cp874"},
    {"CP1250", "windows1250 cp1250 xcp1250"},
    {"CP1251", "windows1251 cp1251 xcp1251"},
    {"CP1253", "windows1253 cp1253 xcp1253"},
    {"CP1254", "windows1254 cp1254 xcp1254 csisolatin5 iso88599 iso885991989 isoir148 l5 latin5"},
    {"CP1255", "windows1255 cp1255 xcp1255"},
    {"CP1256", "windows1256 cp1256 xcp1256"},
    {"CP1257", "windows1257 cp1257 xcp1257"},
    {"CP1258", "windows1258 cp1258 xcp1258"},
    {"GBK", "gbk chinese csgb2312 csiso58gb231280 gb2312 gb231280 isoir58 xgbk cp936 ms936 windows936 euccn"},
    {"GB18030", "gb18030"},
    {"BIG5-HKSCS", "big5 big5hkscs cnbig5 csbig5 xxbig5 cp950 ms950 windows950"},
    {"EUC-JP", "eucjp cseucpkdfmtjapanese xeucjp"},
    {"ISO-2022-JP-2", "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 cp50220 cp50221 cp50222"},
    {"CP932", "shiftjis csshiftjis ms932 mskanji sjis windows31j xsjis cp932 windows932"},
    {"CP949", "euckr cseuckr csksc56011987 isoir149 korean ksc56011987 ksc56011989 ksc5601 windows949 cp949 ms949 uhc"},
    {"UTF-16BE", "utf16be unicodefffe"},
    {"UTF-16LE", "utf16le"},
    {"UTF-16", "utf16 csunicode iso10646ucs2 ucs2 unicode unicodefeff"},
    {"UTF-7", "utf7 unicode11utf7"},
    {"ISO-2022-KR", "iso2022kr csiso2022kr"},
    {"EUC-TW", "euctw xeuctw cnseuc"},
    {"CP437", "cp437 ibm437 437 cspc8codepage437"},
    {"CP850", "cp850 ibm850 850 cspc850multilingual"},
    {"CP852", "cp852 ibm852 852 cspcp852"},
    {"VISCII", "viscii csviscii"},
});

/// Letters and digits alone, in lower case: "ISO_8859-1", "iso8859-1" and "'iso-8859-1'" are one. Longer than any label
/// is none.
std::string squeezed(std::string_view label) {
  constexpr std::size_t label_octets_max = 75;  // of an encoded word (RFC 2047 §2)
  std::string result;
  for (const char c : label.substr(0, label_octets_max))
    if (ascii::is_alnum(c)) result += c;
  return ascii::lower(result);
}

const Charset* find(std::string_view name) {
  const std::string label = squeezed(name);
  if (label.empty()) return charsets.data();
  const auto found = std::ranges::find_if(charsets, [&label](const Charset& charset) {
    for (std::string_view rest = charset.labels; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      if (rest.substr(0, end) == label) return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
  });
  return found == charsets.end() ? nullptr : &*found;
}

/// An open converter to UTF-8.
class Converter {
 public:
  explicit Converter(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {}
  ~Converter() {
    if (is_open()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  [[nodiscard]] bool is_open() const {
    return handle_ != reinterpret_cast<iconv_t>(-1);  // NOLINT(performance-no-int-to-ptr): iconv's mark of failure
  }

  /// Each round takes some input, or writes a full buffer: the work is linear.
  std::string convert(std::string input, std::size_t unit_octets) const {
    std::string result;
    result.reserve(input.size());
    char* from = input.data();
    std::size_t left = input.size();
    std::array<char, 4096> buffer{};
    while (left > 0) {
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t rc = iconv(handle_, &from, &left, &to, &room);
      const int error = errno;
      result.append(buffer.data(), buffer.size() - room);
      if (rc != static_cast<std::size_t>(-1) || error == E2BIG) continue;
      result += replacement;  // EILSEQ: not of this charset; EINVAL: cut off at the end
      const std::size_t skipped = error == EILSEQ ? std::min(unit_octets, left) : left;
      from += skipped;
      left -= skipped;
    }
    return result;
  }

 private:
  iconv_t handle_;
};

}  // namespace

std::optional<std::string> utf8_from_charset(std::string_view octets, std::string_view charset) {
  const Charset* known = find(charset);
  if (!known) return std::nullopt;
  if (known->iconv_name == ascii_name) return utf8_guessed(octets);
  if (known->iconv_name == "UTF-8") return utf8_repaired(octets);
  if (known->iconv_name == windows_1252_name) return utf8_from_windows_1252(octets);
  const Converter converter{std::string(known->iconv_name)};
  if (!converter.is_open()) return std::nullopt;
  const std::size_t unit_octets = known->iconv_name.starts_with("UTF-16") ? 2 : 1;
  return utf8_repaired(converter.convert(std::string(octets), unit_octets));
}

bool is_known_charset(std::string_view charset) { return utf8_from_charset({}, charset).has_value(); }

}  // namespace mailscope
