// TLS as a stage between an engine and whoever carries octets: what the wire has goes in, what the engine has comes
// out, and the other way round (RFC 8446, RFC 5246). It waits for nothing, reads no clock and knows no mail protocol.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/core/engine.hpp"
#include "protocols/tls/context.hpp"

struct ssl_st;

namespace mailscope::tls {

/// Why a server's certificate was not believed (RFC 5280 §6, RFC 6125 §6, RFC 7817).
enum class CertificateFault : std::uint8_t { None, WrongName, Expired, NotYetValid, Untrusted, Other };

struct StageOptions {
  /// Client: whom it wants to talk to: sent as SNI (RFC 6066 §3) and held against the certificate's dNSNames. Not
  /// empty.
  std::string server_name;
  std::vector<std::string> protocols;  ///< client: offered by ALPN; none: no ALPN
  /// Client: false takes any certificate (opportunistic security, RFC 7435 §3); what is wrong with it is still told.
  bool verify{true};
  Duration handshake_max{std::chrono::minutes(1)};  ///< a peer that stops in the middle must not stay for ever
};

/// A message that TLS sends for itself. Both ends tell the same octets, text and topic.
struct Message {
  Direction direction{};
  ByteRange wire;    ///< the records that carry it, as octets of the ciphertext's stream; messages may share a record
  bool encrypted{};  ///< nobody on the way can read it
  std::string text, topic;
  bool is_error{};
};
/// A line of a key log file, with which a capture can be decrypted (the NSS format that Wireshark reads).
struct Secret {
  std::string line;
};
/// The handshake is complete.
struct Established {
  SecureChannel channel;
  CertificateFault fault{};  ///< client without `verify`: what was overlooked
};
/// Octets for the engine; `wire` are the records that carried them.
struct Received {
  std::string plaintext;
  ByteRange wire;
};
/// The peer has said close_notify: it will send nothing more (RFC 8446 §6.1).
struct PeerClosed {};
/// The channel is of no more use; nothing follows. `reason` is for people, in the words of OpenSSL or of an alert.
struct Failed {
  std::string reason;
  CertificateFault fault{};
};

class Stage {
 public:
  using Output = std::variant<Transmit, Message, Secret, Established, Received, PeerClosed, Failed>;

  /// `random` is asked where the context's library is Drawn. `wire_sent` and `wire_received` tell how many octets each
  /// direction has carried before: Message::wire and Received::wire count on from there.
  Stage(const Context& context, StageOptions options, RandomSource random, std::uint64_t wire_sent = 0,
        std::uint64_t wire_received = 0);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// The handshake begins: a client speaks first. `now` is the time at which certificates must be valid.
  void begin(Instant now);
  /// Ciphertext of the peer, cut as it comes. At most one unfinished record of it is kept (16 KiB and some).
  void receive(std::string_view ciphertext);
  /// The connection under it has ended.
  void receive_eof();
  /// Encrypts; gives the records in which the octets travel. Precondition: established and not failed.
  ByteRange send(std::string_view plaintext);
  /// Says close_notify. Nothing may be sent afterwards.
  void close();
  void deadline_passed(Instant now);
  /// Of the handshake.
  [[nodiscard]] std::optional<Instant> deadline() const;
  [[nodiscard]] std::optional<Output> poll();

 private:
  enum class State : std::uint8_t { Fresh, Handshaking, Established, Failed };
  /// Which octets of one direction's stream the records of the message or write that is going on are.
  struct Track {
    std::uint64_t at{};     ///< where the next record begins
    ByteRange span;         ///< records since the last message
    bool told{true};        ///< a message was told of `span`: the next record begins a new one
    bool changed_cipher{};  ///< TLS 1.2: what follows ChangeCipherSpec is encrypted
    bool encrypted{};       ///< the last record
  };
  struct Callbacks;

  void advance();
  void read_plaintext();
  void take_ciphertext();
  void tell_record(Direction direction, std::string_view header);
  void tell_message(Direction direction, int content_type, std::string_view octets);
  [[nodiscard]] Track& track(Direction direction) { return direction == Direction::Sent ? sent_ : received_; }
  [[nodiscard]] SecureChannel channel() const;
  [[nodiscard]] CertificateFault certificate_fault() const;
  void fail_by_openssl();
  void fail(std::string reason, CertificateFault fault = CertificateFault::None);

  Context context_;
  StageOptions options_;
  RandomSource random_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> connection_;
  State state_{};
  Track sent_, received_;
  std::string alert_;  ///< the fatal one that the peer sent
  bool peer_closed_{}, closed_{};
  std::optional<Instant> deadline_;
  std::deque<Output> outputs_;
};

/// A short English phrase for people: "the certificate is for another name".
[[nodiscard]] std::string_view phrase(CertificateFault fault);

}  // namespace mailscope::tls
