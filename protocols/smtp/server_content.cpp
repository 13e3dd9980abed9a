// The message's content at the server, however it comes: by DATA (RFC 5321 §4.1.1.4) in chunks (RFC 3030 §2) or by
// URLs (RFC 4468).
#include <algorithm>
#include <cassert>
#include <utility>

#include "protocols/message/date.hpp"
#include "protocols/smtp/header_scan.hpp"
#include "protocols/smtp/server.hpp"
#include "protocols/smtp/submission.hpp"

namespace mailscope::smtp {

namespace {

/// What the rules for text say of content that came in chunks.
struct TextLines {
  bool bare_end{};
  std::size_t longest{};
};
TextLines text_lines(std::string_view content) {
  TextLines found;
  while (!content.empty()) {
    const std::size_t feed = content.find('\n');
    const std::string_view line = content.substr(0, feed == std::string_view::npos ? feed : feed + 1);
    content.remove_prefix(line.size());
    const std::size_t cr = line.find('\r');
    const bool ended = line.ends_with("\r\n") && cr == line.size() - 2;
    if (!ended && (feed != std::string_view::npos || cr != std::string_view::npos)) found.bare_end = true;
    found.longest = std::max(found.longest, line.size());
  }
  return found;
}

/// TCP-info = address-literal (RFC 5321 §4.4)
std::string literal_of(std::string_view address) {
  return (address.find(':') == std::string_view::npos ? "[" : "[IPv6:") + std::string(address) + ']';
}

}  // namespace

/// The end of the content has come.
void Server::content(DotBody body, Instant now) {
  context_ = "content";
  hear(body.bytes, body.text, "smtp/content");
  if (body.dropped) return refuse_content(Say::NoMemory);
  if (body.too_long) return refuse_content(Say::TooLarge, std::to_string(config_.message_octets_max));
  message_taken(std::move(body.content), body.bare_end, body.longest_line, now);
}

/// The octets of a chunk, as far as they have come. They are not dot-stuffed and end nowhere but by their number.
bool Server::consume_chunk(Instant now) {
  Chunk& chunk = *chunk_;
  const std::string_view come = input_.view().substr(0, chunk.left);
  if (come.empty() && chunk.left > 0) return false;
  if (!chunk.refusal && (chunk.refusal = no_room_for_chunk(come.size()))) {
    std::string().swap(chunks_);
    memory_.release();
  }
  if (!chunk.refusal) chunks_ += come;
  if (chunk.bytes.size() == 0) chunk.bytes = {input_.offset(), input_.offset()};
  if (chunk.text.size() < step_text_octets_max) chunk.text += come.substr(0, step_text_octets_max - chunk.text.size());
  chunk.left -= come.size();
  chunk.bytes.end = input_.consume(come.size()).end;
  if (chunk.left == 0) chunk_taken(now);
  return true;
}

/// Why so many more octets of the content cannot be kept, if so.
std::optional<Reply> Server::no_room_for_chunk(std::size_t octets) {
  if (octets > config_.message_octets_max - chunks_.size())
    return counted(own_reply(Say::TooLarge, std::to_string(config_.message_octets_max)));
  if (!memory_.hold(chunks_.size() + octets)) return own_reply(Say::NoMemory);
  return std::nullopt;
}

void Server::chunk_taken(Instant now) {
  const Chunk chunk = *std::exchange(chunk_, std::nullopt);
  context_ = "BDAT";
  if (chunk.bytes.size() > 0) hear(chunk.bytes, chunk.text, "smtp/chunk");
  if (chunk.refusal) return refuse_chunk(*chunk.refusal);
  if (!chunk.last) return accept(own_reply(Say::ChunkTaken, std::to_string(chunk.bytes.size())), "BDAT");
  last_chunk_taken(now);
}

/// A failed piece of the content ends the transaction, where there is one.
void Server::refuse_chunk(const Reply& refusal) {
  if (!machine().next(state(), on_chunk_refused)) return answer(refusal);
  forget_transaction();
  accept(refusal, on_chunk_refused);
}

void Server::last_chunk_taken(Instant now) {
  std::string content = std::exchange(chunks_, {});
  // A binary body has no lines (RFC 3030 §3).
  const TextLines lines = envelope_.body == Body::BinaryMime ? TextLines{} : text_lines(content);
  message_taken(std::move(content), lines.bare_end && config_.bare_lines != BareLines::LineEnds, lines.longest, now);
}

/// The answer to BURL: a piece of the content, as if it had come in a chunk (RFC 4468 §3.2).
void Server::give_content(std::string_view octets) {
  assert(owed_ == Owed::Url);
  owed_ = Owed::Nothing;
  if (const auto refusal = no_room_for_chunk(octets.size())) return refuse_chunk(*refusal);
  chunks_ += octets;
  if (!last_url_) return accept(own_reply(Say::UrlTaken), "BURL");
  last_chunk_taken(now_);
}

/// The whole content is here: the last checks, then the host's turn.
void Server::message_taken(std::string content, bool bare_end, std::size_t longest_line, Instant now) {
  // §2.3.8: only CR LF is a line end. A message that another server may see end at a bare one is not passed on.
  if (bare_end && config_.bare_lines != BareLines::PassedOn) return refuse_content(Say::BareInContent);
  if (const std::size_t limit = config_.text_line_octets_max; limit != 0 && longest_line > limit)
    return refuse_content(Say::TextLineTooLong, std::to_string(limit));
  if (count_fields(content, "Received") >= received_fields_max) return refuse_content(Say::Loop);
  std::string front = received_field(now);
  if (const std::string field = config_.submission ? unqualified_field(content, config_.local_domains) : "";
      !field.empty())
    return refuse_content(Say::HeaderNotFull, field);
  if (config_.submission && config_.completes_header) {
    const std::string id = std::to_string(now.time_since_epoch().count()) + '.' + config_.session_id + '.' +
                           std::to_string(messages_) + '@' + config_.hostname;
    front += missing_fields(content, {now, envelope_.reverse_path, id, config_.adds_sender});
  }
  content.insert(0, front);
  ask(MessageOffered{std::exchange(envelope_, {}), std::move(content), user_}, Owed::Message);
}

void Server::refuse_content(Say say, std::string_view detail) {
  forget_transaction();
  accept(own_reply(say, detail), state_ == State::Data ? on_content : on_chunk_refused);
}

/// Time-stamp-line (RFC 5321 §4.4), with the protocol's name as RFC 3848 §1 and RFC 6531 §4.3 tell them apart.
std::string Server::received_field(Instant now) const {
  std::string field = "Received: from " + client_name_;
  if (!config_.peer_address.empty()) field += " (" + literal_of(config_.peer_address) + ")";
  field += "\r\n\tby " + config_.hostname + " with ";
  field += envelope_.utf8 ? "UTF8SMTP" : extended_ ? "ESMTP" : "SMTP";
  if (extended_ && channel_) field += "S";
  if (extended_ && !user_.empty()) field += "A";
  // More than one path would tell each recipient of the others (§7.2).
  if (envelope_.recipients.size() == 1) field += "\r\n\tfor <" + envelope_.recipients.front().forward_path + ">";
  if (envelope_.priority) field += "\r\n\tpriority " + std::to_string(*envelope_.priority);  // RFC 6710 §4.1
  if (channel_) field += "\r\n\ttls " + channel_->cipher_suite;                              // RFC 8314 §4.3
  return field + ";\r\n\t" + message::date(now) + "\r\n";
}

}  // namespace mailscope::smtp
