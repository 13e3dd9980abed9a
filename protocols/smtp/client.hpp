// The sending side of SMTP (RFC 5321), for submission and relay. One session: it sends the messages that it was
// given, in order, tells what became of each recipient, and leaves with QUIT.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/outbox.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/sasl/client_dialogue.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/smtp/reply_reader.hpp"
#include "protocols/smtp/session.hpp"
#include "protocols/smtp/transfer.hpp"

namespace mailscope::smtp {

using Credentials = sasl::Credentials;

struct ClientConfig {
  std::string helo_name;                     ///< our own name for EHLO
  std::optional<Credentials> credentials{};  ///< with them, AUTH must succeed before MAIL
  StartTlsPolicy starttls{};
  bool pipelining{true};  ///< MAIL, RCPT and DATA in one go where the server offers it (RFC 2920)
  Chunking chunking{Chunking::WhereOffered};
  sasl::ClientPolicy authentication{};
  /// Bare CR and LF become CR LF (RFC 5321 §2.3.8). False shows message smuggling: they travel as they are.
  bool mends_lines{true};
  /// What an LF without CR is. Some servers end their lines so, and people's programs read them all the same.
  BareLineFeed bare_lines{};
  /// After the messages the server is asked to send what waits for these (RFC 1985 §5): "node", "@domain" or "#queue".
  std::vector<std::string> queues{};
};

/// Octets of one BDAT (RFC 3030 leaves them open): a server holds about so much of a message before it can answer.
inline constexpr std::size_t chunk_octets_max = 65'536;

struct OutgoingMessage {
  Envelope envelope;
  std::string content;  ///< RFC 5322; a bare CR or LF travels as CR LF (RFC 5321 §2.3.8)
  /// An authorised IMAP URL of this very content (RFC 4467), or empty: who offers BURL fetches it from there (RFC
  /// 4468), and gets the content itself only where it cannot.
  std::string url{};
};

/// What became of one message. A recipient's reply is the one that decided: to RCPT, or to the end of the content, or
/// to whatever failed before (greeting, AUTH, MAIL, DATA, BDAT). Replies that no server gave (`ours`): code 0 with a
/// text when the connection was lost, timed out or spoke no SMTP; 454 4.7.4 or 4.7.5 where TLS was to be and is not;
/// 504 5.7.4 when the server offers no mechanism that we have; 452 4.5.3 when it takes no more messages in one session
/// (RFC 9422, MAILMAX): try again in another; and those of plan_transfer().
struct MessageDone {
  struct Recipient {
    std::string forward_path;
    Reply reply;
    bool ours{};
    /// The server has accepted this recipient, and the caller owes a "relayed" report: see Transfer::To.
    bool owes_report{};
    /// It was said before any mail, to the greeting, EHLO or HELO: of the server, not of this message (RFC 5321 §3.1).
    bool of_server{};
    /// The same, or of what else concerns the session: STARTTLS, AUTH; or the connection was lost.
    bool of_session{};
  };
  std::vector<Recipient> recipients;
  bool by_url{};  ///< the server has fetched the content
};
/// The enhanced code of such a reply where the handshake with the server has failed.
inline constexpr const char* tls_failed_status = "4.7.5";
/// What the server says to ETRN for one of ClientConfig::queues. `ours`: no server said it; 502 5.5.1 where ETRN is not
/// offered, and as in MessageDone.
struct QueueAnswered {
  std::string queue;
  Reply reply;
  bool ours{};
};
/// The server has refused a mechanism, and another one is tried (RFC 4422).
struct LoginRetried {
  std::string refused, next;
};
/// The session is over; nothing follows but Close.
struct SessionDone {
  bool in_order{};  ///< QUIT was answered, or the connection ended after it
};

class Client {
 public:
  using Event = std::variant<MessageDone, QueueAnswered, LoginRetried, SessionDone>;

  Client(ClientConfig config, std::vector<OutgoingMessage> messages);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);
  /// Octets of a line that waits for its CR LF, for who watches.
  [[nodiscard]] std::size_t unfinished_line() const {
    return state_ == State::Closed || securing_ ? 0 : input_.unfinished_line();
  }

