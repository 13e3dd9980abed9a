// The client side of IMAP (RFC 3501, RFC 9051) as people's mail programs are: it logs in, finds out what there is,
// makes the changes that wait in its Replica, and brings the Replica up to date (RFC 4549): by QRESYNC or CONDSTORE
// (RFC 7162) where the server has them, else by comparing UIDs. Then it leaves, or stays for news: of all mailboxes by
// NOTIFY (RFC 5465), else of INBOX.
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
#include "protocols/imap/client/name_space.hpp"
#include "protocols/imap/client/replica.hpp"
#include "protocols/imap/data/fetch_data.hpp"
#include "protocols/imap/data/mailbox_data.hpp"
#include "protocols/imap/data/response.hpp"
#include "protocols/imap/syntax/unit_framer.hpp"
#include "protocols/sasl/client_dialogue.hpp"

namespace mailscope::imap {

struct ClientConfig {
  std::string user, password;
  std::string server{};  ///< host name, as it stands in URLs (RFC 5092)
  StartTlsPolicy starttls{};
  sasl::ClientPolicy authentication{};
  bool compress{};                               ///< COMPRESS=DEFLATE where the server has it (RFC 4978)
  bool notes{};                                  ///< keep notes on the server, if it has ANNOTATE (RFC 5257)
  bool stay{};                                   ///< after a round wait for news until leave() is called
  std::uint64_t content_octets_max{};            ///< bodies of messages up to this size are fetched unasked; 0: none
  Duration idle_max{std::chrono::minutes(28)};   ///< then IDLE is renewed: servers may end it after 29 (RFC 2177 §3)
  Duration poll_pause{std::chrono::minutes(5)};  ///< between two NOOPs where the server has no IDLE
  /// What an LF without CR is. Some servers end their lines so, and people's programs read them all the same.
  BareLineFeed bare_lines{};
};

/// Every mailbox has been brought up to date.
struct Synchronised {
  std::size_t mailboxes{}, messages{};
};
/// The body of a wanted message has come.
struct ContentFetched {
  std::uint64_t id{};  ///< CachedMessage::id
};
/// The answer to search(). `error` is the server's line where it refused.
struct SearchDone {
  std::vector<std::uint64_t> ids;
  std::string error;
};
/// A waiting change cannot be made. `error` is the server's line; empty where the message is gone, or has another UID.
struct ChangeDropped {
  Change::Kind kind{};
  std::string subject, target, error;
  bool waits{};  ///< nothing is lost: the next session tries it again
};
/// Another device had changed the flags of a message that this one has changed too (RFC 7162 §3.1.3, MODIFIED).
struct ChangeContested {
  std::string subject;
};
/// A mailbox that a message was to go to did not exist, and was created.
struct MailboxCreated {
  std::string name;
};
/// The answer to Replica::want_url(). `url` is authorised for a submission server that this user logs in to, and safe
/// to be said to it; else it is empty, and `error` is the server's line, or says why it was not asked.
struct UrlAuthorised {
  std::uint64_t id{};  ///< CachedMessage::id
  std::string url, error;
};
/// The server refuses to open a mailbox, or to tell what is in it, and does not say that it is gone: what is known of
/// it stays, and so do the changes that wait. The next round tries again.
struct MailboxRefused {
  std::string mailbox, error;
};
/// The body of a wanted message did not come. `error` is the server's line, or ours.
struct ContentRefused {
  std::uint64_t id{};
  std::string error;
};
/// A line, or a part of one, that cannot be read was left out. `count`: 1 the first time, and where there were more,
/// how many when the session ends.
struct Unreadable {
  std::string what;
  std::size_t count{};
};
/// The server has refused a mechanism, and another one is tried (RFC 4422).
struct LoginRetried {
  std::string refused, next;
};
/// A text that a person must be shown (RFC 3501 §7.1, ALERT). Without TLS anybody may have written it (RFC 9051 §7.1).
struct Alert {
  std::string text;
  bool is_secured{};
};
/// The session is over. `error` is the server's NO, BAD or BYE line, or why the connection was lost; else empty.
struct SessionDone {
  std::string error;
};

class Client {
 public:
  using Event =
      std::variant<Synchronised, ContentFetched, SearchDone, ChangeDropped, ChangeContested, MailboxCreated,
                   UrlAuthorised, MailboxRefused, ContentRefused, Unreadable, LoginRetried, Alert, SessionDone>;

