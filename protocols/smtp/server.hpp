// The receiving side of SMTP (RFC 5321) and of message submission (RFC 6409).
// It refuses to know who the users are, where mail goes and what is stored: it asks its host by events.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/dot_body.hpp"
#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/memory_budget.hpp"
#include "protocols/core/outbox.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/sasl/server_dialogue.hpp"
#include "protocols/smtp/bare_lines.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/smtp/grammar.hpp"
#include "protocols/smtp/own_replies.hpp"
#include "protocols/smtp/parameters.hpp"
#include "protocols/smtp/reply.hpp"
#include "protocols/smtp/session.hpp"

namespace mailscope::smtp {

/// Octets of a text line, its end included, that RFC 5321 §4.5.3.1.6 has servers take at least.
inline constexpr std::size_t strict_text_line_octets_max = 1000;

struct ServerConfig {
  std::string hostname;       ///< in the greeting and in Received
  std::string peer_address;   ///< IPv4 or IPv6 of the client, for Received
  bool submission{};          ///< RFC 6409: authentication required before MAIL
  bool plaintext_auth{true};  ///< offer mechanisms that tell the password also without TLS
  StartTlsOffer starttls{};
  std::size_t message_octets_max{10'485'760};  ///< announced by SIZE (RFC 1870)
  std::size_t recipients_max{100};             ///< at least 100 (RFC 5321 §4.5.3.1.8)
  Duration idle_max{std::chrono::minutes(5)};  ///< RFC 5321 §4.5.3.2.7
  Extensions extensions{engine_extensions};    ///< what may be offered
  std::size_t messages_max{};                  ///< in one session; 0: any number (MAILMAX, RFC 9422)
  /// Octets of a text line, its end included; 0: any length, as §4.5.3 would like it best.
  std::size_t text_line_octets_max{};
  /// By the letter of RFC 5321 §4.1.2 alone. Else what programs write and no reader can misunderstand is taken too: a
  /// space before a path, "_" in a name after EHLO.
  bool strict{};
  std::vector<std::string> local_domains{};  ///< delivered here: they need no dot (RFC 5321 §2.3.5)
  BareLines bare_lines{};
  bool asks_vrfy{};                                      ///< VRFY is put to the host, else answered by 252
  bool asks_expn{};                                      ///< EXPN is put to the host, else 502
  std::chrono::seconds by_min{};                         ///< DELIVERBY: the shortest time with return (RFC 2852 §2)
  std::chrono::seconds hold_max{std::chrono::days(30)};  ///< FUTURERELEASE (RFC 4865 §3)
  bool completes_header{true};  ///< submission: Date, Message-ID and From are added where missing (RFC 6409 §8)
  bool adds_sender{};           ///< submission: Sender, where From is not the reverse path (RFC 6409 §8.1)
  std::string session_id;       ///< no other session has it: makes added Message-IDs unique
  bool watched{true};           ///< false: no Steps, for a served session that nobody looks at
  sasl::ServerPolicy authentication{};
  MemoryBudget* memory{};  ///< for content that has no end yet; outlives the engine; null: no limit
};

/// So many commands refused by the engine or failed authentications end the session with 421: a real program makes
/// few, a guesser of passwords many. Recipients that the host refuses count by themselves.
inline constexpr int errors_max = 20;
/// So many recipients that the host refuses for good end it too: who tries names wants to know which there are (RFC 5321
/// §7.3). A list with fewer dead addresses loses nothing.
inline constexpr int refused_recipients_max = 20;
/// Who has neither logged in nor begun a message is waited for so long. RFC 5321 §4.5.3.2.7 wants five minutes of a
/// server for whoever it serves: with these a few connections would keep everybody else out.
inline constexpr Duration strangers_idle_max = std::chrono::seconds(60);
/// A message with so many Received fields goes round in a loop (RFC 5321 §6.3).
inline constexpr std::ptrdiff_t received_fields_max = 100;

/// May the message begin with this sender? `user` is the authenticated one or empty; `envelope` has no recipients yet.
/// Answer with decide(): 250, 550, 450 …, and 250 2.3.6 after assign_priority().
struct SenderOffered {
  std::string reverse_path, user;
  Envelope envelope;
};
/// Deliver or relay for this address? Answer with decide(): 250, 550, 450 …
struct RecipientOffered {
  std::string forward_path, user;
  Recipient recipient;
};
/// Take the responsibility for this message (RFC 5321 §4.2.5)? `content` starts with our Received field, is free of
/// dot-stuffing, and ends in CR LF unless its body is BINARYMIME.
struct MessageOffered {
  Envelope envelope;
  std::string content, user;
};

/// VRFY or, with `list`, EXPN. Answer with decide(): 250, 251, 252, 550, 551, 553 (RFC 5321 §3.5.3). The answer may be
/// beyond US-ASCII where `utf8` is set (RFC 6531 §3.7.4.2).
struct VerificationOffered {
  std::string text, user;
  bool list{}, utf8{};
};
/// ETRN: send what waits for this client's node (RFC 1985). Answer with decide(): 250 to 253, 458, 459 (§5.1).
struct QueueRunOffered {
  enum class Scope : std::uint8_t { Node, Subdomains, Queue };  ///< as the name stands, after "@", after "#"
  Scope scope{};
  std::string node, user;
};

/// What does this URL show (RFC 4468)? Answer with give_content(), or with decide(): 451, 501 or 554 (§6).
struct UrlOffered {
  std::string url, user;
};

class Server {
 public:
  using Event = std::variant<sasl::SecretWanted, sasl::Authenticated, SenderOffered, RecipientOffered, MessageOffered,
                             VerificationOffered, QueueRunOffered, UrlOffered>;

