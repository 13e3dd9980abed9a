// Runs a client engine against a real server of this machine, over a plain socket, in real time, and prints what came
// of it as JSON: for the tests in Python beside it. Each protocol is one function that makes its engine and says what
// its events mean; drive() knows sockets, and no protocol.
//
// usage: engine_client smtp PORT KEY=VALUE… <message
//   from=ADDRESS to=ADDRESS[,ADDRESS…] user=NAME password=WORD mechanism=NAME chunking=where-offered pipelining=no
//   notify=success|never priority=N
#include <arpa/inet.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "protocols/smtp/client.hpp"

namespace {

using namespace mailscope;
using nlohmann::json;
using Options = std::map<std::string, std::string>;

/// The longest that a server of this machine may take to say something.
constexpr int patience_ms = 20'000;

Instant now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()));
}

class Socket {
 public:
  explicit Socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("no server on port " + std::to_string(port));
  }
  ~Socket() { ::close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void write(std::string_view octets) const {
    while (!octets.empty()) {
      const ssize_t sent = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) throw std::runtime_error("the server takes nothing more");
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Empty at the end of the stream.
  [[nodiscard]] std::string read() const {
    pollfd waiting{descriptor_, POLLIN, 0};
    if (::poll(&waiting, 1, patience_ms) <= 0) throw std::runtime_error("the server says nothing");
    std::string octets(65'536, '\0');
    const ssize_t count = ::recv(descriptor_, octets.data(), octets.size(), 0);
    octets.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return octets;
  }

 private:
  int descriptor_;
};

/// Runs the engine until it closes; `hear` is told of its events. Gives every line that was said, "C: " or "S: ".
template <class E, class Hear>
json drive(E& engine, const Socket& socket, Hear hear) {
  json lines = json::array();
  while (true) {
    while (auto output = engine.poll(now())) {
      if (const auto* transmit = std::get_if<Transmit>(&*output)) socket.write(transmit->bytes);
      if (const auto* step = std::get_if<Step>(&*output))
        lines.push_back((step->direction == Direction::Sent ? "C: " : "S: ") + step->text);
      if (const auto* event = std::get_if<typename E::Event>(&*output)) hear(*event);
      if (std::holds_alternative<Close>(*output)) return lines;
    }
    const std::string octets = socket.read();
    octets.empty() ? engine.receive_eof(now()) : engine.receive(now(), octets);
  }
}

std::string value(const Options& options, const std::string& key, std::string absent = "") {
  const auto found = options.find(key);
  return found == options.end() ? absent : found->second;
}

std::vector<std::string> values(const Options& options, const std::string& key) {
  std::istringstream list(value(options, key));
  std::vector<std::string> all;
  for (std::string each; std::getline(list, each, ',');) all.push_back(each);
  return all;
}

std::string random_octets(std::size_t count) {
  std::string octets(count, '\0');
  if (::getrandom(octets.data(), count, 0) != static_cast<ssize_t>(count)) throw std::runtime_error("no randomness");
  return octets;
}

json smtp_session(const Socket& socket, const Options& options) {
  smtp::ClientConfig config;
  config.helo_name = "[127.0.0.1]";
  config.pipelining = value(options, "pipelining", "yes") == "yes";
  if (value(options, "chunking") != "where-offered") config.chunking = smtp::Chunking::WhereNeeded;
  if (options.contains("user"))
    config.credentials = smtp::Credentials{value(options, "user"), value(options, "password")};
  config.authentication = {sasl::mechanism(value(options, "mechanism")), true, random_octets};
  smtp::OutgoingMessage message{smtp::envelope(value(options, "from"), values(options, "to")),
                                std::string(std::istreambuf_iterator<char>(std::cin), {})};
  for (smtp::Recipient& recipient : message.envelope.recipients) {
    recipient.notify.success = value(options, "notify") == "success";
    recipient.notify.never = value(options, "notify") == "never";
  }
  if (options.contains("priority"))
    message.envelope.priority = static_cast<std::int8_t>(std::stoi(value(options, "priority")));
  smtp::Client engine(std::move(config), {message});
  json recipients = json::array();
  bool in_order = false;
  json lines = drive(engine, socket, [&](const smtp::Client::Event& event) {
    if (const auto* end = std::get_if<smtp::SessionDone>(&event)) in_order = end->in_order;
    if (const auto* done = std::get_if<smtp::MessageDone>(&event))
      for (const auto& each : done->recipients)
        recipients.push_back({{"to", each.forward_path},
                              {"code", each.reply.code},
                              {"enhanced", each.reply.enhanced},
                              {"text", each.reply.lines},
                              {"ours", each.ours},
                              {"owes_report", each.owes_report}});
  });
  return {{"recipients", recipients}, {"in_order", in_order}, {"lines", lines}};
}

constexpr std::pair<std::string_view, json (*)(const Socket&, const Options&)> protocols[] = {{"smtp", smtp_session}};

}  // namespace

int main(int count, char** arguments) try {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  Options options;
  for (std::size_t i = 2; i < words.size(); ++i)
    options[words[i].substr(0, words[i].find('='))] = words[i].substr(words[i].find('=') + 1);
  for (const auto& [name, session] : protocols) {
    if (words.size() < 2 || words[0] != name) continue;
    const Socket socket(static_cast<std::uint16_t>(std::stoi(words[1])));
    std::cout << session(socket, options).dump(1, ' ', false, json::error_handler_t::replace) << '\n';
    return 0;
  }
  std::cerr << "usage: engine_client smtp PORT KEY=VALUE...\n";
  return 2;
} catch (const std::exception& fault) {
  std::cerr << "engine_client: " << fault.what() << '\n';
  return 1;
}
