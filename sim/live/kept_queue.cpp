#include "sim/live/kept_queue.hpp"

#include <algorithm>
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
Instant instant_of(const Json& number) { return Instant(Duration(number.get<std::int64_t>())); }

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
  if (json.at(0).get<bool>()) return std::chrono::seconds(json.at(1).get<std::int64_t>());
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
  if (json.contains("size")) envelope.size = json["size"].get<std::uint64_t>();
  envelope.body = static_cast<smtp::Body>(json.at("body").get<int>());
  envelope.utf8 = json.at("utf8");
  envelope.require_tls = json.at("require-tls");
  if (json.contains("auth")) envelope.auth = octets_of(json["auth"]);
  envelope.returned = static_cast<smtp::Return>(json.at("returned").get<int>());
  envelope.id = octets_of(json.at("id"));
  if (json.contains("by")) {
    const Json& by = json["by"];
    envelope.by = {std::chrono::seconds(by.at(0).get<std::int64_t>()), by.at(1), by.at(2)};
  }
  if (json.contains("priority")) envelope.priority = json["priority"].get<std::int8_t>();
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
                    {instant_of(head.at("next-try")), instant_of(head.at("since")), head.at("tries").get<std::size_t>(),
                     head.at("held").get<bool>(), head.at("warned").get<bool>(), head.at("told-late").get<bool>()}};
    if (head.contains("was-held")) read.letter.held = hold_of(head["was-held"]);
    if (head.contains("user")) read.letter.user = octets_of(head["user"]);
    if (read.progress.held && !read.letter.envelope.hold) return std::nullopt;
    return read;
  } catch (const Json::exception&) {  // a key is missing, or of another type
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
