#include "protocols/imap/syntax/unit_framer.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/line_text.hpp"

namespace mailscope::imap {

namespace {

struct Announcement {
  std::uint64_t octets{};
  bool is_coming{};
};

/// "{" number ["+"] "}" at the end of a line (RFC 3501 §9, literal; RFC 7888 §8). A number too large to count is the
/// largest.
std::optional<Announcement> announced_by(std::string_view line, bool uninvited_too) {
  if (!line.ends_with('}')) return std::nullopt;
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  std::string_view digits = line.substr(open + 1, line.size() - open - 2);
  const bool is_coming = uninvited_too && digits.ends_with('+');
  if (is_coming) digits.remove_suffix(1);
  if (digits.empty() || !std::ranges::all_of(digits, ascii::is_digit)) return std::nullopt;
  return Announcement{ascii::number<std::uint64_t>(digits).value_or(std::numeric_limits<std::uint64_t>::max()),
                      is_coming};
}

}  // namespace

std::optional<Unit> UnitFramer::take(InputBuffer& input) {
  while (!announced_) {
    if (awaited_) {
      const std::size_t come = std::min(*awaited_, input.view().size());
      unit_.text += input.view().substr(0, come);
      input.consume(come);
      *awaited_ -= come;
      if (*awaited_ > 0) return std::nullopt;
      awaited_.reset();
    }
    auto line = lines_.take(input);
    if (!line) return std::nullopt;
    if (!std::exchange(begun_, true)) unit_.bytes.begin = line->bytes.begin;
    unit_.bytes.end = line->bytes.end;
    unit_.text += line->text;
    unit_.too_long = line->too_long;
    const auto announced = line->too_long || is_text() ? std::nullopt : announced_by(line->text, what_ == Of::Commands);
    if (!announced) return finish();
    announced_ = announced->octets;
    coming_ = announced->is_coming;
  }
  return std::nullopt;
}

/// What has come of the unit is a response of the kind that ends in a text.
bool UnitFramer::is_text() const {
  if (what_ == Of::Commands) return false;
  const std::string_view text = unit_.text;
  if (text.starts_with('+')) return true;
  const std::size_t tag_end = std::min(text.find(' '), text.size());
  const std::string_view behind = text.substr(std::min(tag_end + 1, text.size()));
  const std::string_view word = behind.substr(0, behind.find(' '));
  constexpr std::array<std::string_view, 5> statuses{"OK", "NO", "BAD", "BYE", "PREAUTH"};
  return std::ranges::any_of(statuses, [word](std::string_view status) { return ascii::iequals(word, status); });
}

void UnitFramer::accept_literal() {
  assert(announced_);
  unit_.text += "\r\n";
  awaited_ = static_cast<std::size_t>(*std::exchange(announced_, std::nullopt));
}

Unit UnitFramer::refuse_literal() {
  assert(announced_);
  announced_.reset();
  return finish();
}

Unit UnitFramer::finish() {
  begun_ = false;
  return std::exchange(unit_, {});
}

std::string unit_text(std::string_view text) {
  return step_text(std::string(text.substr(0, step_text_octets_max)).append("\r\n"));
}

}  // namespace mailscope::imap