  /// A response line without its literals: no answer to what this client asks is longer.
  static constexpr std::size_t line_octets_max = 1 << 20;
  /// A whole response, the message in it included: a larger one is a server gone wrong.
  static constexpr std::size_t response_octets_max = 64 << 20;
  /// How long the server may owe an answer; a person would have given up by then.
  static constexpr Duration silence_max = std::chrono::minutes(2);
  /// Messages of one command: its line stays below 8000 octets (RFC 7162 §4).
  static constexpr std::size_t batch_max = 300;
  /// How often a change of flags is tried against another device's before it is made unconditionally (RFC 7162 §3.1.3
  /// wants 2 at least).
  static constexpr unsigned conflicts_max = 3;
  /// In how many sessions a change may be refused before it is dropped; a message that is nowhere else never is.
  static constexpr unsigned refusals_max = 10;
  /// Lines of one session that cannot be read: who says more than these speaks no IMAP.
  static constexpr std::size_t unreadable_max = 100;
  /// Of one session; a person reads no more.
  static constexpr std::size_t alerts_max = 10;
  /// IDLEs in a row that the server itself ends before idle_worth has passed, or that news end within it: from then on
  /// this session polls for a while instead.
  static constexpr unsigned idles_ended_max = 3, idles_broken_max = 100;
  static constexpr Duration idle_worth = std::chrono::seconds(5);
  /// How often a mailbox may have grown when it was just looked at, between two waits for news.
  static constexpr unsigned growths_max = 50;

  /// `replica` outlives the engine; only one engine uses it at a time.
  Client(ClientConfig config, Replica& replica);
  void receive(Instant now, std::string_view bytes);
  void receive_eof(Instant now);
  void deadline_passed(Instant now);
  [[nodiscard]] std::optional<Output<Event>> poll(Instant now);
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] const Machine& machine() const;
  [[nodiscard]] StateId state() const;
  void secured(Instant now, const SecureChannel& channel);
  void securing_failed(Instant now, std::string_view reason);
  /// What the server compressed is no DEFLATE (RFC 4978).
  void unpacking_failed(Instant now);

  /// Octets of a line that waits for its CR LF, for who watches.
  [[nodiscard]] std::size_t unfinished_line() const {
    return ended_ || securing_ || framer_.awaits_literal() ? 0 : input_.unfinished_line();
  }

  // What a host asks for while the session lasts; like a change of the replica, it is seen by the next poll().
  void leave() { leaving_ = true; }
  void check() { check_wanted_ = true; }  ///< another round
  /// Which messages of the mailbox have this text, in UTF-8, in header or body.
  void search(std::string mailbox, std::string text);
  /// It has said LOGOUT, or is over: what waits now waits for another session.
  [[nodiscard]] bool ending() const { return ended_ || awaited_ == "LOGOUT"; }
  /// Something waits that it can begin with at once.
  [[nodiscard]] bool has_news() const { return (idling_ || waiting_) && has_work(); }
  /// It waits for news, and owes nothing to anybody.
  [[nodiscard]] bool resting() const { return !has_work() && (idling_ || (waiting_ && !eof_)); }

 private:
  /// Takes the tagged response to the command that was sent with it.
  using Handler = void (Client::*)(const Response& response, std::string_view line);
  /// What the server has told of the mailbox that is selected.
  struct Selected {
    std::string name;
    std::uint32_t exists{}, uid_next{}, uid_validity{};  ///< 0: not told
    std::uint64_t modseq{};                              ///< HIGHESTMODSEQ
    std::uint32_t first_new{};     ///< messages from this UID on were not known when it was opened
    bool no_modseq{}, resynced{};  ///< the answer to QRESYNC told all changes of old messages
    std::uint32_t looked_until{};  ///< all messages below this UID were asked for
    bool new_asked{}, old_asked{};
    std::set<std::uint32_t> to_ask_notes;  ///< UIDs of messages whose notes others have changed
    int all_asked{};                       ///< how often
    bool complete{};                       ///< the replica is as the server
    bool grown{}, doubtful{};              ///< there are new messages; numbers or UIDs have to be asked for anew
    unsigned growths{};                    ///< since it last waited for news
    std::vector<std::uint32_t> numbers;    ///< UIDs by message number, from 1; 0 where it is not known
  };
  struct Search {
    std::string mailbox, text;
  };

