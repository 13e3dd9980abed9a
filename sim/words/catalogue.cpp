#include "sim/words/catalogue.hpp"

namespace mailscope {
namespace {

constexpr std::uint32_t magic = 0x950412deU;
constexpr std::size_t header_octets = 20;  // magic, revision, number of texts, offsets of the two tables
constexpr std::size_t row_octets = 8;      // length and offset of one text

std::optional<std::uint32_t> number_at(std::string_view mo, std::size_t offset) {
  if (offset > mo.size() || mo.size() - offset < 4) return std::nullopt;
  std::uint32_t number{};
  for (std::size_t i = 4; i-- > 0;) number = number << 8U | static_cast<unsigned char>(mo[offset + i]);
  return number;
}

/// The text that the row at `row` of a table points to, without its NUL.
std::optional<std::string_view> text_at(std::string_view mo, std::size_t row) {
  const auto length = number_at(mo, row), offset = number_at(mo, row + 4);
  if (!length || !offset || *offset >= mo.size() || mo.size() - *offset <= *length) return std::nullopt;
  if (mo[std::size_t{*offset} + *length] != '\0') return std::nullopt;
  return mo.substr(*offset, *length);
}

}  // namespace

std::optional<Catalogue> Catalogue::read(std::string_view mo) {
  if (mo.size() < header_octets || number_at(mo, 0) != magic) return std::nullopt;
  if ((*number_at(mo, 4) >> 16U) > 0) return std::nullopt;  // a major revision that is not known
  const std::uint32_t count = *number_at(mo, 8), originals = *number_at(mo, 12), translations = *number_at(mo, 16);
  if (count > texts_max) return std::nullopt;
  Catalogue catalogue;
  for (std::size_t i = 0; i < count; ++i) {
    const auto original = text_at(mo, originals + i * row_octets);
    const auto translation = text_at(mo, translations + i * row_octets);
    if (!original || !translation) return std::nullopt;
    if (!original->empty()) catalogue.texts_.emplace(*original, translation->data());
  }
  return catalogue;
}

const char* Catalogue::find(std::string_view english) const {
  const auto found = texts_.find(english);
  return found == texts_.end() ? nullptr : found->second;
}

}  // namespace mailscope
