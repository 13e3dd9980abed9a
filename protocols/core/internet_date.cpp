#include "protocols/core/internet_date.hpp"

#include <algorithm>
#include <chrono>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"

namespace mailscope {

namespace {

std::string padded(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

/// What date-fullyear = 4DIGIT can tell (RFC 3339 §5.6), in UTC.
constexpr Instant first_instant{std::chrono::sys_days(std::chrono::year(0) / 1 / 1).time_since_epoch()};
constexpr Instant last_instant{std::chrono::sys_days(std::chrono::year(10'000) / 1 / 1).time_since_epoch() -
                               std::chrono::seconds(1)};

}  // namespace

std::string internet_date(Instant at) {
  const std::chrono::sys_time<Duration> time(std::clamp(at, first_instant, last_instant).time_since_epoch());
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::string year = std::to_string(static_cast<int>(date.year()));
  year.insert(0, 4 - year.size(), '0');
  return year + '-' + padded(static_cast<unsigned>(date.month())) + '-' + padded(static_cast<unsigned>(date.day())) +
         'T' + padded(static_cast<unsigned>(clock.hours().count())) + ':' +
         padded(static_cast<unsigned>(clock.minutes().count())) + ':' +
         padded(static_cast<unsigned>(clock.seconds().count())) + 'Z';
}

std::optional<Instant> parse_internet_date(std::string_view text) {
  Cursor at(text);
  bool right = true;
  const auto number = [&](std::size_t octets, unsigned most) {
    const std::string_view run = at.take_octets(octets);
    const auto value = run.size() == octets ? ascii::number<unsigned>(run) : std::nullopt;
    right = right && value && *value <= most;
    return static_cast<int>(value.value_or(0));
  };
  const auto mark = [&](std::string_view c) { right = at.take(c) && right; };
  const int year = number(4, 9999);
  mark("-");
  const int month = number(2, 12);
  mark("-");
  const int day = number(2, 31);
  mark("T");
  const int hour = number(2, 23);
  mark(":");
  const int minute = number(2, 59);
  mark(":");
  const int second = number(2, 60);
  if (at.take('.') && at.take_while(ascii::is_digit).empty()) return std::nullopt;
  int east = 0;
  if (!at.take("Z")) {
    const bool west = at.take('-');
    if (!west) mark("+");
    east = number(2, 23) * 60;
    mark(":");
    east = (east + number(2, 59)) * (west ? -1 : 1);
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!right || !at.at_end() || !date.ok()) return std::nullopt;
  const auto since = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                     std::chrono::minutes(minute - east) + std::chrono::seconds(second);
  const Instant at_utc(since);
  return first_instant <= at_utc && at_utc <= last_instant ? std::optional(at_utc) : std::nullopt;
}

}  // namespace mailscope
