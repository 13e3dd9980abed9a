#include "protocols/message/date.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/cursor.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

namespace {

constexpr std::array<std::string_view, 7> days_of_week = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// obs-zone (RFC 5322 §4.3), in hours east of UTC. The military letters but Z are read as unknown, as §4.3 says.
constexpr std::array<std::pair<std::string_view, int>, 12> zones = {{{"UT", 0},
                                                                     {"UTC", 0},
                                                                     {"GMT", 0},
                                                                     {"Z", 0},
                                                                     {"EST", -5},
                                                                     {"EDT", -4},
                                                                     {"CST", -6},
                                                                     {"CDT", -5},
                                                                     {"MST", -7},
                                                                     {"MDT", -6},
                                                                     {"PST", -8},
                                                                     {"PDT", -7}}};

std::string two_digits(std::int64_t number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// Collects what the words of a date say, in whatever order they come.
class Words {
 public:
  /// False for a word that makes the date impossible; a word that says nothing is passed over.
  bool take(std::string_view word) {
    if (word.find(':') != std::string_view::npos) return time(word);
    if (hours_ >= 0 && (word.starts_with('+') || word.starts_with('-'))) return zone(word);
    if (ascii::is_alpha(word.front())) return name(word);
    return number(word);
  }

  [[nodiscard]] std::optional<DateTime> result() const {
    using namespace std::chrono;
    if (day_ == 0 || month_ == 0 || year_ < 0 || hours_ < 0) return std::nullopt;
    const year_month_day calendar{std::chrono::year{year_}, std::chrono::month{month_}, std::chrono::day{day_}};
    if (!calendar.ok()) return std::nullopt;
    const auto local = sys_days(calendar).time_since_epoch() + hours(hours_) + minutes(minutes_) + seconds(seconds_);
    return DateTime{Instant(local - minutes(zone_minutes_.value_or(0))), zone_minutes_};
  }

 private:
  static std::optional<unsigned> digits(Cursor& cursor, std::size_t at_most) {
    return ascii::number<unsigned>(cursor.take_while(ascii::is_digit).substr(0, at_most + 1));
  }

  /// time-of-day = hour ":" minute [ ":" second ]; 60 is a leap second
  bool time(std::string_view word) {
    Cursor cursor(word);
    const auto hour = digits(cursor, 2);
    const auto minute = cursor.take(':') ? digits(cursor, 2) : std::nullopt;
    const auto second = cursor.take(':') ? digits(cursor, 2) : 0U;
    if (hours_ >= 0 || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return false;
    hours_ = static_cast<int>(*hour);
    minutes_ = static_cast<int>(*minute);
    seconds_ = static_cast<int>(*second);
    return cursor.at_end() || take(cursor.rest());  // "09:00:00+0100"
  }

  /// zone = ("+" / "-") 4DIGIT; "-0000" says that the zone is unknown (RFC 5322 §3.3)
  bool zone(std::string_view word) {
    const auto hhmm = ascii::number<unsigned>(word.substr(1));
    if (word.size() != 5 || !hhmm || *hhmm % 100 > 59 || *hhmm / 100 > 23) return true;
    const int offset = static_cast<int>(*hhmm / 100 * 60 + *hhmm % 100);
    if (word.front() == '+' || offset != 0) zone_minutes_ = word.front() == '-' ? -offset : offset;
    return true;
  }

  /// A month, a zone or a day of the week.
  bool name(std::string_view word) {
    const auto month = std::ranges::find_if(months, [word](auto name) { return ascii::istarts_with(word, name); });
    if (month != months.end() && month_ == 0) {
      month_ = static_cast<unsigned>(month - months.begin()) + 1;
      return true;
    }
    for (const auto& [zone_name, east] : zones)
      if (hours_ >= 0 && !zone_minutes_ && ascii::iequals(word, zone_name)) zone_minutes_ = east * 60;
    return true;
  }

  /// The day, then the year: obs-year has two or three digits (§4.3).
  bool number(std::string_view word) {
    const auto value = ascii::number<unsigned>(word);
    if (!value) return true;
    if (day_ == 0) {
      day_ = *value;
      return day_ >= 1 && day_ <= 31;
    }
    if (year_ >= 0) return true;
    if (*value > 9999) return false;
    year_ = static_cast<int>(*value);
    if (word.size() == 2) year_ += *value < 50 ? 2000 : 1900;
    if (word.size() == 3) year_ += 1900;
    return true;
  }

  unsigned day_{}, month_{};
  int year_ = -1, hours_ = -1, minutes_{}, seconds_{};
  std::optional<int> zone_minutes_;
};

}  // namespace

/// date-time = [ day-of-week "," ] date time (RFC 5322 §3.3)
std::string date(Instant at) {
  using namespace std::chrono;
  const sys_time<microseconds> utc(at.time_since_epoch());
  const sys_days day = floor<days>(utc);
  const year_month_day calendar(day);
  const hh_mm_ss time(floor<seconds>(utc - day));
  std::string year = std::to_string(static_cast<int>(calendar.year()));
  if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
  std::string text(days_of_week[weekday(day).c_encoding()]);
  text += ", " + two_digits(static_cast<unsigned>(calendar.day())) + ' ';
  text += months[static_cast<unsigned>(calendar.month()) - 1];
  return text + ' ' + year + ' ' + two_digits(time.hours().count()) + ':' + two_digits(time.minutes().count()) + ':' +
         two_digits(time.seconds().count()) + " +0000";
}

Instant DateTime::local() const { return instant + std::chrono::minutes(zone_minutes.value_or(0)); }

std::optional<DateTime> parse_date(std::string_view value) {
  const std::string text = without_comments(value);
  Words words;
  for (Cursor at(text); !at.at_end();) {
    // A hyphen stands between the words of a date ("02-Mar-2026") as well as before a zone.
    const auto separates = [](char c) { return c == ',' || (c >= 0 && c <= ' '); };
    at.take_while(separates);
    std::string_view word = at.take_while([&](char c) { return !separates(c); });
    while (!word.empty()) {
      const std::size_t hyphen = word.find('-', 1);
      const bool is_date = hyphen != std::string_view::npos && word.find(':') == std::string_view::npos;
      const std::string_view first = is_date ? word.substr(0, hyphen) : word;
      if (!words.take(first)) return std::nullopt;
      word.remove_prefix(is_date ? hyphen + 1 : word.size());
    }
  }
  return words.result();
}

}  // namespace mailscope::message
