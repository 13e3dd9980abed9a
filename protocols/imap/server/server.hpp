// The server side of IMAP4rev1 and IMAP4rev2 (RFC 3501, RFC 9051). It shows one account of the store; who may log in
// is its host's matter.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/core/input_buffer.hpp"
#include "protocols/core/memory_budget.hpp"
#include "protocols/core/outbox.hpp"
#include "protocols/core/secure_channel.hpp"
#include "protocols/imap/data/enabled.hpp"
#include "protocols/imap/data/fetch.hpp"
#include "protocols/imap/data/url_request.hpp"
#include "protocols/imap/data/view.hpp"
#include "protocols/imap/syntax/names.hpp"
#include "protocols/imap/syntax/unit_framer.hpp"
#include "protocols/mailstore/account.hpp"
#include "protocols/sasl/server_dialogue.hpp"

namespace mailscope::imap {

struct AppendMessage;
struct GetMetadata;
struct MailboxFilter;
struct NotifyRequest;
struct Resync;
struct SearchKey;
struct SearchOptions;
struct SearchTarget;
struct SortCriterion;
class Presentation;
class UpdateContext;
struct WatchedStore;

struct ServerConfig {
  std::string hostname;
  bool plaintext_login{true};                   ///< allow LOGIN without TLS; else LOGINDISABLED (RFC 3501 §6.2.3)
  Duration idle_max{std::chrono::minutes(30)};  ///< at least 30 minutes (RFC 3501 §5.4)
  /// The same before anybody has logged in, which RFC 9051 §5.4 lets be as short as a server likes.
  Duration strangers_idle_max{std::chrono::seconds(60)};
  StartTlsOffer starttls{};
  bool compression{true};               ///< offer COMPRESS=DEFLATE: who carries the octets understands StartCompression
  sasl::ServerPolicy authentication{};  ///< its `random` also makes the keys of URLs (RFC 4467); without it none are
  MemoryBudget* memory{};               ///< for what is under way; outlives the engine; null: no limit
  bool in_pieces{};                     ///< poll() does a piece of a long command at most; see Server::has_work()
  bool utf8{true};                      ///< offer UTF8=ACCEPT (RFC 6855)
  std::vector<std::string> other_names{};  ///< by which clients reach it besides `hostname`: what URLs may call it
  std::string submission_user{};           ///< may fetch URLs for "submit+" (RFC 4467 §3); empty: nobody
};

class Server {
 public:
  using Event = std::variant<sasl::SecretWanted, sasl::Authenticated>;

  /// A command line without its literals (RFC 2683 §3.2.1.5 advises 8000 octets and more; programs name many messages
  /// by their UIDs).
  static constexpr std::size_t line_octets_max = 64 << 10;
  /// A whole command but APPEND, literals included: mailbox names, search texts, nothing larger.
  static constexpr std::size_t command_octets_max = 128 << 10;
  /// A command, and a line of it, before anybody has logged in: ID may have 30 values of 1024 octets (RFC 2971 §3.3).
  static constexpr std::size_t login_octets_max = 40 << 10;
  /// A message of APPEND (APPENDLIMIT, RFC 7889): what a large mail provider takes. All of one command (RFC 3502) have
  /// command_octets_max more.
  static constexpr std::size_t append_octets_max = 64 << 20;
  /// The values in one FETCH response; those that have to be made for it, instead of being taken from the message, may
  /// have made_octets_max.
  static constexpr std::uint64_t response_octets_max = 256 << 20;
  static constexpr std::uint64_t made_octets_max = 128 << 20;
  /// A piece of a long command, by what is looked at, and by messages that are changed: a millisecond or so, and their
  /// files on a disk some more. Others' commands come in between.
  static constexpr std::size_t piece_octets_max = 128 << 10;
  static constexpr std::size_t piece_messages_max = 250;
  /// So often a client hears how far a long FETCH is (RFC 9585 §4).
  static constexpr Duration progress_period = std::chrono::seconds(10);
  /// After so many commands answered BAD the peer speaks some other language.
  static constexpr int bad_commands_max = 10;

  explicit Server(ServerConfig config);
  ~Server();  ///< ends the session without expunging
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
  /// poll() would tell something that has happened in the store meanwhile (RFC 2177, RFC 5465): the host calls it soon.
  [[nodiscard]] bool has_news() const;
  /// With ServerConfig::in_pieces: poll() gave nothing, but a command is only partly done. The host calls it again, when
  /// others have had their turn.
  [[nodiscard]] bool has_work() const;

