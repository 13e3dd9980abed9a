#include "sim/live/maildir_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "protocols/mailstore/flags.hpp"
#include "protocols/mailstore/mailbox_name.hpp"

namespace mailscope::live {

namespace {

using namespace std::chrono;

constexpr std::string_view ending = ".mailscope";
constexpr std::string_view flags_begin = ":2,";
/// File names have at most 255 octets.
constexpr std::size_t folder_octets_max = 240;

/// By the order of mailstore::Flag.
constexpr std::string_view system_letters = "RFTSD";
static_assert(system_letters.size() == mailstore::keyword_first);
static_assert(FlagLetters::letters.size() == mailstore::keywords_max);

std::int64_t whole_seconds(Instant at) { return floor<seconds>(at.time_since_epoch()).count(); }

/// Takes `mark` and a number off the front of `text`.
template <class Number>
bool take(std::string_view& text, std::string_view mark, Number& number) {
  if (!text.starts_with(mark)) return false;
  text.remove_prefix(mark.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string MaildirName::text() const {
  const auto micros = duration_cast<microseconds>(internal_date.time_since_epoch()).count() % 1'000'000;
  return fmt::format("{}.M{}U{}E{}T{}D{}{}", whole_seconds(internal_date), micros, uid.value, email.value, thread.value,
                     whole_seconds(save_date), ending);
}

std::optional<MaildirFile> parse_maildir_file(std::string_view name) {
  MaildirFile file;
  std::int64_t second{}, micros{}, saved{};
  if (!take(name, "", second) || !take(name, ".M", micros) || !take(name, "U", file.name.uid.value) ||
      !take(name, "E", file.name.email.value) || !take(name, "T", file.name.thread.value) || !take(name, "D", saved) ||
      !name.starts_with(ending))
    return std::nullopt;
  constexpr std::int64_t second_max = 253'402'300'799;  // the year 9999: an Instant can tell it
  if (second > second_max || saved > second_max || micros > 999'999) return std::nullopt;
  name.remove_prefix(ending.size());
  if (!name.empty() && !name.starts_with(flags_begin)) return std::nullopt;
  if (!name.empty()) file.letters = name.substr(flags_begin.size());
  file.name.internal_date = Instant(duration_cast<Duration>(seconds(second) + microseconds(micros)));
  file.name.save_date = Instant(duration_cast<Duration>(seconds(saved)));
  return file;
}

FlagLetters::FlagLetters(std::vector<std::string> keywords) : keywords_(std::move(keywords)) {
  keywords_.resize(std::min(keywords_.size(), letters.size()));
}

bool FlagLetters::learn(const std::set<std::string>& flags, const std::set<std::string>& in_use) {
  bool learned = false;
  for (const std::string& flag : flags) {
    if (flag.starts_with('\\') || std::ranges::find(keywords_, flag) != keywords_.end()) continue;
    auto place = keywords_.end();
    if (keywords_.size() == letters.size())
      place = std::ranges::find_if(keywords_, [&](const std::string& old) { return !in_use.contains(old); });
    place == keywords_.end() ? keywords_.push_back(flag) : static_cast<void>(*place = flag);
    learned = true;
  }
  return learned;
}

std::string FlagLetters::encode(const std::set<std::string>& flags) const {
  std::string text;
  for (std::size_t i = 0; i < system_letters.size(); ++i)
    if (flags.contains(std::string(mailstore::system_flag_names.at(i)))) text += system_letters[i];
  for (std::size_t i = 0; i < keywords_.size(); ++i)
    if (flags.contains(keywords_[i])) text += letters[i];
  std::ranges::sort(text);
  return text;
}

std::set<std::string> FlagLetters::decode(std::string_view text) const {
  std::set<std::string> flags;
  for (const char letter : text) {
    if (const std::size_t at = system_letters.find(letter); at != std::string_view::npos)
      flags.emplace(mailstore::system_flag_names.at(at));
    if (const std::size_t at = letters.find(letter); at < keywords_.size()) flags.insert(keywords_[at]);
  }
  return flags;
}

std::string maildir_folder(std::string_view mailbox, mailstore::ObjectId id) {
  if (mailbox == mailstore::inbox_name) return {};
  std::string folder = ".";
  for (const char c : mailbox) {
    const auto octet = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || octet >= 0x80;
    if (c == mailstore::hierarchy_separator) {
      folder += '.';
    } else if (plain) {
      folder += c;
    } else {
      folder += fmt::format("%{:02X}", octet);
    }
  }
  return folder.size() <= folder_octets_max ? folder : fmt::format(".~{}", id.value);
}

}  // namespace mailscope::live
