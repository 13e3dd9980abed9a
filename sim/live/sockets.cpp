#include "sim/live/sockets.hpp"

#include <SDL_net.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace mailscope::live {

namespace {

/// SDL_net's own calls wait: its Send until a slow peer has taken everything, its CheckSockets for readers alone and
/// for no more than select()'s 1024. So the descriptor is read off the front of its socket, where SDL_net 2 has kept it
/// since it exists, and every socket is held against what SDL_net says of it before it is used.
int descriptor_of(_TCPsocket* socket) {
  struct Front {
    int ready;
    int channel;
  } front{};
  std::memcpy(&front, socket, sizeof front);
  return front.channel;
}

Peer peer_of(const IPaddress& address) { return {SDL_SwapBE32(address.host), SDL_SwapBE16(address.port)}; }

/// The address that the system has for one end of the socket, or nothing where it is no socket at all.
std::optional<Peer> asked(int descriptor, int (*ask)(int, sockaddr*, socklen_t*)) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  sockaddr general{};
  if (ask(descriptor, &general, &size) != 0 || general.sa_family != AF_INET) return std::nullopt;
  std::memcpy(&address, &general, sizeof address);
  return Peer{ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
}

}  // namespace

std::string Peer::text() const {
  if (v6_loopback) return "::1";
  return std::to_string(address >> 24) + '.' + std::to_string(address >> 16 & 255) + '.' +
         std::to_string(address >> 8 & 255) + '.' + std::to_string(address & 255);
}

Socket::Socket(_TCPsocket* socket) : socket_(socket), descriptor_(descriptor_of(socket)) {}
std::uint64_t Socket::next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}
Socket::~Socket() {
  if (!socket_) ::close(descriptor_);
}
void Socket::Closer::operator()(_TCPsocket* socket) const { SDLNet_TCP_Close(socket); }

Stream::Stream(_TCPsocket* socket, Peer peer) : Socket(socket), peer_(peer) { send_at_once(); }
Stream::Stream(int descriptor, Peer peer) : Socket(descriptor), peer_(peer), pending_(true) { send_at_once(); }

std::unique_ptr<Stream> Stream::accepted(int descriptor, Peer peer) {
  std::unique_ptr<Stream> stream(new Stream(descriptor, peer));
  stream->pending_ = false;
  return stream;
}

/// A line is an answer that somebody waits for: it must not wait for the acknowledgement of the one before.
void Stream::send_at_once() {
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

std::unique_ptr<Stream> Stream::open(Peer to) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return nullptr;
  std::unique_ptr<Stream> stream(new Stream(descriptor, to));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(to.address);
  address.sin_port = htons(to.port);
  sockaddr general{};
  std::memcpy(&general, &address, sizeof general);
  if (::connect(descriptor, &general, sizeof general) != 0) stream->connect_error_ = errno == EINPROGRESS ? 0 : errno;
  return stream;
}

Stream::Opening Stream::opening() {
  if (!pending_) return Opening::Done;
  if (connect_error_ == 0) {
    pollfd asked{descriptor_, POLLOUT, 0};
    if (::poll(&asked, 1, 0) == 0) return Opening::Pending;
    socklen_t size = sizeof connect_error_;
    ::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &connect_error_, &size);
  }
  if (connect_error_ != 0) return connect_error_ == ECONNREFUSED ? Opening::Refused : Opening::Failed;
  pending_ = false;
  return Opening::Done;
}

Stream::Outcome Stream::read(std::string& into) {
  static thread_local std::array<char, read_octets_max> buffer;  // making one anew takes longer than most reads
  const ssize_t got = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got == 0) return Outcome::Ended;
  if (got < 0) return errno == EAGAIN || errno == EINTR ? Outcome::Nothing : Outcome::Broken;
  into.append(buffer.data(), static_cast<std::size_t>(got));
  return Outcome::Progress;
}

Stream::Outcome Stream::write(std::string& bytes) {
  std::size_t sent = 0;
  Outcome outcome = Outcome::Nothing;
  while (sent < bytes.size()) {
    const ssize_t taken = ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken < 0) {
      if (errno != EAGAIN && errno != EINTR) outcome = Outcome::Broken;
      break;
    }
    sent += static_cast<std::size_t>(taken);
    outcome = Outcome::Progress;
  }
  bytes.erase(0, sent);
  return outcome;
}

