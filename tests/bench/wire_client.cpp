// The other side of the speed bench: asks a served IMAP or POP3 server over a plain socket of this machine, looks at no
// more of the answer than where it ends, and tells how long that took. The same program asks every server.
//
// usage: wire_client WORKLOAD PORT USER PASSWORD MESSAGES ROUNDS
//   WORKLOAD: bodies, flags, structure, search (IMAP: one command for the whole INBOX); retr, pipelined (POP3)
// Prints for each round "MESSAGES SECONDS OCTETS".
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace {

class Wire {
 public:
  explicit Wire(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr general{};
    std::memcpy(&general, &address, sizeof general);
    if (::connect(socket_, &general, sizeof general) != 0) throw std::runtime_error("nobody answers");
  }
  ~Wire() { ::close(socket_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  void say(std::string_view octets) {
    while (!octets.empty()) {
      const ssize_t sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the server takes no more");
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Reads on until what was read so far ends in a whole line and `is_end` holds for that last line.
  template <class IsEnd>
  std::string hear(IsEnd is_end) {
    for (;;) {
      if (tail_.ends_with("\r\n")) {
        const std::size_t before = tail_.rfind("\r\n", tail_.size() - 3);
        const std::size_t begin = before == std::string::npos ? 0 : before + 2;
        if (is_end(std::string_view(tail_).substr(begin))) return std::exchange(tail_, {}).substr(begin);
      }
      more();
    }
  }
  /// Reads on until `count` multi-line replies have ended (RFC 1939 §3). No message here has such a line within.
  void hear_multi_line(std::size_t count) {
    constexpr std::string_view end = "\r\n.\r\n";
    std::size_t searched = 0;
    while (count > 0) {
      const std::size_t at = tail_.find(end, searched);
      if (at != std::string::npos) {
        --count;
        searched = at + end.size();
        continue;
      }
      tail_.erase(0, tail_.size() - std::min(tail_.size() - searched, end.size() - 1));
      searched = 0;
      more();
    }
    tail_.clear();
  }
  [[nodiscard]] std::size_t octets() const { return octets_; }

 private:
  static constexpr std::size_t chunk = 256 << 10, tail_max = 4096;
  void more() {
    const std::size_t kept = tail_.size();
    if (kept > tail_max && kept > chunk) tail_.erase(0, kept - tail_max);
    const std::size_t before = tail_.size();
    tail_.resize(before + chunk);
    const ssize_t got = ::recv(socket_, tail_.data() + before, chunk, 0);
    if (got <= 0) throw std::runtime_error("the server has hung up");
    tail_.resize(before + static_cast<std::size_t>(got));
    octets_ += static_cast<std::size_t>(got);
  }

  int socket_;
  std::string tail_;
  std::size_t octets_{};
};

std::string tagged(Wire& wire, const std::string& command) {
  wire.say("t " + command + "\r\n");
  std::string line = wire.hear([](std::string_view last) { return last.starts_with("t "); });
  if (!line.starts_with("t OK")) throw std::runtime_error(command + ": " + line);
  return line;
}

template <class Round>
void measure(int rounds, std::size_t messages, const Wire& wire, Round round) {
  for (int i = 0; i < rounds; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    const std::size_t before = wire.octets();
    round();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    std::cout << messages << ' ' << took.count() << ' ' << wire.octets() - before << '\n';
  }
}

void imap(Wire& wire, const std::string& command, const std::string& user, const std::string& password,
          std::size_t messages, int rounds) {
  (void)wire.hear([](std::string_view) { return true; });
  (void)tagged(wire, "LOGIN " + user + ' ' + password);
  (void)tagged(wire, "SELECT INBOX");
  measure(rounds, messages, wire, [&] { (void)tagged(wire, command); });
}

void pop3(Wire& wire, bool pipelined, const std::string& user, const std::string& password, std::size_t messages,
          int rounds) {
  const auto line = [&wire] { return wire.hear([](std::string_view) { return true; }); };
  (void)line();
  wire.say("USER " + user + "\r\n");
  (void)line();
  wire.say("PASS " + password + "\r\n");
  if (!line().starts_with("+OK")) throw std::runtime_error("POP3 login");
  measure(rounds, messages, wire, [&] {
    std::string all;
    for (std::size_t i = 1; i <= messages; ++i) {
      const std::string command = "RETR " + std::to_string(i) + "\r\n";
      if (pipelined) {
        all += command;
      } else {
        wire.say(command);
        wire.hear_multi_line(1);
      }
    }
    wire.say(all);
    if (pipelined) wire.hear_multi_line(messages);
  });
}

}  // namespace

int main(int argc, char** argv) {
  static const std::map<std::string, std::string> commands{
      {"bodies", "FETCH 1:* (BODY.PEEK[])"},
      {"flags", "FETCH 1:* (FLAGS UID RFC822.SIZE INTERNALDATE)"},
      {"structure", "FETCH 1:* (ENVELOPE BODYSTRUCTURE)"},
      {"search", "SEARCH BODY \"a needle in this haystack\""},
  };
  try {
    if (argc != 7) throw std::runtime_error("usage: wire_client WORKLOAD PORT USER PASSWORD MESSAGES ROUNDS");
    const std::string workload = argv[1];
    Wire wire(static_cast<std::uint16_t>(std::stoi(argv[2])));
    const std::size_t messages = std::stoul(argv[5]);
    const int rounds = std::stoi(argv[6]);
    if (const auto command = commands.find(workload); command != commands.end())
      imap(wire, command->second, argv[3], argv[4], messages, rounds);
    else
      pop3(wire, workload == "pipelined", argv[3], argv[4], messages, rounds);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "wire_client: " << error.what() << '\n';
    return 1;
  }
}