  // Units, lines, commands.
  void read_lines();
  [[nodiscard]] bool take_unit();
  void handle(const Unit& unit);
  void take_note_of(const Response& response);
  void unreadable_line(const Unit& unit);
  void tell_unreadable(std::string_view what);
  void greeted(const Response& response, std::string_view line);
  void tagged(const Response& response, std::string_view line);
  void send(std::string_view verb, const std::vector<std::string>& arguments, Handler handler);
  void send_part();
  void send_line(std::string line, std::string topic);
  void step_sent();
  void log_out(std::string_view error);
  void finish(std::string error);
  void expect_bye(const Response& response, std::string_view line);

  // From the greeting to a user.
  void proceed();
  void log_in();
  [[nodiscard]] bool is_verified() const { return channel_ && config_.starttls != StartTlsPolicy::Opportunistic; }
  void challenged(std::string_view line);
  void logged_in(const Response& response, std::string_view line);
  [[nodiscard]] bool begins_tls();
  void starttls_answered(const Response& response, std::string_view line);
  void told_capabilities(const Response& response, std::string_view line);
  void remember_capabilities(std::string_view words);

  // What the server has: extensions, mailboxes.
  [[nodiscard]] bool has(std::string_view capability) const;
  [[nodiscard]] bool speaks_utf8() const;
  [[nodiscard]] bool keeps_notes() const { return config_.notes && has("ANNOTATE-EXPERIMENT-1"); }
  [[nodiscard]] std::string with_notes(std::string_view items) const;
  [[nodiscard]] bool has_notes_to_ask() const;
  void ask_notes();
  [[nodiscard]] std::string wire_name(std::string_view mailbox) const;
  void told_namespace(std::string_view rest);
  [[nodiscard]] std::vector<std::string> wanted_extensions() const;
  void set_up();
  void set_up_done(const Response& response, std::string_view line);
  void compress_answered(const Response& response, std::string_view line);
  void ask_for_notices();
  void begin_round();
  void listed(const Response& response, std::string_view line);
  void take_mailboxes();
  [[nodiscard]] bool is_unchanged(const std::string& mailbox) const;

  // Untagged responses.
  void untagged(const Response& response, std::string_view line);
  void told_elsewhere(const Response& response);
  void told_code(const ResponseCode& code);
  void told_mailbox_data(const Response& response);
  void told_exists(std::uint32_t messages);
  void told_expunge(std::uint32_t number);
  void told_vanished(std::string_view rest);
  void vanished(std::uint32_t uid);
  void told_fetch(const Response& response);
  void told_copied(const CopiedUids& copied);
  void remember_modseq();

  // What to do next.
  void work();
  [[nodiscard]] bool has_work() const;
  void stay();
  void poll_later();
  void idle_over(const Response& response, std::string_view line);
  void polled(const Response& response, std::string_view line);
  [[nodiscard]] bool fetch_wanted();
  void content_fetched(const Response& response, std::string_view line);
  [[nodiscard]] bool search_next();
  void searched(const Response& response, std::string_view line);

  // URLs for submission (RFC 4467).
  [[nodiscard]] bool authorise_next();
  void told_url(const Response& response);
  void authorised(const Response& response, std::string_view line);

  // Opening a mailbox and bringing it up to date.
  void select(const std::string& mailbox);
  void selected(const Response& response, std::string_view line);
  void selection_failed(const Response& response, std::string_view line);
  void refuse(const std::string& mailbox, std::string_view error);
  void restored(const Response& response, std::string_view line);
  void synchronise(const std::string& mailbox);
  void synchronise_selected();
  void new_fetched(const Response& response, std::string_view line);
  void synchronised_part(const Response& response, std::string_view line);
  void flags_compared(const Response& response, std::string_view line);
  void reconcile();
  void reconciled(const Response& response, std::string_view line);
  void complete();
  void remove_unless(const std::set<std::uint32_t>& there, std::uint32_t before);