  /// The host's answer to SecretWanted; poll() pauses until it comes. `account` is what is opened if the client proves
  /// to be the user: it outlives the engine, and is null only with NoSecret and TryLater. Otherwise the client is told
  /// after `penalty`. Precondition: SecretWanted is unanswered.
  void tell_secret(const sasl::Secret& secret, mailstore::Account* account, Duration penalty = {});
  /// The server's host goes down: BYE (RFC 9051 §7.1.5).
  void shut_down(Instant now);
  /// Octets that came while a login is decided upon, and wait: who guesses must not fill the memory meanwhile.
  [[nodiscard]] std::size_t kept_waiting() const { return dialogue_ ? unread() : 0; }
  /// Nobody has logged in.
  [[nodiscard]] bool is_stranger() const { return account_ == nullptr; }
  /// Octets that came and were not looked at yet.
  [[nodiscard]] std::size_t unread() const { return input_.view().size(); }
  /// Octets of a line that waits for its CR LF; those of a literal do not.
  [[nodiscard]] std::size_t unfinished_line() const {
    return dialogue_ || ended_ || fetch_ || work_ || framer_.awaits_literal() ? 0 : input_.unfinished_line();
  }
  /// The client has begun TLS here, where the conversation begins in the clear: it is told, and the session ends.
  void refuse_tls(Instant now);

 private:
  enum class Status : std::uint8_t { Ok, No, Bad };
  /// A FETCH that is being answered, one message a poll(): a mailbox is never in memory twice.
  struct FetchJob {
    std::vector<std::size_t> places;  ///< in view_, which does not move meanwhile
    std::vector<FetchItem> items;
    std::string completion;  ///< text of the OK at its end
    std::size_t next{};
    Instant told_at;                           ///< when the client last heard how far it is
    bool messages_gone{};                      ///< some were expunged by another session
    std::vector<mailstore::Uid> downgraded{};  ///< those that were shown as surrogates
  };
  struct Verb;
  static const Verb verbs[];

