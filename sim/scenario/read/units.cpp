#include "sim/scenario/read/units.hpp"

#include <algorithm>
#include <span>

namespace mailscope {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t worth;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes the digits at the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value{};
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

/// quantity = 1*12DIGIT [ "." 1*9DIGIT ] [ SP ] unit, as a whole number of the smallest unit.
std::optional<std::uint64_t> parse_quantity(std::string_view text, std::span<const Unit> units) {
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty() || whole.size() > 12 || fraction.size() > 9) return std::nullopt;
  if (text.starts_with(' ')) text.remove_prefix(1);
  const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& known) { return known.name == text; });
  if (unit == units.end()) return std::nullopt;
  std::uint64_t divisor{1};
  for (std::size_t i{}; i < fraction.size(); ++i) divisor *= 10;
  const std::uint64_t integer = number(whole), parts = number(fraction);
  if (integer > UINT64_MAX / 2 / unit->worth || parts > UINT64_MAX / unit->worth) return std::nullopt;
  if (parts * unit->worth % divisor != 0) return std::nullopt;
  return integer * unit->worth + parts * unit->worth / divisor;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr Unit units[] = {
      {"us", 1}, {"ms", 1'000}, {"s", 1'000'000}, {"min", 60'000'000}, {"h", 3'600'000'000}};
  const std::optional<std::uint64_t> microseconds = parse_quantity(text, units);
  if (!microseconds) return std::nullopt;
  return Duration(static_cast<Duration::rep>(*microseconds));
}

std::optional<std::uint64_t> parse_bandwidth(std::string_view text) {
  static constexpr Unit units[] = {{"bit/s", 1}, {"kbit/s", 1'000}, {"Mbit/s", 1'000'000}, {"Gbit/s", 1'000'000'000}};
  return parse_quantity(text, units);
}

std::optional<std::uint64_t> parse_octets(std::string_view text) {
  static constexpr Unit units[] = {{"B", 1}, {"kB", 1'000}, {"MB", 1'000'000}, {"KiB", 1'024}, {"MiB", 1'048'576}};
  return parse_quantity(text, units);
}

std::optional<std::uint32_t> parse_share(std::string_view text) {
  constexpr std::uint64_t whole_ppm = 1'000'000;
  static constexpr Unit units[] = {{"%", whole_ppm / 100}};
  const std::optional<std::uint64_t> share_ppm = parse_quantity(text, units);
  if (!share_ppm || *share_ppm > whole_ppm) return std::nullopt;
  return static_cast<std::uint32_t>(*share_ppm);
}

std::optional<Instant> parse_instant(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
  if (text.size() < form.size() + 1) return std::nullopt;
  for (std::size_t i{}; i < form.size(); ++i)
    if (form[i] == 'd' ? !is_digit(text[i]) : form[i] != text[i]) return std::nullopt;
  const auto field = [&](std::size_t at, std::size_t digits) {
    return static_cast<unsigned>(number(text.substr(at, digits)));
  };
  const std::chrono::year_month_day date(std::chrono::year(static_cast<int>(field(0, 4))),
                                         std::chrono::month(field(5, 2)), std::chrono::day(field(8, 2)));
  const unsigned hour = field(11, 2), minute = field(14, 2), second = field(17, 2);
  if (!date.ok() || date.year() < std::chrono::year(1970) || date.year() > std::chrono::year(2999)) return std::nullopt;
  if (hour > 23 || minute > 59 || second > 59) return std::nullopt;

  text.remove_prefix(form.size());
  std::uint64_t fraction_us{};
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::string_view digits = take_digits(text);
    if (digits.empty() || digits.size() > 6) return std::nullopt;
    fraction_us = number(digits);
    for (std::size_t i = digits.size(); i < 6; ++i) fraction_us *= 10;
  }
  if (text != "Z") return std::nullopt;
  const auto since_epoch = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                           std::chrono::minutes(minute) + std::chrono::seconds(second) +
                           std::chrono::microseconds(fraction_us);
  return Instant(std::chrono::duration_cast<Duration>(since_epoch));
}

}  // namespace mailscope
