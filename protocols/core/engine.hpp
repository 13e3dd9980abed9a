// What every protocol engine looks like from outside: bytes and time in, one ordered queue of outputs out.
// An engine knows no socket, no clock, no thread and no host. It refuses to know who carries its bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "protocols/core/secure_channel.hpp"
#include "protocols/core/time.hpp"

namespace mailscope {

/// Index into Machine::states. Each engine has an enum of its own with the same order as its table of names.
struct StateId {
  std::uint8_t value{};
  friend bool operator==(StateId, StateId) = default;
};

/// One legal move: in state `from`, the input or output named `on` (a verb such as "RCPT", or "RCPT 250") leads to
/// `to`.
struct Transition {
  StateId from;
  std::string_view on;
  StateId to;
};

/// An engine's state machine as data: it drives the engine's order checks and the picture that is drawn of it.
/// All views refer to static storage.
struct Machine {
  std::string_view name;                     ///< e.g. "SMTP server"
  std::span<const std::string_view> states;  ///< name of each state, by StateId
  std::span<const Transition> transitions;

  /// The state that `on` leads to from `from`, or nothing where the table has no such move.
  [[nodiscard]] constexpr std::optional<StateId> next(StateId from, std::string_view on) const {
    for (const Transition& move : transitions)
      if (move.from == from && move.on == on) return move.to;
    return std::nullopt;
  }
};

/// Half-open range of octet offsets in the byte stream of one direction of a connection, counted from 0.
struct ByteRange {
  std::uint64_t begin{};
  std::uint64_t end{};
  [[nodiscard]] constexpr std::uint64_t size() const { return end - begin; }
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

enum class Direction : std::uint8_t { Sent, Received };

/// Octets for the peer.
struct Transmit {
  std::string bytes;
};

/// The security layer begins here (STARTTLS): after everything transmitted so far, the next octets of both directions
/// are its own. The engine has discarded the plaintext that it had received beyond this point (CVE-2011-0411), is given
/// no octets and says nothing until secured() or securing_failed().
struct StartTls {};

/// Compression begins here (RFC 4978 §3): everything transmitted from now on is compressed, and so is everything that
/// the peer sends. The engine gives back what it had received beyond this point, and goes on at once.
struct StartCompression {
  std::string received;
};
/// It ends here, for both directions (RFC 8437 §2).
struct StopCompression {};

/// The engine has nothing more to say: close the connection once everything transmitted has left.
struct Close {};

/// At most this many octets of a line or body are copied into Step::text; `bytes` tells the true size.
inline constexpr std::size_t step_text_octets_max = 4096;

/// One line of the conversation as a textbook would print it: a command, a whole (multi-line) reply, a body.
/// Emitted by both ends: by the sender with Direction::Sent just before its Transmit, by the receiver with
/// Direction::Received when it has acted on it. The ranges of the two are equal.
struct Step {
  Direction direction{};
  ByteRange bytes;    ///< which octets of that direction's stream, line ends included
  StateId from, to;   ///< this engine's state before and after
  std::string text;   ///< wire text without the last line end, lines joined by '\n', never translated
  std::string topic;  ///< key of its explanation, e.g. "smtp/command/RCPT", "smtp/reply/250"
  bool is_error{};    ///< a negative reply (4yz, 5yz, -ERR, NO, BAD, NXDOMAIN …)
};

/// One unit of an engine's ordered output. `Event` is the engine's own variant of what its host must know or decide.
template <class Event>
using Output = std::variant<Transmit, Step, StartTls, StartCompression, StopCompression, Close, Event>;

/// receive() only stores; poll() consumes at most one unit of input and returns the next output, or nothing when
/// it needs more input, more time, or the host's decision on an event. Bytes given whole or one at a time give
/// the same outputs. No exception leaves an engine.
template <class E>
concept Engine = requires(E engine, const E& view, Instant now, std::string_view bytes) {
  typename E::Event;
  { engine.receive(now, bytes) } -> std::same_as<void>;
  { engine.receive_eof(now) } -> std::same_as<void>;
  { engine.deadline_passed(now) } -> std::same_as<void>;  ///< call when now >= *deadline()
  { engine.poll(now) } -> std::same_as<std::optional<Output<typename E::Event>>>;
  { view.deadline() } -> std::same_as<std::optional<Instant>>;
  { view.machine() } -> std::same_as<const Machine&>;
  { view.state() } -> std::same_as<StateId>;
};

/// An engine that can run over a security layer. secured() is called before the first poll() where the layer stands
/// from the beginning (implicit TLS, RFC 8314 §3), or once after each StartTls. Either call is followed by poll().
template <class E>
concept SecurableEngine = Engine<E> &&
    requires(E engine, Instant now, const SecureChannel& channel, std::string_view reason) {
  { engine.secured(now, channel) } -> std::same_as<void>;
  { engine.securing_failed(now, reason) } -> std::same_as<void>;  ///< the connection is of no more use
};

}  // namespace mailscope
