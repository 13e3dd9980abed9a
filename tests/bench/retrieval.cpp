#include "tests/bench/retrieval.hpp"

#include <variant>

#include "protocols/imap/server/server.hpp"
#include "protocols/pop3/server.hpp"

namespace mailscope::bench {

namespace {

const Instant now{std::chrono::hours(24 * 365 * 56)};

std::string message(std::size_t number, std::size_t octets) {
  std::string content = "From: Anna <anna@alba.example>\r\nTo: bruno@llevant.example\r\nSubject: Message " +
                        std::to_string(number) + "\r\nDate: Mon, 02 Mar 2026 09:00:00 +0000\r\nMessage-ID: <" +
                        std::to_string(number) + "@alba.example>\r\n\r\n";
  while (content.size() < octets) content += "The quick brown fox jumps over the lazy dog, and does so again.\r\n";
  return content;
}

/// Says `input` to the server; the octets of its answers.
template <class Server>
std::size_t say(Server& server, mailstore::Account& account, const std::string& input) {
  std::size_t octets = 0;
  server.receive(now, input);
  while (auto output = server.poll(now)) {
    if (const auto* transmit = std::get_if<Transmit>(&*output)) octets += transmit->bytes.size();
    const auto* event = std::get_if<typename Server::Event>(&*output);
    if (event != nullptr && std::holds_alternative<sasl::SecretWanted>(*event))
      server.tell_secret(sasl::Password{"secret"}, &account);
  }
  return octets;
}

std::unique_ptr<imap::Server> logged_in(mailstore::Account& account) {
  imap::ServerConfig config;
  config.hostname = "mx.llevant.example";
  auto server = std::make_unique<imap::Server>(config);
  say(*server, account, "a LOGIN bruno secret\r\nb ENABLE QRESYNC\r\n");
  return server;
}

}  // namespace

struct Retrieval::Store {
  mailstore::Account account{"bruno"};
  std::unique_ptr<imap::Server> server;
};

Retrieval::Retrieval(std::size_t messages, std::size_t octets) : store_(std::make_unique<Store>()) {
  for (std::size_t i = 0; i < messages; ++i) store_->account.inbox().append(now, message(i, octets));
  store_->server = logged_in(store_->account);
  say(*store_->server, store_->account, "c SELECT INBOX\r\n");
}

Retrieval::~Retrieval() = default;

std::size_t Retrieval::imap(const std::string& command, int times) {
  std::size_t octets = 0;
  for (int i = 0; i < times; ++i) octets += say(*store_->server, store_->account, "d " + command + "\r\n");
  return octets;
}

std::size_t Retrieval::fresh_imap(const std::string& command, int times) {
  std::size_t octets = 0;
  for (int i = 0; i < times; ++i) {
    const auto server = logged_in(store_->account);
    octets += say(*server, store_->account, "d " + command + "\r\n");
  }
  return octets;
}

std::size_t Retrieval::pop3_retr() {
  pop3::ServerConfig config;
  config.hostname = "mx.llevant.example";
  pop3::Server server(config);
  std::string commands = "USER bruno\r\nPASS secret\r\n";
  const std::size_t messages = store_->account.inbox().messages().size();
  for (std::size_t i = 1; i <= messages; ++i) commands += "RETR " + std::to_string(i) + "\r\n";
  return say(server, store_->account, commands + "QUIT\r\n");
}

void Retrieval::change(std::size_t count) {
  mailstore::Mailbox& inbox = store_->account.inbox();
  const auto& messages = inbox.messages();
  for (std::size_t i = messages.size() - count; i < messages.size(); ++i)
    inbox.set_flags(messages[i].uid, {mailstore::Flag::Seen});
}

std::string Retrieval::uid_validity() const { return std::to_string(store_->account.inbox().uid_validity()); }
std::string Retrieval::highest_modseq() const { return std::to_string(store_->account.inbox().highest_modseq().value); }

double appended_messages() {
  constexpr std::size_t messages = 100'000;
  mailstore::Account account("bruno");
  const std::string content = message(1, 1024);
  for (std::size_t i = 0; i < messages; ++i) account.inbox().append(now, content);
  return static_cast<double>(account.inbox().messages().size());
}

}  // namespace mailscope::bench