  // Making the changes that wait.
  [[nodiscard]] bool play();
  [[nodiscard]] Change* next_change();
  [[nodiscard]] Change* in_batch(std::uint64_t message);
  [[nodiscard]] bool is_doubtful(const Change& change) const;
  [[nodiscard]] std::vector<std::uint32_t> gather(const Change& first);
  void try_now(Change& change);
  void done(const Change& change);
  [[nodiscard]] std::uint64_t unchanged_since(const Change& change) const;
  void play_batch(const Change& first);
  void play_notes(const Change& first, const std::vector<std::uint32_t>& uids);
  void notes_stored(const Response& response, std::string_view line);
  void notes_made();
  void play_flags(const Change& first, const std::vector<std::uint32_t>& uids);
  void flags_stored(const Response& response, std::string_view line);
  void conflict_looked_at(const Response& response, std::string_view line);
  void copied(const Response& response, std::string_view line);
  void erase_source(Change& change, std::uint64_t message);
  void marked_deleted(const Response& response, std::string_view line);
  void found_deleted(const Response& response, std::string_view line);
  void others_spared(const Response& response, std::string_view line);
  void expunge();
  void expunged(const Response& response, std::string_view line);
  void play_append(Change& change);
  void appended(const Response& response, std::string_view line);
  [[nodiscard]] bool verify(Change& change);
  void verified(const Response& response, std::string_view line);
  [[nodiscard]] bool create_for(const Response& response);
  [[nodiscard]] bool create_target(const Change& change);
  void created(const Response& response, std::string_view line);
  void subscribed(const Response& response, std::string_view line);
  void end_batch(std::string_view error);
  void put_off(Change& change, std::string_view error);
  void drop(const Change& change, std::string_view error);
  void drop(const std::vector<Change>& changes);

  ClientConfig config_;
  Replica& replica_;
  InputBuffer input_;
  UnitFramer framer_;
  std::deque<Output<Event>> out_;
  StateId state_;
  Instant now_;
  std::string awaited_{"greeting"};  ///< the verb whose tagged response is awaited
  Handler handler_{};
  std::string tag_;  ///< of that command
  unsigned last_tag_{};
  std::deque<std::string> parts_;  ///< what is left to send of a command with literals
  std::string command_;            ///< all of it that was sent
  std::uint64_t command_begin_{};
  std::optional<Instant> heard_;  ///< when the server last said something, or was asked something
  std::uint64_t sent_{};          ///< octets transmitted
  bool eof_{}, ended_{};
  bool securing_{};  ///< between OK and secured()
  bool tls_was_refused_{};
  std::optional<SecureChannel> channel_;  ///< once it is secured
  std::optional<sasl::ClientDialogue> dialogue_;
  std::vector<sasl::Mechanism> refused_mechanisms_;
  std::string error_;
  std::set<std::string> capabilities_;
  bool capabilities_asked_{};  ///< since the greeting, or the beginning of TLS
  bool capabilities_told_{};   ///< since the login began
  int set_up_step_{};
  bool condstore_{}, qresync_{}, utf8_{};  ///< enabled

  bool leaving_{}, check_wanted_{};
  bool idle_asked_{};  ///< between IDLE and "+"
  bool idling_{};      ///< between "+" and DONE
  bool waiting_{};     ///< for the next NOOP
  bool done_said_{};   ///< it was this client that ended the last IDLE
  bool idle_refused_{};
  unsigned idles_ended_{}, idles_broken_{};
  Instant idle_since_, wake_at_;
  std::size_t unreadable_{}, unreadable_lines_{}, alerts_{};
  bool round_open_{};
  bool list_came_{};       ///< what mailboxes there are is known
  bool list_has_holes_{};  ///< some of its lines could not be read
  NameSpace names_;
  std::vector<ListedMailbox> listed_;
  std::map<std::string, MailboxStatus> statuses_;
  std::set<std::string> followed_, to_synchronise_;
  std::set<std::string> refused_;  ///< mailboxes that the server would not open in this round
  std::optional<Selected> selected_;
  bool waits_for_closed_{};                   ///< what is told before CLOSED is of the mailbox that was selected before
  std::optional<std::uint64_t> modseq_told_;  ///< HIGHESTMODSEQ since the last tagged response
  std::uint64_t modseq_seen_{};               ///< the highest MODSEQ of a FETCH since then
  std::set<std::uint32_t> answered_;          ///< UIDs of FETCH responses to the command
  std::vector<std::uint32_t> found_;          ///< by SEARCH
  std::deque<Search> searches_;
  std::uint64_t fetching_{};             ///< id of the message whose body was asked for
  std::set<std::uint64_t> unfetchable_;  ///< ids of messages whose body did not come
  std::uint64_t authorising_{};          ///< id of the message whose URL was asked for
  std::string url_;                      ///< that the server has authorised

  std::vector<std::uint64_t> batch_;    ///< numbers of the changes that are being made
  std::set<std::uint64_t> sent_now_;    ///< changes that were tried in this session
  std::set<std::uint64_t> deferred_;    ///< changes that this session cannot make, and a later one may
  std::set<std::uint64_t> flagged_;     ///< ids of messages whose flags were changed: their mailbox may lack them
  std::set<std::string> created_;       ///< mailboxes that this session has created
  std::vector<std::uint32_t> erasing_;  ///< UIDs
};

}  // namespace mailscope::imap
