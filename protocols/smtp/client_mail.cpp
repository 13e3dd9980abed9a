// The client's mail transactions (RFC 5321 §3.3): which commands make one, in which groups they leave (RFC 2920), how
// the content goes (DATA, BDAT of RFC 3030, or BURL of RFC 4468), and what each recipient's fate is.
#include <algorithm>
#include <array>
#include <cassert>
#include <set>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/dot_body.hpp"
#include "protocols/smtp/client.hpp"

namespace mailscope::smtp {

namespace {

/// §4.5.3.2.5: each part of the content may take three minutes to leave, and all of it is handed over at once.
constexpr Duration block_patience = std::chrono::minutes(3);

std::string_view domain_of(std::string_view path) { return path.substr(path.rfind('@') + 1); }

}  // namespace

/// Nothing is owed: the next step of the transaction, the next transaction, the next message, or QUIT.
void Client::go_on(Instant now) {
  if (!owed_.empty()) return;  // the rest of a group is still to be answered
  while (current_ || take_message())
    if (has_next_commands()) return send_commands(now);
  commands_.clear();
  if (asks_for_queue(now)) return;
  command("QUIT", "", Awaited::Quit, now);
}

/// "ETRN" SP [ "@" / "#" ] node (RFC 1985 §5), for the next queue; false when none is left. Not in groups: the command
/// is not among those that RFC 2920 §3.1 names.
bool Client::asks_for_queue(Instant now) {
  if (!offers_.etrn)
    while (!queues_.empty()) queue_answered({502, "5.5.1", {"The server does not offer ETRN"}}, true);
  if (queues_.empty()) return false;
  command("ETRN", queues_.front(), Awaited::Etrn, now);
  return true;
}

void Client::queue_answered(const Reply& reply, bool ours) {
  outbox_.tell(QueueAnswered{std::move(queues_.front()), reply, ours});
  queues_.pop_front();
}

/// Makes the next message that can go to this server the current one.
bool Client::take_message() {
  while (!messages_.empty()) {
    OutgoingMessage message = std::move(messages_.front());
    messages_.pop_front();
    Transfer transfer = plan_transfer(message.envelope, std::move(message.content), offers_, channel_.has_value(),
                                      {config_.chunking, config_.mends_lines, std::move(message.url)});
    const std::optional<Reply> refusal = transfer.refusal;
    make_current(std::move(message.envelope), std::move(transfer));
    if (refusal) {
      settle(*refusal, true);
      continue;
    }
    for (std::size_t i = 0; i < current_->fates.size(); ++i)
      if (const auto& unfit = current_->transfer.recipients[i].refusal) decide(i, *unfit, true);
    return true;
  }
  return false;
}

void Client::make_current(Envelope envelope, Transfer transfer) {
  current_ = Current{std::move(envelope), std::move(transfer)};
  current_->fates.resize(current_->envelope.recipients.size());
}

/// Fills commands_ with what the current message wants next; settles it and says no when nothing is left.
bool Client::has_next_commands() {
  Current& mail = *current_;
  const bool nobody = mail.accepted.empty();
  // Without a recipient there is nothing to send (§3.3); in a group DATA has already left.
  if (!commands_.empty() && commands_.front().awaited == Awaited::Data && nobody) commands_.clear();
  const bool waits_for_recipients = mail.transfer.chunks || !mail.transfer.url.empty();
  if (commands_.empty() && waits_for_recipients && !nobody && !mail.content_sent) plan_content();
  if (!commands_.empty()) return true;
  mail.begin = mail.end;
  while (mail.begin < mail.fates.size() && mail.fates[mail.begin]) ++mail.begin;
  if (mail.begin == mail.fates.size()) {
    settle({}, true);
    return false;
  }
  if (transactions_ >= offers_.messages_max.value_or(UINT32_MAX)) {
    settle({452, "4.5.3", {"The server takes no more messages in one session"}}, true);
    return false;
  }
  begin_transaction();
  return true;
}

/// Puts together the commands of a transaction with the recipients that are left and fit into one.
void Client::begin_transaction() {
  Current& mail = *current_;
  mail.end = transaction_end(mail.begin);
  mail.accepted.clear();
  mail.content_sent = false;
  ++transactions_;
  // What is left of the last transaction goes first (§4.1.1.5); a failed chunk leaves the server's state unknown
  // (RFC 3030 §2).
  if (std::exchange(chunk_failed_, false) || state_ != State::Ready)
    commands_.push_back({"RSET", "", "", Awaited::Rset});
  commands_.push_back({"MAIL", mail.transfer.mail, "", Awaited::Mail});
  for (std::size_t i = mail.begin; i < mail.end; ++i)
    if (!mail.fates[i]) commands_.push_back({"RCPT", mail.transfer.recipients[i].argument, "", Awaited::Rcpt, i});
  if (!mail.transfer.chunks && mail.transfer.url.empty()) commands_.push_back({"DATA", "", "", Awaited::Data});
}

/// The first recipient beyond what one transaction takes (RFC 9422 §4: RCPTMAX, RCPTDOMAINMAX).
std::size_t Client::transaction_end(std::size_t begin) const {
  std::set<std::string> domains;
  std::uint32_t recipients = 0;
  for (std::size_t i = begin; i < current_->fates.size(); ++i) {
    if (current_->fates[i]) continue;
    domains.insert(ascii::lower(domain_of(current_->envelope.recipients[i].forward_path)));
    if (++recipients > offers_.recipients_max.value_or(UINT32_MAX) ||
        domains.size() > offers_.domains_max.value_or(UINT32_MAX))
      return i;
  }
  return current_->fates.size();
}

/// burl-cmd = "BURL" SP absolute-URI [SP end-marker] CRLF (RFC 4468 §3.5)
/// bdat-cmd = "BDAT" SP chunk-size [ SP "LAST" ] CR LF (RFC 3030 §2)
void Client::plan_content() {
  current_->content_sent = true;
  if (!current_->transfer.url.empty())
    return commands_.push_back({"BURL", current_->transfer.url + " LAST", "", Awaited::Burl});
  std::string_view left = current_->transfer.content;
  while (true) {
    const std::string_view chunk = left.substr(0, chunk_octets_max);
    left.remove_prefix(chunk.size());
    const std::string size = std::to_string(chunk.size());
    if (left.empty()) return commands_.push_back({"BDAT", size + " LAST", std::string(chunk), Awaited::LastChunk});
    commands_.push_back({"BDAT", size, std::string(chunk), Awaited::Chunk});
  }
}

/// The server cannot get at what the URL shows: it is tried again with the content itself. False where that would not
/// help, as far as the server says what the matter is (RFC 4468 §6).
bool Client::url_refused(const Reply& reply) {
  constexpr std::array of_the_url = {".6.6", ".7.0", ".7.8", ".7.14", ".4.1", ".5.0", ".5.1", ".5.2", ".5.4"};
  const bool is_told = reply.enhanced.size() > 1;
  if (!current_ || (is_told && std::ranges::find(of_the_url, reply.enhanced.substr(1)) == of_the_url.end()))
    return false;
  current_->transfer.url.clear();
  current_->end = current_->begin;  // once more from the first recipient that has no fate
  return true;
}

/// After 354. With no recipient, which only a pipelined DATA meets, a lone dot ends it (RFC 2920 §3.1).
void Client::send_content(Instant now) {
  const bool nobody = !current_ || current_->accepted.empty();
  std::string wire = dot_encode(nobody ? std::string_view() : current_->transfer.content);
  owe(Awaited::Content, 0, block_patience * static_cast<std::int64_t>(wire.size() / chunk_octets_max), now);
  outbox_.say(std::move(wire), state(), state(), "smtp/content");
}

/// All of commands_ where the server takes groups, else the first.
void Client::send_commands(Instant now) {
  const bool together = offers_.pipelining && config_.pipelining;
  do {
    Command next = std::move(commands_.front());
    commands_.pop_front();
    assert(next.argument.find_first_of("\r\n") == std::string::npos);
    owe(next.awaited, next.recipient, next.octets.empty() ? Duration{} : block_patience, now);
    std::string line = next.verb;
    if (!next.argument.empty()) line.append(" ").append(next.argument);
    outbox_.say(line + "\r\n", state(), state(), "smtp/command/" + next.verb);
    if (!next.octets.empty()) outbox_.say(std::move(next.octets), state(), state(), "smtp/chunk");
  } while (together && !commands_.empty());
}

/// The recipient's fate, unless it is already known.
void Client::decide(std::size_t recipient, const Reply& reply, bool ours) {
  auto& fate = current_->fates[recipient];
  if (fate) return;
  const bool owes_report = reply.positive() && current_->transfer.recipients[recipient].owes_report;
  fate = {current_->envelope.recipients[recipient].forward_path, reply, ours, owes_report, false, false};
}

void Client::decide_transaction(const Reply& reply) {
  if (!current_) return;
  for (std::size_t i = current_->begin; i < current_->end; ++i) decide(i, reply, false);
}

void Client::decide_accepted(const Reply& reply) {
  if (!current_) return;
  for (const std::size_t recipient : std::exchange(current_->accepted, {})) decide(recipient, reply, false);
}

/// The current message is done: `reply`, of this message or of the whole session, is the outcome of all recipients that
/// have none.
void Client::settle(const Reply& reply, bool ours, bool of_session) {
  const bool of_server =
      !ours && (awaited_ == Awaited::Greeting || awaited_ == Awaited::Ehlo || awaited_ == Awaited::Helo);
  MessageDone done;
  for (std::size_t i = 0; i < current_->fates.size(); ++i)
    done.recipients.push_back(current_->fates[i].value_or(MessageDone::Recipient{
        current_->envelope.recipients[i].forward_path, reply, ours, false, of_server, of_session}));
  done.by_url = current_->by_url;
  current_.reset();
  commands_.clear();
  outbox_.tell(std::move(done));
}

void Client::settle_all(const Reply& reply, bool ours) {
  if (current_) settle(reply, ours, true);
  for (; !messages_.empty(); messages_.pop_front()) {
    make_current(std::move(messages_.front().envelope), {});
    settle(reply, ours, true);
  }
  while (!queues_.empty()) queue_answered(reply, ours);
}

}  // namespace mailscope::smtp