void Stream::acknowledge() {
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void Stream::shut_writing() { ::shutdown(descriptor_, SHUT_WR); }

void Stream::reset_on_close() {
  const linger hard{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

namespace {

thread_local std::string listening_error;

/// The system's own listening socket at 127.0.0.1 or ::1, or -1.
int listen_at_loopback(std::uint16_t port, bool v6) {
  const int descriptor = ::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage address{};
  socklen_t size{};
  if (v6) {
    ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    sockaddr_in6 own{};
    own.sin6_family = AF_INET6;
    own.sin6_addr = in6addr_loopback;
    own.sin6_port = htons(port);
    std::memcpy(&address, &own, size = sizeof own);
  } else {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    own.sin_port = htons(port);
    std::memcpy(&address, &own, size = sizeof own);
  }
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) == 0 && ::listen(descriptor, SOMAXCONN) == 0)
    return descriptor;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return -1;
}

bool is_exhaustion(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

}  // namespace

std::unique_ptr<Listener> Listener::open(std::uint16_t port, At at) {
  listening_error.clear();
  if (at != At::Everywhere) {
    const int descriptor = listen_at_loopback(port, at == At::Loopback6);
    if (descriptor >= 0) return std::make_unique<Listener>(descriptor);
    listening_error = std::strerror(errno);
    return nullptr;
  }
  IPaddress address{INADDR_ANY, SDL_SwapBE16(port)};
  _TCPsocket* socket = SDLNet_TCP_Open(&address);
  if (!socket) {
    listening_error = SDLNet_GetError();
    return nullptr;
  }
  auto listener = std::make_unique<Listener>(socket);
  ::listen(listener->descriptor(), SOMAXCONN);  // SDL_net asks for five, which a burst of clients overruns
  return listener;
}

std::string Listener::error() { return listening_error; }

bool Listener::has_v6_loopback() {
  const int descriptor = listen_at_loopback(0, true);
  if (descriptor >= 0) ::close(descriptor);
  return descriptor >= 0;
}

std::unique_ptr<Stream> Listener::accept(bool& exhausted) {
  if (socket_) {
    errno = 0;
    _TCPsocket* socket = SDLNet_TCP_Accept(socket_.get());
    exhausted = !socket && is_exhaustion(errno);
    return socket ? std::make_unique<Stream>(socket, peer_of(*SDLNet_TCP_GetPeerAddress(socket))) : nullptr;
  }
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int descriptor = ::accept4(descriptor_, reinterpret_cast<sockaddr*>(&from), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  exhausted = descriptor < 0 && is_exhaustion(errno);
  if (descriptor < 0) return nullptr;
  Peer peer{0, 0, from.ss_family == AF_INET6};
  if (!peer.v6_loopback) {
    sockaddr_in address{};
    std::memcpy(&address, &from, sizeof address);
    peer = {ntohl(address.sin_addr.s_addr), ntohs(address.sin_port)};
  }
  return Stream::accepted(descriptor, peer);
}

Waiter::Waiter() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
Waiter::~Waiter() { ::close(epoll_); }

void Waiter::tell(const Interest& interest, std::uint32_t events) {
  const auto place = static_cast<std::size_t>(interest.descriptor);
  if (known_.size() <= place) known_.resize(place + 1);
  Known& known = known_[place];
  // The system forgets a socket when it is closed: one with the same descriptor is new to it.
  if (known.serial != interest.serial) known = {interest.serial, 0, 0};
  if (known.events == events) return;
  // One that nothing is awaited of is left out: the system would go on telling that it has broken.
  const int what = events == 0 ? EPOLL_CTL_DEL : known.events == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  epoll_event event{events, {.fd = interest.descriptor}};
  if (::epoll_ctl(epoll_, what, interest.descriptor, &event) == 0) known.events = events;
}

void Waiter::wait(std::span<Interest> interests, std::chrono::milliseconds patience) {
  for (std::size_t i = 0; i < interests.size(); ++i) {
    Interest& interest = interests[i];
    tell(interest, (interest.read ? EPOLLIN : 0U) | (interest.write ? EPOLLOUT : 0U));
    known_[static_cast<std::size_t>(interest.descriptor)].interest = i;
    interest.read = interest.write = false;
  }
  std::array<epoll_event, events_max> met;
  const int count = ::epoll_wait(epoll_, met.data(), events_max, static_cast<int>(patience.count()));
  for (const epoll_event& event : std::span(met).first(static_cast<std::size_t>(std::max(0, count)))) {
    const Known& known = known_[static_cast<std::size_t>(event.data.fd)];
    const bool broken = (event.events & (EPOLLERR | EPOLLHUP)) != 0;  // reading or writing tells what it is
    interests[known.interest].read = (known.events & EPOLLIN) != 0 && (broken || (event.events & EPOLLIN) != 0);
    interests[known.interest].write = (known.events & EPOLLOUT) != 0 && (broken || (event.events & EPOLLOUT) != 0);
  }
}

Library::Library() {
  if (SDLNet_Init() < 0) return;
  // A listener at a port of the system's choice shows whether descriptors are where descriptor_of() looks.
  IPaddress any{INADDR_ANY, 0};
  _TCPsocket* probe = SDLNet_TCP_Open(&any);
  if (!probe) return;
  const std::optional<Peer> own = asked(descriptor_of(probe), ::getsockname);
  ready_ = own && own->port != 0;
  SDLNet_TCP_Close(probe);
}
Library::~Library() { SDLNet_Quit(); }
void Library::thread_ends() { SDL_TLSCleanup(); }

}  // namespace mailscope::live