  explicit Server(ServerConfig config);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);

  /// The host's answer to the last of the …Offered events; poll() pauses until it comes. It travels as it is, also
  /// without an enhanced code; 421 closes the session. Precondition: such an event is unanswered.
  void decide(Reply reply);
  /// The octets that the URL of the unanswered UrlOffered shows.
  void give_content(std::string_view octets);
  /// Before decide() on SenderOffered: the message has another priority than the client gave it (RFC 6710 §4.1).
  void assign_priority(std::int8_t priority) { envelope_.priority = priority; }
  /// The host's answer to SecretWanted; poll() pauses until it comes. A client that turns out not to be the user is
  /// told so after `penalty`. Precondition: SecretWanted is unanswered.
  void tell_secret(const sasl::Secret& secret, Duration penalty = {});
  /// The server's host goes down: 421, also in the middle of a message (RFC 5321 §3.8). An unanswered event is void.
  void shut_down(Instant now);
  /// Octets that came while a login is decided upon, and wait: who guesses must not fill the memory meanwhile.
  [[nodiscard]] std::size_t kept_waiting() const { return dialogue_ ? unread() : 0; }
  /// Nobody has logged in, and no message was begun.
  [[nodiscard]] bool is_stranger() const { return user_.empty() && messages_ == 0; }
  /// Octets that came and were not looked at yet.
  [[nodiscard]] std::size_t unread() const { return input_.view().size(); }
  /// Octets of a command that waits for its CR LF; those of a message do not.
  [[nodiscard]] std::size_t unfinished_line() const {
    const bool reads_lines = state_ != State::Data && state_ != State::Closed && !chunk_ && owed_ == Owed::Nothing;
    return reads_lines && !dialogue_ ? input_.unfinished_line() : 0;
  }
  /// The client has begun TLS here, where the conversation begins in the clear: it is told, and the session ends.
  void refuse_tls(Instant now);

  /// Every command that is known, also those that are only refused.
  [[nodiscard]] static std::vector<std::string_view> verb_names();

 private:
  using Handler = void (Server::*)(std::string_view argument);
  struct Verb {
    std::string_view name;
    Handler run;
    enum class Argument : std::uint8_t { None, Optional, Needed } argument;
    std::string_view syntax;  ///< of the whole command
    bool utf8{};              ///< UTF-8 may stand in the argument (RFC 6531 §3.3, §3.7.4)
  };
  enum class Owed : std::uint8_t { Nothing, Authentication, Sender, Recipient, Message, Url, Other };
  /// A chunk that is being taken (RFC 3030 §2).
  struct Chunk {
    std::uint64_t left{};
    bool last{};
    std::optional<Reply> refusal;  ///< it is taken off the stream all the same
    ByteRange bytes;
    std::string text;  ///< for Step::text
  };

