// A scenario as values: what a teacher wrote, checked and with defaults filled in. It knows no engine and no file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/sasl/mechanism.hpp"
#include "protocols/smtp/bare_lines.hpp"
#include "protocols/smtp/envelope.hpp"
#include "protocols/smtp/extensions.hpp"
#include "protocols/tls/version.hpp"
#include "sim/scenario/dns_setting.hpp"
#include "sim/scenario/mail_policy.hpp"
#include "sim/trace/trace.hpp"
#include "sim/words/text.hpp"

namespace mailscope {

/// What listens behind a port of a mail server. The default ports: relay 25, submission 587, pop3 110, imap 143.
enum class Service : std::uint8_t { Relay, Submission, Pop3, Imap, Dns };

struct PortSetting {
  Port port;
  Service service{};
  PortPolicy policy{};
  bool tls{};  ///< from the start (RFC 8314 §3): submissions 465, pop3s 995, imaps 993
};

/// What is wrong with a server's certificate.
enum class CertificateState : std::uint8_t { Valid, WrongName, Expired, Untrusted };
/// How a client secures a connection.
enum class Security : std::uint8_t {
  None,
  Opportunistic,  ///< STARTTLS where it is offered, any certificate (RFC 7435); else in the clear
  StartTls,       ///< STARTTLS, and a certificate that is valid for the server's name; else not at all
  Tls,            ///< TLS from the start, with such a certificate
};

struct ServerUser {
  std::string name;  ///< local part of the address and login name
  std::string password;
};

struct MailServerSetting {
  std::vector<std::string> domains;  ///< those whose mail is delivered here
  std::vector<ServerUser> users;
  std::vector<PortSetting> ports;
  ResolverSetting resolver;
  bool plaintext_login{true};  ///< accept AUTH, USER and LOGIN without TLS
  bool starttls{};             ///< offered at the doors that begin in the clear
  bool apop{};                 ///< POP3 greets with a timestamp for it
  CertificateState certificate{};
  tls::Version tls_newest{tls::Version::Tls13};      ///< that it speaks
  Security relay_security{Security::Opportunistic};  ///< towards the next server; not Tls
  MailPolicy policy{};
  smtp::Extensions extensions{smtp::Extensions::all()};  ///< offered where they can be
  smtp::BareLines bare_lines{};
  std::vector<std::string> other_names{};  ///< by which programs outside the world reach it; no lesson says
  bool strict{};                           ///< SMTP by the letter, as few servers are
  bool utf8{true};                         ///< offer UTF8=ACCEPT (RFC 6855) and UTF8 (RFC 6856)
  /// How users may authenticate, in the order in which the server names it.
  std::vector<sasl::Mechanism> mechanisms{sasl::Mechanism::Plain, sasl::Mechanism::Login};
};

/// A server that runs on this machine and is no part of the world: what is said to it really goes there.
struct RealServerSetting {
  struct Door {
    PortSetting port;         ///< as devices of the world see it
    std::uint32_t address{};  ///< of this machine: IPv4 of 127.0.0.0/8, host byte order
    std::uint16_t real{};     ///< the port there
  };
  std::vector<Door> doors;
  std::string trust;  ///< certificates to trust it by (PEM); empty: those that this machine trusts
};

struct DnsServerSetting {
  std::vector<Zone> zones;
  std::vector<PortSetting> ports;  ///< for datagrams and, unless `tcp` says otherwise, for streams
  PortPolicy tcp{};
  std::vector<DnsFault> faults;  ///< the first that fits counts
  ResolverSetting forward;       ///< whom it asks for names outside its zones
  bool reverse{};                ///< it also knows the names of all hosts' addresses
  bool edns{true};               ///< it knows RFC 6891; else it is one from before 1999, which answers FORMERR
};

/// When a mail program looks for mail, besides when it is told to.
enum class CheckMail : std::uint8_t {
  Manual,
  Every,  ///< so often
  Idle    ///< it stays connected, and the server tells (RFC 2177); IMAP only
};

/// One mail account of a device.
struct AccountSetting {
  std::string address;       ///< anna@alba.example
  std::string display_name;  ///< Anna; may be empty
  std::string user;          ///< login name
  std::string password;
  std::optional<sasl::Mechanism> mechanism;  ///< how to authenticate; none: the best that the server offers
  bool plain_login{};                        ///< "USER": POP3's USER and PASS, whatever else is offered
  bool liberal{};                            ///< a server's LF without CR ends a line
  bool gives_receipts{};  ///< to who asks for one, when a message is opened (RFC 8098); people's programs ask first
  struct Outgoing {
    std::string server;  ///< host name; empty: the program finds it by itself (RFC 6186)
    Port port;
    bool authenticate{true};
    Security security{};
    bool security_given{true};  ///< else what the domain offers
    bool by_reference{};        ///< the server takes messages from Sent where it can (BURL, RFC 4468); IMAP only
  };
  struct Incoming {
    enum class Protocol : std::uint8_t { Pop3, Imap } protocol{};
    std::string server;  ///< as of Outgoing
    Port port;
    bool leave_on_server{};                   ///< POP3 only
    std::optional<std::uint32_t> leave_days;  ///< and for no longer than this; nothing: for ever
    Security security{};
    bool security_given{true};
    CheckMail check{};
    Duration check_every{};  ///< of CheckMail::Every
    bool compress{};         ///< IMAP only: both sides compress where the server can (RFC 4978)
    bool notes{};            ///< IMAP only: notes on messages are kept on the server where it can (RFC 5257)
  };
  std::optional<Outgoing> outgoing;
  std::optional<Incoming> incoming;
};

struct DeviceSetting {
  std::vector<AccountSetting> accounts;
  ResolverSetting resolver;
};
/// A device's mailbox, whatever its accounts: what has not left yet.
inline constexpr const char* outbox_name = "Outbox";
/// What stands before the names of the account's mailboxes in a trace: with several accounts the address and "/".
[[nodiscard]] std::string mailbox_prefix(const DeviceSetting& device, const AccountSetting& account);

struct HostSetting {
  std::string name;
  std::string label;  ///< what its card is headed with; the name where none is given
  HostKind kind{};
  std::string address;  ///< IPv4, given or assigned from 192.0.2.0/24 (RFC 5737)
  std::optional<StagePlace> place;
  std::variant<DeviceSetting, MailServerSetting, DnsServerSetting, RealServerSetting> what;
};

struct LinkSetting {
  std::string a, b;
  Duration latency{};
  std::uint64_t bits_per_second{};
  LinkFaults faults{};
  bool strip_starttls{};  ///< a man in the middle takes the offers of STARTTLS and STLS away
};

/// A second message that hides in the text of the first one: for a server that takes a bare LF for a line end, the
/// first ends before it and commands follow (RFC 5321 §2.3.8).
struct SmuggledMessage {
  std::string from;
  std::vector<std::string> to;
  std::string subject, text;
};

/// What a person does at a device.
struct SendAction {
  std::vector<std::string> to;
  std::string subject;
  std::string text;  ///< UTF-8, lines ended by '\n'
  std::optional<SmuggledMessage> smuggled{};
  smtp::Envelope wishes{};  ///< parameters of MAIL, without paths
  smtp::Notify notify{};    ///< of every recipient
  bool receipt{};           ///< the sender asks to be told that it was read (RFC 8098)
};
/// A letter that waits in the Outbox is changed, and tried again. What is not given stays.
struct EditAction {
  std::string subject;          ///< of the letter: the newest
  std::vector<std::string> to;  ///< empty: not given
  std::optional<std::string> new_subject, text;
};
struct CheckMailAction {};  ///< POP3: collect; IMAP: synchronise
/// The newest message with this subject; an empty subject is any message's.
struct MessageChoice {
  std::string subject;
  std::string mailbox{"INBOX"};
};
/// What is done with one message. To read it opens it: with IMAP its body is fetched, and \Seen set.
struct MessageAction {
  enum class Deed : std::uint8_t { Read, Delete, Flag, Unflag, MarkRead, MarkUnread } deed{};
  MessageChoice message;
};
/// A person's note on a message; an empty one takes it away.
struct NoteAction {
  MessageChoice message;
  std::string text;
};
struct MoveAction {
  MessageChoice message;
  std::string to;
};
struct ReplyAction {
  MessageChoice message;
  std::string text;
};
struct SearchAction {
  std::string text;
  std::string mailbox{"INBOX"};
};
struct EmptyTrashAction {};
struct LineAction {
  bool online{};
};

struct LookUpAction {  ///< ask the device's DNS servers
  std::string name;
  ZoneRecord::Type type{};
};

struct AskForQueueAction {  ///< a mail server asks another one to send what waits for its domains (RFC 1985)
  std::string server;
};

struct CrashAction {             ///< a server loses all connections and hears nothing
  std::optional<Duration> down;  ///< it restarts by itself after so long
};
struct RestartAction {};

struct Action {
  std::string who;             ///< device; a server for crash, restart and asking for a queue
  std::optional<Duration> at;  ///< since the start; none: when the one before has come to rest
  Duration pause{};            ///< after the one before has come to rest
  std::variant<SendAction, EditAction, CheckMailAction, MessageAction, MoveAction, NoteAction, ReplyAction,
               SearchAction, EmptyTrashAction, LineAction, LookUpAction, AskForQueueAction, CrashAction, RestartAction>
      what;
  std::optional<std::size_t> account{};  ///< which of the device's; none: the first, or all
};

/// The moment at which a lesson step begins: the first matching happening after the step before it began.
struct Moment {
  std::optional<std::uint32_t> action;  ///< this action begins
  std::optional<std::string> speaker;   ///< host that says …
  std::optional<std::string> line;      ///< … a line starting with this text (ASCII case ignored)
  bool at_start{};                      ///< the world's start
};

/// What must be true when a step ends (when the next one begins, or when the world has come to rest).
struct Expectation {
  struct MailboxHolds {
    std::string host, mailbox;
    std::uint32_t messages{};
    bool seen_only{};  ///< count only those with \\Seen
  };
  struct LineSaid {  ///< during the step
    std::string host, line;
  };
  struct QueueHolds {
    std::string host;
    std::uint32_t messages{};
  };
  std::variant<MailboxHolds, LineSaid, QueueHolds> what;
  int line_number{};  ///< in the scenario file, 1-based, for reports
};

struct LessonStep {
  Text title, text;
  Moment when;
  std::vector<Expectation> expectations;
};

enum class Level : std::uint8_t { Beginner, Intermediate, Advanced };

struct Scenario {
  Text title, summary;
  Level level{};
  std::uint32_t minutes{};
  std::uint64_t seed{1};
  Instant start;
  std::vector<HostSetting> hosts;  ///< in file order
  std::vector<LinkSetting> links;
  std::vector<Action> actions;
  std::vector<LessonStep> steps;
};

/// "127.0.0.1:1143".
[[nodiscard]] std::string place_text(const RealServerSetting::Door& door);
/// Some host is a real server: this lesson plays in real time.
[[nodiscard]] bool has_real_servers(const Scenario& scenario);

}  // namespace mailscope
