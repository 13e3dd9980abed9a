// The client side of IMAP4rev1 (RFC 3501): logs in, selects a mailbox, lists what is there, opens what it is told to.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/imap/response.hpp"
#include "protocols/imap/unit_framer.hpp"
#include "protocols/sasl/client_dialogue.hpp"

namespace mailscope::imap {

struct ClientConfig {
  std::string user, password;
  std::string mailbox{"INBOX"};
  std::vector<std::uint32_t> open_uids;  ///< messages whose body is fetched, which sets \Seen
  StartTlsPolicy starttls{};
  sasl::ClientPolicy authentication{};
};

/// The mailbox is selected.
struct MailboxSelected {
  std::uint32_t uid_validity{}, messages{};
};
/// One message of the mailbox as the server lists it.
struct MessageListed {
  std::uint32_t uid{};
  std::set<std::string> flags;
  std::uint64_t octets{};
  std::string header;  ///< the fields asked for, CR LF
};
/// Every message of the mailbox has been listed: what was not is gone from the server.
struct ListingDone {};
/// A message's whole content came. `flags` as the server tells them after it.
struct MessageFetched {
  std::uint32_t uid{};
  std::set<std::string> flags;
  std::string content;
};
/// The session is over. `error` is the server's NO, BAD or BYE line, or why the connection was lost; else empty.
struct SessionDone {
  std::string error;
};

class Client {
 public:
  using Event = std::variant<MailboxSelected, MessageListed, ListingDone, MessageFetched, SessionDone>;

  /// A response line without its literals: no answer to what this client asks is longer.
  static constexpr std::size_t line_octets_max = 64 << 10;
  /// A whole response, the message in it included: a larger one is a server gone wrong.
  static constexpr std::size_t response_octets_max = 64 << 20;
  /// How long the server may stay silent; a person would have given up by then.
  static constexpr Duration silence_max = std::chrono::minutes(2);

  explicit Client(ClientConfig config);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);

 private:
  [[nodiscard]] bool take_unit();
  void handle(const Unit& unit);
  void greeted(const Response& response, std::string_view line);
  void untagged(const Response& response, std::string_view line);
  void fetched(const Response& response);
  void tagged(const Response& response, std::string_view line);
  void proceed();
  void log_in();
  [[nodiscard]] bool begins_tls();
  void starttls_answered(const Response& response, std::string_view line);
  void challenged(std::string_view line);
  void open_next();
  void send(std::string_view verb, const std::vector<std::string>& arguments = {});
  void send_part();
  void step_sent();
  void log_out(std::string_view error);
  void finish(std::string error);

  ClientConfig config_;
  InputBuffer input_;
  UnitFramer framer_;
  std::deque<Output<Event>> out_;
  StateId state_;
  std::string awaited_{"greeting"};  ///< the verb whose tagged response is awaited
  std::string tag_;                  ///< of that command
  unsigned last_tag_{};
  std::deque<std::string> parts_;  ///< what is left to send of a command with literals
  std::string command_;            ///< all of it that was sent
  std::uint64_t command_begin_{};
  std::optional<Instant> heard_;  ///< when the server last said something
  std::uint64_t sent_{};          ///< octets transmitted
  bool eof_{}, ended_{};
  bool securing_{};  ///< between OK and secured()
  bool tls_was_refused_{};
  bool asked_capability_{};               ///< since the greeting or the beginning of TLS
  std::optional<SecureChannel> channel_;  ///< once it is secured
  std::optional<sasl::ClientDialogue> dialogue_;
  std::string error_;
  std::set<std::string> capabilities_;
  std::uint32_t uid_validity_{}, messages_{};
  std::size_t next_open_{};               ///< index into open_uids
  std::optional<MessageFetched> opened_;  ///< the message that is being fetched
};

}  // namespace mailscope::imap
