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

/// The name in mail, and iconv's where that one is another. Some charsets are read as the larger one that is meant by
/// them in practice. ISO-2022-CN-EXT and other rare converters are left out on purpose.
struct Charset {
  std::string_view name, iconv_name;
};
constexpr std::array charsets = std::to_array<Charset>({
    {"us-ascii", "UTF-8"},
    {"ascii", "UTF-8"},
    {"ansi_x3.4-1968", "UTF-8"},
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"utf-7", "UTF-7"},
    {"utf-16", "UTF-16"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
    {"iso-8859-1", "ISO-8859-1"},
    {"latin1", "ISO-8859-1"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "ISO-8859-9"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "ISO-8859-11"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"windows-874", "CP874"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp437", "CP437"},
    {"ibm437", "CP437"},
    {"cp850", "CP850"},
    {"ibm850", "CP850"},
    {"cp866", "CP866"},
    {"ibm866", "CP866"},
    {"macintosh", "MACINTOSH"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"tis-620", "TIS-620"},
    {"viscii", "VISCII"},
    {"iso-2022-jp", "ISO-2022-JP-2"},
    {"shift_jis", "CP932"},
    {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"iso-2022-kr", "ISO-2022-KR"},
    {"gb2312", "GBK"},
    {"gbk", "GBK"},
    {"gb18030", "GB18030"},
    {"hz-gb-2312", "HZ"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
});

const Charset* find(std::string_view name) {
  if (name.empty()) name = charsets.front().name;
  const auto found =
      std::ranges::find_if(charsets, [name](const Charset& charset) { return ascii::iequals(charset.name, name); });
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
  if (known->iconv_name == "UTF-8") return utf8_repaired(octets);
  if (known->iconv_name == "ISO-8859-1") return utf8_from_latin1(octets);
  const Converter converter{std::string(known->iconv_name)};
  if (!converter.is_open()) return std::nullopt;
  const std::size_t unit_octets = known->iconv_name.starts_with("UTF-16") ? 2 : 1;
  return utf8_repaired(converter.convert(std::string(octets), unit_octets));
}

bool is_known_charset(std::string_view charset) { return utf8_from_charset({}, charset).has_value(); }

}  // namespace mailscope