  void greet(Instant now);
  [[nodiscard]] std::string capabilities(bool logged_in) const;
  [[nodiscard]] bool take_unit(Instant now);
  [[nodiscard]] std::optional<Unit> decide_literal();
  [[nodiscard]] bool may_take_literal(std::uint64_t octets) const;
  [[nodiscard]] bool authenticating() const;
  [[nodiscard]] bool take_response(Instant now);
  [[nodiscard]] sasl::ServerDialogue& new_dialogue();
  void authenticate(const sasl::ServerDialogue::Move& move);
  void handle(const Unit& unit, bool literal_refused);
  /// A line of ours.
  void emit(std::string text, std::string topic, bool is_error, StateId from);
  /// A line of the client's.
  void hear(const Unit& unit, StateId from, std::string topic);
  void hear_so_far();
  void untagged(std::string_view name, std::string_view text, bool is_error = false);
  void done(Status status, std::string_view text);
  void completed() { done(Status::Ok, context_ + " completed"); }
  void invalid() { done(Status::Bad, "invalid arguments"); }
  void no_such_number() { done(Status::Bad, "no message has that number"); }
  // RFC 5530 §3: another session expunged them, and this one was not told yet.
  static constexpr std::string_view read_only_text = "the mailbox is read-only";
  static constexpr std::string_view messages_gone_text = "[EXPUNGEISSUED] some of the messages no longer exist";
  [[nodiscard]] MailboxView::Wanted wanted_news(bool expunges) const;
  void tell_news(MailboxView::Wanted wanted);
  void tell_news_uninvited();
  void tell_new_messages(std::size_t messages);
  // What happens elsewhere (RFC 5465).
  [[nodiscard]] std::vector<const mailstore::Account*> accounts() const;
  [[nodiscard]] std::uint64_t modification() const;
  [[nodiscard]] WatchedStore look_around() const;
  void watch_from_now();
  void tell_watched();
  void tell_elsewhere();
  void tell_names(const WatchedStore& before, const WatchedStore& now);
  void tell_subscriptions(const WatchedStore& before, const WatchedStore& now);
  [[nodiscard]] bool tell_annotations(const WatchedStore& before, const WatchedStore& now);
  void tell_counts(const WatchedStore& before, const WatchedStore& now);
  void tell_name(const std::string& name, const std::string& old_name, bool no_access);
  void tell_flags(std::size_t place, bool with_uid);
  void tell_change(std::size_t place, const std::string& what, bool with_uid);
  void tell_keywords();
  void tell_highest_modseq(mailstore::ModSeq modseq);
  void tell_vanished(const std::vector<mailstore::UidRange>& uids);
  void tell_list(const mailstore::Mailbox& mailbox, const std::string& asked);
  void enable_condstore();
  [[nodiscard]] std::string wire_name(std::string_view name) const;
  [[nodiscard]] std::string old_name_item(const std::string& old_name) const;
  [[nodiscard]] mailstore::Rights rights_on(const mailstore::Mailbox& mailbox) const;
  [[nodiscard]] bool may(const mailstore::Mailbox& mailbox, std::string_view letters) const;
  [[nodiscard]] bool permits(const mailstore::Mailbox& mailbox, std::string_view letters);
  [[nodiscard]] mailstore::Mailbox* mailbox_named(std::string_view name) const;
  [[nodiscard]] std::string name_of(const mailstore::Mailbox& mailbox) const;
  [[nodiscard]] mailstore::Flags changeable(const mailstore::Mailbox& mailbox, mailstore::Flags flags) const;
  using NamedMailboxes = std::vector<std::pair<std::string, const mailstore::Mailbox*>>;
  [[nodiscard]] NamedMailboxes listable() const;
  [[nodiscard]] NamedMailboxes chosen_mailboxes(const std::vector<MailboxFilter>& filters) const;
  [[nodiscard]] bool may_create(const mailstore::Account& account, std::string_view mailbox) const;
  [[nodiscard]] mailstore::Mailbox* administered(Cursor& arguments, std::string& name);
  void tell_rights(const mailstore::Mailbox& mailbox, const std::string& name);
  [[nodiscard]] std::string permanent_flags() const;
  [[nodiscard]] std::string flag_names() const;
  void end_idle(const Unit& unit);
  void bye(std::string_view text);
  void end();
  void step_work();
  void step_fetch();
  void tell_progress();
  [[nodiscard]] std::string fetch_name(std::size_t place) const;
  [[nodiscard]] std::string fetch_topic() const { return untagged_topic(enabled_.uid_only ? "UIDFETCH" : "FETCH"); }
  void emit_fetch(std::size_t place, const mailstore::Message& message, const std::vector<FetchItem>& items,
                  std::vector<FetchValue> values, std::shared_ptr<const Presentation> shown);
  void select(Cursor& arguments, bool read_only);
  void tell_mailbox(const std::string& asked);
  void resynchronise(const Resync& resync, const std::string& text);
  void leave_mailbox();
  void refuse(mailstore::Outcome outcome);
  void no_target(const std::string& name);
  [[nodiscard]] mailstore::Outcome nothing_there(const std::string& name) const;
  void note_status_items(const std::vector<std::string>& asked);
  void tell_status(const mailstore::Mailbox& mailbox, const std::vector<std::string>& items);
  [[nodiscard]] std::optional<std::vector<std::size_t>> message_set(Cursor& arguments, bool by_uid);
  [[nodiscard]] std::vector<mailstore::Uid> deleted_messages() const;
  void copy_or_move(Cursor& arguments, bool by_uid, bool moves);
  void expunged(std::size_t messages);
  static constexpr std::string_view bad_charset_text = "[BADCHARSET (US-ASCII UTF-8)] that charset is not known";
  [[nodiscard]] std::optional<std::string> search_charset(Cursor& arguments) const;
  void save_found(const SearchOptions& options, const std::vector<std::size_t>& places);
  [[nodiscard]] std::string correlator(const mailstore::Mailbox& mailbox) const;
  void tell_found_in(const mailstore::Mailbox& mailbox, const SearchOptions& options,
                     const std::vector<SearchTarget>& found, const SearchKey& keys);
  [[nodiscard]] std::optional<SearchKey> read_keys(Cursor& arguments, const std::string& charset);
  [[nodiscard]] std::optional<SearchKey> search_criteria(Cursor& arguments);
  [[nodiscard]] bool is_followed(std::string_view tag) const;
  [[nodiscard]] bool reuses_tag(const SearchOptions& options);
  void follow(bool by_uid, std::string mailbox, SearchKey keys, std::vector<SortCriterion> criteria,
              const std::vector<std::size_t>& places);
  void refuse_to_follow();
  void tell_results_gone();
  void tell_results_changed();
  static constexpr std::string_view too_big_text = "[TOOBIG] message too large";  // RFC 4469 §4.2
  [[nodiscard]] std::optional<std::string> put_together(AppendMessage& message, std::size_t& room);
  [[nodiscard]] bool offers_urlauth() const;
  [[nodiscard]] std::string_view url_capabilities() const;
  [[nodiscard]] mailstore::Outcome make_url_key(const mailstore::Mailbox& mailbox, bool is_reset);
  [[nodiscard]] std::uint64_t url_key_resets() const;
  void tell_url_mechanisms();
  void step_url_fetch();
  void tell_quota();
  [[nodiscard]] std::optional<mailstore::Mailbox*> annotated(const Cursor& arguments, const std::string& written);
  std::size_t tell_metadata(const mailstore::Mailbox* mailbox, const GetMetadata& request);
  // Annotations of messages (RFC 5257).
  static constexpr std::string_view annotation_too_big_text = "[ANNOTATE TOOBIG] the value is too large";
  static constexpr std::string_view no_such_part_text = "that message has no such part";
  [[nodiscard]] std::optional<FetchValue> item_value(const FetchItem& item, const mailstore::Message& message,
                                                     Presentation& shown) const;
  [[nodiscard]] bool lacks_part(const mailstore::Message& message, std::string_view entry) const;
  [[nodiscard]] bool lacks_part(const mailstore::Message& message, const std::vector<FetchItem>& items) const;
  [[nodiscard]] bool may_annotate(const mailstore::Mailbox& mailbox,
                                  const std::vector<mailstore::Annotation>& annotations);
  void refuse_annotations(mailstore::Outcome outcome);
  [[nodiscard]] std::optional<mailstore::AnnotationsPointer> annotations_of_new(
      const mailstore::Mailbox& mailbox, const std::vector<mailstore::Annotation>& annotations,
      std::string_view content);
  [[nodiscard]] mailstore::KeepAnnotation kept_in(const mailstore::Mailbox& target) const;
  void store_annotations(const std::vector<std::size_t>& places, const std::vector<mailstore::Annotation>& annotations,
                         std::optional<mailstore::ModSeq> unchanged_since, bool by_uid);
  void end_store(const std::vector<std::size_t>& modified, bool gone, bool by_uid);
  void tell_annotation_support();
  void tell_annotated(const MailboxView::Annotated& annotated);
  using Found = std::function<void(const SearchKey& keys, const std::vector<std::size_t>& places)>;
  void search(SearchKey keys, Found then);
  using Mailboxes = std::vector<std::shared_ptr<const mailstore::Mailbox>>;
  void search_elsewhere(SearchOptions options, std::string text, std::string charset, Mailboxes mailboxes);
  void put_in_order(const std::vector<SortCriterion>& criteria, std::vector<std::size_t> places, const SearchKey& keys,
                    std::function<void(const std::vector<std::size_t>&)> then);
  [[nodiscard]] mailstore::Outcome room_for_copies(const std::vector<mailstore::Uid>& uids,
                                                   const mailstore::Mailbox& target, bool moves) const;
  void tell_copied(const mailstore::Mailbox& target, const std::vector<mailstore::Uid>& from,
                   const std::vector<mailstore::Uid>& to, bool moved);
  void expunge(std::vector<mailstore::Uid> uids);
  [[nodiscard]] std::vector<std::uint32_t> numbers_of(const std::vector<std::size_t>& places, bool by_uid) const;
  [[nodiscard]] std::uint64_t highest_modseq_of(const std::vector<std::size_t>& places) const;
  void tell_found(std::string_view name, const SearchOptions& options, const std::vector<std::size_t>& places,
                  bool by_uid, const SearchKey& keys);
  [[nodiscard]] SearchTarget search_target(std::size_t place) const;
  [[nodiscard]] std::vector<unsigned> relevancies(const SearchKey& keys, const std::vector<std::size_t>& places) const;

