// A compiled gettext catalogue (.mo), read in place. It knows neither files nor the current language.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace mailscope {

class Catalogue {
 public:
  /// Reads the GNU .mo format in little-endian order. Nothing for octets that are not one whole, well-formed
  /// catalogue: every offset is held against the end, every text ends in a NUL. `mo` outlives the catalogue.
  [[nodiscard]] static std::optional<Catalogue> read(std::string_view mo);

  /// The translation of this text, NUL-terminated, or null. The empty text stands for the header and has none.
  [[nodiscard]] const char* find(std::string_view english) const;

  /// More texts than this are refused: the window has some hundred.
  static constexpr std::uint32_t texts_max = 10'000;

 private:
  std::map<std::string_view, const char*> texts_;
};

}  // namespace mailscope
