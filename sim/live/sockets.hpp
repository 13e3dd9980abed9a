// TCP sockets of this machine through SDL_net. Nothing here ever waits but a Waiter. It carries octets and knows
// neither the simulated world nor any protocol. The only files that know SDL and the system's socket calls are this
// one's.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct _TCPsocket;

namespace mailscope::live {

/// Who is at the other end.
struct Peer {
  std::uint32_t address{};  ///< IPv4, host byte order
  std::uint16_t port{};
  bool v6_loopback{};  ///< it is ::1 instead, the one IPv6 address that is listened at
  [[nodiscard]] bool is_loopback() const { return v6_loopback || address >> 24 == 127; }  ///< RFC 1122 §3.2.1.3 (g)
  [[nodiscard]] std::string text() const;                                                ///< "127.0.0.1"
};

/// A socket, closed when this goes.
class Socket {
 public:
  /// One that SDL_net opened.
  explicit Socket(_TCPsocket* socket);
  /// One of the system's: SDL_net's own calls would wait until it is connected, or listen at all addresses.
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket();
  /// The system's number of the socket; -1 where SDL_net keeps it elsewhere than where this looks for it.
  [[nodiscard]] int descriptor() const { return descriptor_; }
  /// No other socket ever has the same, as descriptors have.
  [[nodiscard]] std::uint64_t serial() const { return serial_; }

 protected:
  struct Closer {
    void operator()(_TCPsocket* socket) const;
  };
  std::unique_ptr<_TCPsocket, Closer> socket_;  ///< null for one of the system's
  int descriptor_;

 private:
  static std::uint64_t next_serial();
  std::uint64_t serial_{next_serial()};
};

/// One connection with a real peer.
class Stream final : public Socket {
 public:
  Stream(_TCPsocket* socket, Peer peer);
  /// That the system has accepted.
  [[nodiscard]] static std::unique_ptr<Stream> accepted(int descriptor, Peer peer);
  /// Begins to connect to a service; opening() tells what comes of it. Nothing where the system has no more sockets.
  [[nodiscard]] static std::unique_ptr<Stream> open(Peer to);
  enum class Opening : std::uint8_t { Pending, Done, Refused, Failed };
  /// To be asked again when the socket can be written to.
  [[nodiscard]] Opening opening();

  enum class Outcome : std::uint8_t { Progress, Nothing, Ended, Broken };
  /// Appends what has come, at most read_octets_max. Ended: the peer sends no more. Broken: it has reset the
  /// connection, or is gone.
  [[nodiscard]] Outcome read(std::string& into);
  /// Sends what the system takes of `bytes` now and removes it. Broken: as above.
  [[nodiscard]] Outcome write(std::string& bytes);
  /// Acknowledges what was read now: otherwise the system waits up to 40 ms for an answer that could carry it, and a
  /// peer that has a second small piece to send waits with it (RFC 1122 §4.2.3.2, §4.2.3.4).
  void acknowledge();
  /// FIN after everything written; the peer may go on sending.
  void shut_writing();
  /// On closing, RST instead of FIN.
  void reset_on_close();
  [[nodiscard]] const Peer& peer() const { return peer_; }

  static constexpr std::size_t read_octets_max = 64 << 10;  ///< at a time, so that one peer does not hold up others

 private:
  Stream(int descriptor, Peer peer);
  void send_at_once();

  Peer peer_;
  bool pending_{};       ///< the connection is being opened
  int connect_error_{};  ///< the system's number
};

/// A port that takes connections.
class Listener final : public Socket {
 public:
  /// At which of this machine's addresses. SDL_net can only listen at every one of IPv4's; what no other machine shall
  /// reach is opened here by the system's own calls.
  enum class At : std::uint8_t { Loopback, Loopback6, Everywhere };
  /// Nothing where the port is taken or may not be opened; error() says why.
  [[nodiscard]] static std::unique_ptr<Listener> open(std::uint16_t port, At at);
  [[nodiscard]] static std::string error();
  /// The next connection that waits, or null. `exhausted` is set where one waits, but the system has no descriptor or
  /// memory for it.
  [[nodiscard]] std::unique_ptr<Stream> accept(bool& exhausted);
  /// The machine has that address.
  [[nodiscard]] static bool has_v6_loopback();

  using Socket::Socket;
};

/// What to wait for at one socket, and whether it came.
struct Interest {
  Interest(const Socket& socket, bool wants_read, bool wants_write)
      : descriptor(socket.descriptor()), serial(socket.serial()), read(wants_read), write(wants_write) {}
  int descriptor;
  std::uint64_t serial;
  bool read, write;
};

/// Waits at many sockets. The system is told only what has changed since the last time: with hundreds of clients,
/// saying it all anew would take longer than serving those few that have something to say.
class Waiter {
 public:
  Waiter();
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter();
  /// Waits until one of the interests is met, at most `patience`, or until a signal comes. The fields that were not met
  /// are cleared. Precondition: every open socket that this has been told of is among them, and all are open.
  void wait(std::span<Interest> interests, std::chrono::milliseconds patience);

  /// Sockets that are told of at one time; the others' turn comes next.
  static constexpr int events_max = 256;

 private:
  struct Known {
    std::uint64_t serial{};  ///< of the socket that has this descriptor; 0: none
    std::uint32_t events{};  ///< as the system has them
    std::size_t interest{};  ///< its place in the span
  };
  void tell(const Interest& interest, std::uint32_t events);

  int epoll_;
  std::vector<Known> known_;  ///< by descriptor
};

/// SDL_net's life: one at a time, before the first socket. False where it cannot start or is not the library that
/// these files know.
class Library {
 public:
  Library();
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  [[nodiscard]] bool ready() const { return ready_; }

  /// The last that a thread does which has used sockets and is not SDL's own: frees what SDL keeps for it, its errors.
  static void thread_ends();

 private:
  bool ready_{};
};

}  // namespace mailscope::live
