#include "sim/live/kept_queue.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "protocols/core/base64.hpp"
#include "sim/live/files.hpp"

namespace mailscope::live {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr const char* ending = ".letter";

/// A letter's file before it is whole.
fs::path unfinished(fs::path file) { return file += ".tmp"; }

std::int64_t number_of(Instant at) { return at.time_since_epoch().count(); }

/// Thrown and caught in this file alone: a number that the file cannot have been given by us.
struct OutOfRange {};

/// A whole number from `least` to `most`: JSON's may be of any size, and fractions.
std::int64_t whole_number(const Json& json, std::int64_t least, std::int64_t most) {
  const bool fits = json.is_number_unsigned() ? json.get<std::uint64_t>() <= static_cast<std::uint64_t>(most)
                                              : json.is_number_integer() && json.get<std::int64_t>() <= most;
  if (!fits || json.get<std::int64_t>() < least) throw OutOfRange{};
  return json.get<std::int64_t>();
}

/// Either way from 1970, and so far that sums of two do not overflow.
constexpr std::int64_t instant_us_max = std::int64_t{1} << 60U;
constexpr std::int64_t octets_max = std::numeric_limits<std::int64_t>::max();  // of SIZE, which a client may say
constexpr std::int64_t tries_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t seconds_max = instant_us_max / 1'000'000;

Instant instant_of(const Json& json) { return Instant(Duration(whole_number(json, -instant_us_max, instant_us_max))); }
std::chrono::seconds seconds_of(const Json& json) {
  return std::chrono::seconds(whole_number(json, -seconds_max, seconds_max));
}
/// By its place; `last` is its last enumerator.
template <class Enum>
Enum one_of(const Json& json, Enum last) {
  return static_cast<Enum>(whole_number(json, 0, static_cast<std::int64_t>(last)));
}

/// Addresses and ids as base64: JSON holds UTF-8 alone, an envelope whatever a client said.
std::string coded(const std::string& octets) { return base64_encode(octets); }
std::string octets_of(const Json& text) { return base64_decode(text.get<std::string>()).value_or(""); }

Json json_of(const smtp::Recipient& recipient) {
  Json json{{"to", coded(recipient.forward_path)},
            {"notify", Json::array({recipient.notify.never, recipient.notify.success, recipient.notify.failure,
                                    recipient.notify.delay})}};
  if (const auto& original = recipient.original)
    json["original"] = Json::array({coded(original->type), coded(original->address)});
  return json;
}

smtp::Recipient recipient_of(const Json& json) {
  smtp::Recipient recipient;
  recipient.forward_path = octets_of(json.at("to"));
  const Json& notify = json.at("notify");
  recipient.notify = {notify.at(0), notify.at(1), notify.at(2), notify.at(3)};
  if (json.contains("original"))
    recipient.original = {octets_of(json["original"].at(0)), octets_of(json["original"].at(1))};
  return recipient;
}

/// RFC 4865: for so many seconds, or until an instant.
Json json_of(const smtp::Hold& hold) {
  const auto* seconds = std::get_if<std::chrono::seconds>(&hold);
  return Json::array({seconds != nullptr, seconds ? seconds->count() : number_of(std::get<Instant>(hold))});
}

smtp::Hold hold_of(const Json& json) {
  if (json.at(0).get<bool>()) return seconds_of(json.at(1));
  return instant_of(json.at(1));
}

Json json_of(const smtp::Envelope& envelope) {
  Json json{{"from", coded(envelope.reverse_path)}, {"recipient", json_of(envelope.recipients.front())}};
  if (envelope.size) json["size"] = *envelope.size;
  json["body"] = static_cast<int>(envelope.body);
  json["utf8"] = envelope.utf8;
  json["require-tls"] = envelope.require_tls;
  if (envelope.auth) json["auth"] = coded(*envelope.auth);
  json["returned"] = static_cast<int>(envelope.returned);
  json["id"] = coded(envelope.id);
  if (const auto& by = envelope.by) json["by"] = Json::array({by->time.count(), by->returned, by->trace});
  if (envelope.priority) json["priority"] = *envelope.priority;
  if (envelope.hold) json["hold"] = json_of(*envelope.hold);
  return json;
}

smtp::Envelope envelope_of(const Json& json) {
  smtp::Envelope envelope;
  envelope.reverse_path = octets_of(json.at("from"));
  envelope.recipients.push_back(recipient_of(json.at("recipient")));
  if (json.contains("size")) envelope.size = static_cast<std::uint64_t>(whole_number(json["size"], 0, octets_max));
  envelope.body = one_of(json.at("body"), smtp::Body::BinaryMime);
  envelope.utf8 = json.at("utf8");
  envelope.require_tls = json.at("require-tls");
  if (json.contains("auth")) envelope.auth = octets_of(json["auth"]);
  envelope.returned = one_of(json.at("returned"), smtp::Return::Headers);
  envelope.id = octets_of(json.at("id"));
  if (json.contains("by")) {
    const Json& by = json["by"];
    envelope.by = {seconds_of(by.at(0)), by.at(1), by.at(2)};
  }
  if (json.contains("priority")) envelope.priority = static_cast<std::int8_t>(whole_number(json["priority"], -9, 9));
  if (json.contains("hold")) envelope.hold = hold_of(json["hold"]);
  return envelope;
}

}  // namespace