  // Handlers: from behind the verb to the end of the command. `by_uid`: the command was prefixed by UID.
  void on_capability(Cursor& arguments, bool by_uid);
  void on_noop(Cursor& arguments, bool by_uid);
  void on_logout(Cursor& arguments, bool by_uid);
  void on_authenticate(Cursor& arguments, bool by_uid);
  void on_login(Cursor& arguments, bool by_uid);
  void on_starttls(Cursor& arguments, bool by_uid);
  [[nodiscard]] bool allows_plaintext() const { return config_.plaintext_login || channel_; }
  [[nodiscard]] std::string_view tls_capabilities() const;
  void on_id(Cursor& arguments, bool by_uid);
  void on_enable(Cursor& arguments, bool by_uid);
  void on_idle(Cursor& arguments, bool by_uid);
  void on_notify(Cursor& arguments, bool by_uid);
  void on_compress(Cursor& arguments, bool by_uid);
  void uid_required() { done(Status::Bad, "[UIDREQUIRED] UIDONLY is enabled: name messages by UID"); }
  void on_namespace(Cursor& arguments, bool by_uid);
  void on_select(Cursor& arguments, bool by_uid);
  void on_examine(Cursor& arguments, bool by_uid);
  void on_create(Cursor& arguments, bool by_uid);
  void on_delete(Cursor& arguments, bool by_uid);
  void on_rename(Cursor& arguments, bool by_uid);
  void on_subscribe(Cursor& arguments, bool by_uid);
  void on_unsubscribe(Cursor& arguments, bool by_uid);
  void on_list(Cursor& arguments, bool by_uid);
  void on_lsub(Cursor& arguments, bool by_uid);
  void on_status(Cursor& arguments, bool by_uid);
  void on_append(Cursor& arguments, bool by_uid);
  void on_replace(Cursor& arguments, bool by_uid);
  void on_genurlauth(Cursor& arguments, bool by_uid);
  void on_urlfetch(Cursor& arguments, bool by_uid);
  void on_resetkey(Cursor& arguments, bool by_uid);
  void on_unauthenticate(Cursor& arguments, bool by_uid);
  void on_close(Cursor& arguments, bool by_uid);
  void on_unselect(Cursor& arguments, bool by_uid);
  void on_expunge(Cursor& arguments, bool by_uid);
  void on_uid_expunge(Cursor& arguments, bool by_uid);
  void on_search(Cursor& arguments, bool by_uid);
  void on_cancelupdate(Cursor& arguments, bool by_uid);
  void on_esearch(Cursor& arguments, bool by_uid);
  void on_sort(Cursor& arguments, bool by_uid);
  void on_thread(Cursor& arguments, bool by_uid);
  void on_setacl(Cursor& arguments, bool by_uid);
  void on_deleteacl(Cursor& arguments, bool by_uid);
  void on_getacl(Cursor& arguments, bool by_uid);
  void on_listrights(Cursor& arguments, bool by_uid);
  void on_myrights(Cursor& arguments, bool by_uid);
  void on_getmetadata(Cursor& arguments, bool by_uid);
  void on_setmetadata(Cursor& arguments, bool by_uid);
  void on_getquota(Cursor& arguments, bool by_uid);
  void on_getquotaroot(Cursor& arguments, bool by_uid);
  void on_fetch(Cursor& arguments, bool by_uid);
  void on_store(Cursor& arguments, bool by_uid);
  void on_copy(Cursor& arguments, bool by_uid);
  void on_move(Cursor& arguments, bool by_uid);

