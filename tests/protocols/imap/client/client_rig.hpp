// IMAP clients with their replicas against our server, with what the server announces cut down; connections can be cut.
#pragma once

#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "protocols/imap/client/client.hpp"
#include "tests/protocols/imap/server/session.hpp"

namespace mailscope::test {

/// Capabilities that a server is left with; nothing: all that it has.
using Offered = std::optional<std::set<std::string>>;

/// What a server with only these capabilities would have said.
inline std::string cut_down(std::string text, const Offered& offered) {
  if (!offered) return text;
  std::string result;
  static const std::regex list("CAPABILITY ([^\\]\r]*)");
  std::smatch match;
  while (std::regex_search(text, match, list)) {
    result += match.prefix();
    std::string words = "CAPABILITY";
    std::istringstream in(match[1]);
    for (std::string word; in >> word;)
      if (word.starts_with("AUTH=") || offered->contains(word.substr(0, word.find('=')))) words += " " + word;
    result += words;
    text = match.suffix();
  }
  result += text;
  static const std::regex codes("\\[(COPYUID|APPENDUID) [^\\]]*\\] ");
  return offered->contains("UIDPLUS") ? result : std::regex_replace(result, codes, "");
}

/// One session.
class Connection {
 public:
  Connection(imap::ClientConfig config, imap::Replica& replica, mailstore::Account& account, Offered offered,
             imap::ServerConfig server = {"mx.llevant.example"})
      : client(std::move(config), replica),
        server_(std::move(server)),
        account_(account),
        offered_(std::move(offered)) {}

  /// Carries what there is in both directions, at most `octets` of it at a time (0: all). False when nothing moved.
  bool step(Instant now, std::size_t octets = 0) {
    drain(server_, now, server_record, imap_host(account_));
    to_client_ += cut_down(server_record.sent.substr(taken_from_server_), offered_);
    taken_from_server_ = server_record.sent.size();
    drain(client, now, record);
    const bool moved = carry(to_client_, told_client_, client, now, octets);
    drain(client, now, record);
    const bool asked = carry(record.sent, told_server_, server_, now, octets);
    if (server_record.closed && told_client_ == to_client_.size()) client.receive_eof(now);
    drain(client, now, record);
    return moved || asked;
  }
  void run(Instant now = start, std::size_t octets = 0) {
    while (step(now, octets)) continue;
  }
  /// Both ends lose it; what was on its way is lost.
  void cut(Instant now) {
    server_.receive_eof(now);
    drain(server_, now, server_record);
    client.receive_eof(now);
    drain(client, now, record);
  }

  /// The client's lines, one below the other.
  [[nodiscard]] std::string said() const {
    std::string lines;
    for (const Step& step : record.steps)
      if (step.direction == Direction::Sent) lines += step.text + "\n";
    return lines;
  }
  template <class Event>
  [[nodiscard]] std::vector<Event> events() const {
    std::vector<Event> found;
    for (const auto& event : record.events)
      if (const auto* one = std::get_if<Event>(&event)) found.push_back(*one);
    return found;
  }
  [[nodiscard]] std::string error() const {
    const auto done = events<imap::SessionDone>();
    return done.empty() ? "no SessionDone" : done.front().error;
  }

  imap::Client client;
  Record<imap::Client> record;
  Record<imap::Server> server_record;

 private:
  template <class E>
  static bool carry(const std::string& from, std::size_t& at, E& engine, Instant now, std::size_t octets) {
    if (at == from.size()) return false;
    const std::size_t count = octets == 0 ? from.size() - at : std::min(octets, from.size() - at);
    engine.receive(now, std::string_view(from).substr(at, count));
    at += count;
    return true;
  }

  imap::Server server_;
  mailstore::Account& account_;
  Offered offered_;
  std::string to_client_;
  std::size_t taken_from_server_{}, told_client_{}, told_server_{};
};

inline imap::ClientConfig bruno_imap() {
  imap::ClientConfig config;
  config.user = "bruno";
  config.password = "ginger-4";
  return config;
}

/// The replica against the store: UIDs, flags, sizes, and bodies that are there. "" where they agree.
inline std::string difference(const imap::Replica& replica, const mailstore::Account& account) {
  for (const auto& [name, mailbox] : account.mailboxes()) {
    const auto found = replica.mailboxes().find(name);
    if (found == replica.mailboxes().end()) return "no " + name;
    if (found->second.messages.size() != mailbox->messages().size())
      return name + " has " + std::to_string(found->second.messages.size()) + " messages, not " +
             std::to_string(mailbox->messages().size());
    for (const mailstore::Message& message : mailbox->messages()) {
      const auto known = found->second.messages.find(message.uid.value);
      const std::string which = name + " " + std::to_string(message.uid.value);
      if (known == found->second.messages.end()) return "no message " + which;
      if (known->second.flags != mailbox->names(message.flags)) return "other flags of " + which;
      if (known->second.octets != message.content->octets().size()) return "another size of " + which;
      if (known->second.content && *known->second.content != message.content->octets())
        return "another body of " + which;
    }
  }
  for (const auto& [name, mailbox] : replica.mailboxes())
    if (!account.find(name)) return name + " too many";
  return replica.changes().empty() ? "" : "changes wait";
}

}  // namespace mailscope::test