std::string letter_text(const Letter& letter, const MailQueue::Progress& progress) {
  Json head{{"envelope", json_of(letter.envelope)},
            {"accepted", number_of(letter.accepted)},
            {"next-try", number_of(progress.next_try)},
            {"since", number_of(progress.since)},
            {"tries", progress.tries},
            {"held", progress.held},
            {"warned", progress.warned},
            {"told-late", progress.told_late}};
  if (letter.held) head["was-held"] = json_of(*letter.held);
  if (!letter.user.empty()) head["user"] = coded(letter.user);
  return head.dump() + '\n' + *letter.content;
}

std::optional<ReadLetter> read_letter(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const Json head = Json::parse(text.substr(0, end), nullptr, false);
  if (!head.is_object() || end == text.size()) return std::nullopt;
  try {
    ReadLetter read{{envelope_of(head.at("envelope")), std::make_shared<const std::string>(text.substr(end + 1)),
                     instant_of(head.at("accepted"))},
                    {instant_of(head.at("next-try")), instant_of(head.at("since")),
                     static_cast<std::size_t>(whole_number(head.at("tries"), 0, tries_max)),
                     head.at("held").get<bool>(), head.at("warned").get<bool>(), head.at("told-late").get<bool>()}};
    if (head.contains("was-held")) read.letter.held = hold_of(head["was-held"]);
    if (head.contains("user")) read.letter.user = octets_of(head["user"]);
    if (read.progress.held && !read.letter.envelope.hold) return std::nullopt;
    return read;
  } catch (const Json::exception&) {  // a key is missing, or of another type
    return std::nullopt;
  } catch (const OutOfRange&) {
    return std::nullopt;
  }
}

KeptQueue::KeptQueue(fs::path folder, MailQueue& queue, Instant now, const std::function<bool(const Letter&)>& is_done)
    : folder_(std::move(folder)), run_(std::to_string(number_of(now))) {
  make_private_folder(folder_);
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_)) {
    if (entry.path().extension() == ending) found.push_back(entry.path());
    if (entry.path().extension() == ".tmp") fs::remove(entry.path());
  }
  std::ranges::sort(found);
  queue.keep(*this);
  std::vector<fs::path> read;
  for (const fs::path& path : found)
    if (auto kept = read_letter(read_whole(path).value_or(""))) {
      if (!is_done(kept->letter)) queue.restore(now, std::move(kept->letter), kept->progress);
      read.push_back(path);
    }
  write();  // under this run's names, before the old ones go
  for (const fs::path& path : read) fs::remove(path);
  sync_folder(folder_);
}

fs::path KeptQueue::file(std::uint64_t key) const {
  std::string number = std::to_string(key);
  number.insert(0, 12 - std::min<std::size_t>(12, number.size()), '0');  // so that names sort as letters came
  return folder_ / (run_ + "-" + number + ending);
}

void KeptQueue::queued(std::uint64_t key, const Letter& letter, const MailQueue::Progress& progress) {
  noted_[key] = Kept{letter, progress};
}

void KeptQueue::gone(std::uint64_t key) { noted_[key].reset(); }

void KeptQueue::write() {
  std::vector<NewFile> files;
  std::string text;  // of one letter at a time
  for (auto& [key, kept] : noted_)
    if (kept)
      files.push_back({unfinished(file(key)), [&text, &kept = *kept] {
                         text = letter_text(kept.letter, kept.progress);
                         return std::string_view(text);
                       }});
  if (files.empty()) return;
  write_synced(files, mode_private);
  for (const auto& [key, kept] : noted_)
    if (kept) move_file(unfinished(file(key)), file(key));
  sync_folder(folder_);
  std::erase_if(noted_, [](const auto& entry) { return entry.second.has_value(); });
}

void KeptQueue::forget() {
  if (noted_.empty()) return;
  for (const auto& [key, nothing] : noted_) remove_file(file(key));
  sync_folder(folder_);
  noted_.clear();
}

}  // namespace mailscope::live