  [[nodiscard]] bool consume(Instant now);
  void command(const Line& line);
  void auth_response(const Line& line);
  void content(DotBody body, Instant now);
  [[nodiscard]] bool consume_chunk(Instant now);
  void chunk_taken(Instant now);
  void last_chunk_taken(Instant now);
  void refuse_chunk(const Reply& refusal);
  void message_taken(std::string content, bool bare_end, std::size_t longest_line, Instant now);
  void refuse_content(Say say, std::string_view detail = {});
  [[nodiscard]] std::optional<Reply> no_room_for_chunk(std::size_t octets);
  [[nodiscard]] std::string received_field(Instant now) const;

  static std::span<const Verb> verbs();
  void ehlo(std::string_view argument);
  void helo(std::string_view argument);
  void mail(std::string_view argument);
  void rcpt(std::string_view argument);
  void data(std::string_view argument);
  void rset(std::string_view argument);
  void noop(std::string_view argument);
  void quit(std::string_view argument);
  void bdat(std::string_view argument);
  void burl(std::string_view argument);
  void vrfy(std::string_view argument);
  void expn(std::string_view argument);
  void etrn(std::string_view argument);
  void help(std::string_view argument);
  void auth(std::string_view argument);
  void starttls(std::string_view argument);
  void not_implemented(std::string_view argument);

  [[nodiscard]] bool may(std::string_view move);
  [[nodiscard]] Reply out_of_order() const;
  [[nodiscard]] bool offers_starttls() const { return config_.starttls != StartTlsOffer::None; }
  [[nodiscard]] std::string_view lacks() const;
  [[nodiscard]] bool is_client_name(std::string_view argument);
  [[nodiscard]] bool offers(Extension extension) const;
  [[nodiscard]] bool offers(const Verb& verb) const;
  [[nodiscard]] bool offers_auth() const { return !mechanisms().empty(); }
  [[nodiscard]] std::string offer(Extension extension) const;
  [[nodiscard]] bool is_secure() const { return channel_.has_value(); }
  [[nodiscard]] Terms terms() const;
  [[nodiscard]] std::optional<Reply> fault_of(const Envelope& envelope) const;
  [[nodiscard]] std::optional<Reply> fault_of(const Recipient& recipient) const;
  void ask_about(std::string_view argument, bool list);
  void begin_session(std::string_view name, std::string_view verb, bool extended);
  void path_refused(PathFault fault, bool sender);
  [[nodiscard]] std::vector<sasl::Mechanism> mechanisms() const;
  void authenticate(const sasl::ServerDialogue::Move& move);
  void auth_finished(const Reply& reply);

  void ask(Event event, Owed owed);
  void answer(const Reply& reply) { answer_and_move(reply, state_); }
  void accept(const Reply& reply, std::string_view move);
  void answer_and_move(const Reply& reply, State to);
  void refuse(std::uint16_t code, std::string_view enhanced, std::string_view text);
  void refuse(Say say, std::string_view detail = {}) { answer(counted(own_reply(say, detail))); }
  void say(Say say) { answer(own_reply(say)); }
  void hear(ByteRange bytes, std::string_view wire, std::string_view topic, std::string_view topic_end = {});
  [[nodiscard]] Reply counted(Reply refusal);
  void forget_transaction();

  ServerConfig config_;
  Session session_;
  State state_{State::Connected};
  Outbox<Event> outbox_;
  InputBuffer input_;
  LineFramer lines_{command_octets_max};
  DotBodyDecoder body_;
  bool greeted_{}, ended_{};
  bool securing_{};                       ///< between 220 and secured()
  std::optional<SecureChannel> channel_;  ///< once it is secured
  Instant active_;                        ///< when the session last moved
  int errors_{}, strangers_bad_commands_{}, recipients_refused_{};

  std::string_view context_;  ///< of the reply's explanation: the verb that is being answered; static text
  Owed owed_{};
  std::string client_name_;  ///< as EHLO or HELO said
  bool extended_{};          ///< EHLO, not HELO
  std::optional<sasl::ServerDialogue> dialogue_;
  std::string user_;  ///< authenticated
  Envelope envelope_;
  Recipient offered_;  ///< asked about
  bool recipient_refused_{};
  std::optional<Chunk> chunk_;
  std::string chunks_;  ///< of the content, as far as they have come
  MemoryShare memory_;  ///< that the content takes
  bool last_url_{};     ///< the URL that is asked about ends the content
  bool reply_utf8_{};   ///< the answer to VRFY or EXPN may be UTF-8
  std::size_t messages_{};
  Instant now_;  ///< of the poll that runs
};

}  // namespace mailscope::smtp