 private:
  /// What the server owes a reply to.
  enum class Awaited : std::uint8_t {
    Greeting,
    Ehlo,
    Helo,
    StartTls,
    Auth,
    AuthResponse,
    Mail,
    Rcpt,
    Data,
    Chunk,
    LastChunk,
    Burl,
    Content,
    Rset,
    Etrn,
    Quit
  };
  enum class Verdict : std::uint8_t { Accepted, Refused, Nonsense };
  struct Owed {
    Awaited to;
    std::size_t recipient{};  ///< of RCPT
    Duration patience{};
  };
  /// A command that is not sent yet; `octets` is what follows BDAT's line.
  struct Command {
    std::string verb, argument, octets;
    Awaited awaited;
    std::size_t recipient{};
  };
  /// The message on its way, and its recipients' fates as far as they are known.
  struct Current {
    Envelope envelope;
    Transfer transfer;
    std::vector<std::optional<MessageDone::Recipient>> fates{};
    std::size_t begin{}, end{};           ///< recipients of this transaction (RFC 9422 may allow fewer than there are)
    std::vector<std::size_t> accepted{};  ///< by RCPT, in this transaction
    bool content_sent{};
    bool by_url{};  ///< and it was fetched
  };

  void hear(const ReceivedReply& received, Instant now);
  [[nodiscard]] Verdict judge(const Reply& reply) const;
  [[nodiscard]] State state_after(const Reply& reply, Verdict verdict) const;
  void act(const Reply& reply, Verdict verdict, std::size_t recipient, Instant now);
  void accepted(const Reply& reply, std::size_t recipient, Instant now);
  void refused(const Reply& reply, std::size_t recipient, Instant now);

  void session_begun(Instant now);
  [[nodiscard]] bool begins_tls(Instant now);
  void tls_refused(const Reply& reply, Instant now);
  void authenticate(Instant now);
  void challenged(const Reply& reply, Instant now);
  void authenticated(Instant now);
  void login_refused(const Reply& reply, Instant now);

  void go_on(Instant now);
  [[nodiscard]] bool take_message();
  void make_current(Envelope envelope, Transfer transfer);
  [[nodiscard]] bool has_next_commands();
  void begin_transaction();
  [[nodiscard]] std::size_t transaction_end(std::size_t begin) const;
  void plan_content();
  [[nodiscard]] bool url_refused(const Reply& reply);
  void send_content(Instant now);
  void send_commands(Instant now);
  void give_up(const Reply& reply, Instant now);

  void send(std::string wire, std::string topic, Awaited awaited, Instant now);
  void command(std::string_view verb, std::string_view argument, Awaited awaited, Instant now);
  void owe(Awaited awaited, std::size_t recipient, Duration more_patience, Instant now);

  void decide(std::size_t recipient, const Reply& reply, bool ours);
  void decide_transaction(const Reply& reply);
  void decide_accepted(const Reply& reply);
  void settle(const Reply& reply, bool ours, bool of_session = false);
  void settle_all(const Reply& reply, bool ours);
  [[nodiscard]] bool asks_for_queue(Instant now);
  void queue_answered(const Reply& reply, bool ours);
  void lost(std::string_view why);
  void end(bool in_order);

  ClientConfig config_;
  std::deque<OutgoingMessage> messages_;
  std::deque<std::string> queues_;  ///< not answered yet
  Session session_;
  State state_{State::Connected};
  Outbox<Event> outbox_;
  InputBuffer input_;
  ReplyReader replies_;
  bool begun_{}, ended_{};
  bool securing_{};  ///< between 220 and secured()
  bool tls_was_refused_{};
  std::optional<SecureChannel> channel_;  ///< once it is secured
  std::deque<Owed> owed_;                 ///< replies that have not come yet, in order
  Awaited awaited_{Awaited::Greeting};    ///< what the reply that was last heard answered
  std::optional<Instant> deadline_;
  Offers offers_;
  std::optional<sasl::ClientDialogue> dialogue_;
  std::vector<sasl::Mechanism> refused_mechanisms_;
  Reply refusal_;                 ///< of the first of them
  std::deque<Command> commands_;  ///< of the current transaction, not sent yet
  std::optional<Current> current_;
  bool chunk_failed_{};           ///< and RSET has not followed
  std::uint32_t transactions_{};  ///< begun in this session
};

}  // namespace mailscope::smtp