  ServerConfig config_;
  InputBuffer input_;
  MemoryShare literals_, values_;  ///< of the command that comes; of the response that is being taken
  UnitFramer framer_;
  /// Of the unit that is coming: what has stood as a Step before its literal was invited.
  struct Heard {
    std::uint64_t bytes_end{};
    std::size_t text{};
  } heard_;
  Outbox<Event> out_;
  StateId state_;
  std::optional<Instant> idle_since_;  ///< nothing before the greeting
  Instant now_;                        ///< of the poll() that is going on
  std::string tag_;                    ///< of the command being answered
  std::string context_;                ///< its verb, or "unknown"
  Enabled enabled_;
  bool keeps_numbers_{};  ///< the command's answer must not tell EXPUNGE
  int bad_commands_{};
  bool secret_wanted_{}, eof_{}, ended_{};
  bool no_memory_{};  ///< for the literal that was refused
  bool compressing_{};
  bool securing_{};                       ///< between OK and secured()
  std::optional<SecureChannel> channel_;  ///< once it is secured
  bool idling_{};                         ///< between "+" and DONE (RFC 2177)
  std::optional<sasl::ServerDialogue> dialogue_;
  LineFramer responses_{sasl::line_octets_max};  ///< takes the lines of a SASL exchange
  mailstore::Account* candidate_{};              ///< what is opened if the client proves to be its user
  mailstore::Account* account_{};
  std::optional<MailboxView> view_;  ///< in the selected state
  struct Annotating {
    bool told{};                           ///< changed annotations are (§4.2)
    bool writable{};                       ///< the mailbox was not opened by EXAMINE
  } annotating_;                           ///< how the selected mailbox was opened
  std::optional<std::string> flags_told_;  ///< by the last FLAGS of the selected mailbox
  std::vector<UpdateContext> followed_;    ///< searches in the selected mailbox that are kept up to date (RFC 5267)
  std::optional<FetchJob> fetch_;
  std::function<bool()> work_;             ///< the next piece of a long command; true when that is answered
  std::unique_ptr<NotifyRequest> notify_;  ///< once NOTIFY was given
  std::unique_ptr<WatchedStore> watched_;  ///< where what happens outside the selected mailbox is to be told
  bool acting_{};                          ///< a handler runs: what changes is this client's doing
  std::deque<UrlFetch> url_fetches_;       ///< that are to be answered
  std::uint64_t url_key_resets_told_{};    ///< of the selected mailbox
};

}  // namespace mailscope::imap
