#include "sim/trace/export_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/trace/printable.hpp"

namespace mailscope {

namespace {

enum class Tone { Plain, Dim, Strong, Good, Warning, Bad, Smtp, Pop3, Imap, Dns };

/// The parameters of ECMA-48's SGR. From the sixteen colours that every terminal has in its own light or dark taste.
std::string_view sgr(Tone tone) {
  switch (tone) {
    case Tone::Plain:
      return "0";
    case Tone::Dim:
      return "2";
    case Tone::Strong:
      return "1";
    case Tone::Good:
      return "32";
    case Tone::Bad:
      return "31";
    case Tone::Warning:
    case Tone::Smtp:
      return "33";
    case Tone::Pop3:
      return "34";
    case Tone::Imap:
      return "36";
    case Tone::Dns:
      return "35";
  }
  return "0";
}

Tone tone_of(std::string_view protocol) {
  if (protocol == "SMTP") return Tone::Smtp;
  if (protocol == "POP3") return Tone::Pop3;
  if (protocol == "IMAP") return Tone::Imap;
  if (protocol == "DNS") return Tone::Dns;
  return Tone::Plain;
}

Tone tone_of(Severity severity) {
  switch (severity) {
    case Severity::Info:
      return Tone::Plain;
    case Severity::Success:
      return Tone::Good;
    case Severity::Warning:
      return Tone::Warning;
    case Severity::Failure:
      return Tone::Bad;
  }
  return Tone::Plain;
}

}  // namespace

/// Columns: time, client, arrow, server with port, text. Lines about one host alone name it over both host columns.
class Transcript::Writer {
 public:
  Writer(const Trace& trace, TranscriptOptions options) : trace_(trace), options_(std::move(options)) {
    tr = options_.translate ? options_.translate : [](const char* english) { return std::string(english); };
    for (const Record& record : shown()) {
      const auto* opened = std::get_if<ConnectionOpened>(&record.what);
      if (!opened) continue;
      client_width_ = std::max(client_width_, host(opened->client.host).size());
      server_width_ = std::max(server_width_, server_name(*opened).size());
    }
  }

  std::string more() {
    if (!std::exchange(titled_, true))
      text_ = paint(Tone::Strong, printable(trace_.title)) +
              paint(Tone::Dim, fmt::format("  {:%F %T} UTC, seed {}\n", start_of_day_time(), trace_.seed));
    for (const Record& record : shown().subspan(written_)) {
      now_ = record.at;
      std::visit([this](const auto& what) { tell(what); }, record.what);
    }
    written_ = shown().size();
    return std::exchange(text_, {});
  }

 private:
  [[nodiscard]] std::span<const Record> shown() const {
    return trace_.records().first(trace_.count_until(options_.until));
  }
  [[nodiscard]] std::tm start_of_day_time() const {
    return fmt::gmtime(std::chrono::floor<std::chrono::seconds>(trace_.start.time_since_epoch()).count());
  }
  [[nodiscard]] const std::string& host(HostId id) const { return trace_.hosts.at(id.value).name; }
  [[nodiscard]] std::string server_name(const ConnectionOpened& opened) const {
    return fmt::format("{}:{}", host(opened.server.host), opened.server.port.number);
  }
  [[nodiscard]] std::string paint(Tone tone, std::string_view text) const {
    if (!options_.colour || tone == Tone::Plain || text.empty()) return std::string(text);
    return fmt::format("\x1b[{}m{}\x1b[0m", sgr(tone), text);
  }
  [[nodiscard]] std::string time() const {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(now_ - trace_.start).count();
    return fmt::format("{:02}:{:02}.{:03}", ms / 60'000, ms / 1'000 % 60, ms % 1'000);
  }
  [[nodiscard]] std::string explanation(std::string_view topic, const std::vector<std::string>& arguments = {}) const {
    return options_.explain ? printable(options_.explain(topic, arguments)) : std::string();
  }

  /// One row; further lines of `text` are indented to where its first begins.
  void row(std::string_view place, Tone tone, std::string_view text, std::string_view remark = {}) {
    const std::size_t indent = 2 + 9 + 2 + place.size() - marks_beyond_ascii(place) + 2;
    text_ += fmt::format("  {}  {}  ", paint(Tone::Dim, time()), place);
    for (std::size_t at = 0; at != std::string_view::npos;) {
      const std::size_t end = text.find('\n', at);
      if (at > 0 && end != at) text_.append(indent, ' ');
      text_ += paint(tone, text.substr(at, end - at)) + '\n';
      at = end == std::string_view::npos ? end : end + 1;
    }
    if (remark.empty()) return;
    text_.append(indent, ' ');
    text_ += paint(Tone::Dim, remark) + '\n';
  }
  /// An arrow is one column wide and three octets long.
  [[nodiscard]] static std::size_t marks_beyond_ascii(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char octet) { return (octet & 0xc0) == 0x80; }));
  }
  [[nodiscard]] std::string between(const ConnectionOpened& opened, std::string_view mark) const {
    return fmt::format("{:>{}} {} {:<{}}", host(opened.client.host), client_width_, mark, server_name(opened),
                       server_width_);
  }
  [[nodiscard]] std::string at(HostId id) const {
    return fmt::format("{:<{}}", host(id), client_width_ + 3 + server_width_);
  }
  /// The explanation of `topic`, the first time it is asked for.
  [[nodiscard]] std::string first_explanation(const std::string& topic) {
    return explained_.insert(topic).second ? explanation(topic) : std::string();
  }

  void tell(const ConnectionOpened& opened) {
    connections_.push_back(opened);
    const bool tcp = opened.transport == Transport::Tcp;
    // A purpose is no literal here: the collector finds the four of them in the window's sources.
    row(between(opened, "→"), Tone::Dim,
        fmt::format("{} {}, {} · {}", tcp ? tr("TCP connection from port") : tr("UDP datagrams from port"),
                    opened.client.port.number, opened.protocol, std::invoke(tr, opened.purpose.c_str())));
  }
  void tell(const ConnectionChanged& changed) {
    const ConnectionOpened& opened = connections_.at(changed.connection.value);
    const bool tcp = opened.transport == Transport::Tcp;
    switch (changed.phase) {
      case Phase::Opening:
      case Phase::Closing:
        return;
      case Phase::Open:
        if (tcp) row(between(opened, "↔"), Tone::Dim, tr("connection open"));
        return;
      case Phase::Closed:
        if (tcp) row(between(opened, "↔"), Tone::Dim, tr("connection closed"));
        return;
      case Phase::Refused:
        return row(between(opened, "×"), Tone::Bad, tcp ? tr("connection refused") : tr("port unreachable"),
                   first_explanation("tcp/refused"));
      case Phase::TimedOut:
        return row(between(opened, "×"), Tone::Bad, tr("connection timed out"), first_explanation("tcp/timed-out"));
      case Phase::Reset:
        return row(between(opened, "×"), Tone::Bad, tr("connection reset"), first_explanation("tcp/reset"));
    }
  }
  void tell(const LineSpoken& line) {
    // Where no engine of ours speaks for the other side, it is a real peer, and what was heard of it must do.
    if (line.step.direction == Direction::Received && engines_.contains({line.connection, line.speaker()})) return;
    const ConnectionOpened& opened = connections_.at(line.connection.value);
    std::string said = printable(line.step.text);
    if (line.step.text.size() >= step_text_octets_max)
      said += fmt::format("\n[… {}: {}]", tr("cut; octets in all"), line.step.bytes.size());
    row(between(opened, line.speaker() == Side::Client ? "→" : "←"),
        line.step.is_error ? Tone::Bad : tone_of(opened.protocol), said, first_explanation(line.step.topic));
  }
  void tell(const MailboxChanged& changed) {
    const MessageSummary& message = changed.message;
    const std::string what = printable(fmt::format("“{}” · {}", message.subject, message.from));
    const std::string waits =
        message.waits.empty() ? "" : fmt::format(" · {}: {}", tr("waits"), printable(std::invoke(tr, message.waits.c_str())));
    switch (changed.kind) {
      case MailboxChanged::Kind::Added:
        return row(
            at(changed.host), Tone::Good,
            fmt::format("+ {}: {} · {} {}{}", printable(changed.mailbox), what, message.octets, tr("octets"), waits));
      case MailboxChanged::Kind::Removed:
        return row(at(changed.host), Tone::Warning, fmt::format("- {}: {}", printable(changed.mailbox), what));
      case MailboxChanged::Kind::Updated:
        return row(at(changed.host), Tone::Plain,
                   fmt::format("* {}: {} [{}]{}{}", printable(changed.mailbox), what,
                               printable(fmt::format("{}", fmt::join(message.flags, " "))),
                               message.note.empty() ? "" : printable(" · “" + message.note + "”"), waits));
    }
  }
  void tell(const ChannelSecured& secured) {
    if (secured.side == Side::Server) return;  // both ends say it
    row(between(connections_.at(secured.connection.value), "="), Tone::Good,
        fmt::format("{}: {} {}", tr("encrypted from here on"), secured.version, secured.cipher_suite));
  }
  void tell(const SecretLogged&) {}
  void tell(const QueueChanged& changed) {
    row(at(changed.host), Tone::Dim, fmt::format("{}: {}", tr("queue"), changed.messages));
  }
  void tell(const Notice& notice) {
    std::string told = explanation(notice.topic, notice.arguments);
    if (told.empty()) told = printable(fmt::format("{}: {}", notice.topic, fmt::join(notice.arguments, ", ")));
    row(at(notice.host), tone_of(notice.severity), told);
  }
  void tell(const ActionBegan& began) {
    if (options_.action_title) row(at(began.host), Tone::Strong, printable(options_.action_title(began.action)));
  }
  void tell(const LessonStepReached& reached) {
    const std::string title = options_.step_title ? printable(options_.step_title(reached.step)) : std::string();
    text_ += '\n' + paint(Tone::Strong, fmt::format("{}. {}", reached.step + 1, title)) + '\n';
  }
  void tell(const EngineAttached& attached) { engines_.emplace(attached.connection, attached.side); }
  void tell(const PacketSent& sent) { on_the_wire_[sent.packet] = sent.connection; }
  void tell(const PacketEnded& ended) {
    const auto sent = on_the_wire_.extract(ended.packet);
    if (ended.fate == PacketFate::Altered && !sent.empty())
      row(between(connections_.at(sent.mapped().value), "×"), Tone::Bad, tr("octets were changed on the way"));
  }

  const Trace& trace_;
  TranscriptOptions options_;
  bool titled_{};
  std::size_t written_{};                      ///< records
  std::function<std::string(const char*)> tr;  ///< called so that the collector of translations finds its literals
  std::size_t client_width_{}, server_width_{};
  Instant now_;
  std::vector<ConnectionOpened> connections_;  ///< by ConnectionId
  std::set<std::pair<ConnectionId, Side>> engines_;
  std::map<PacketId, ConnectionId> on_the_wire_;
  std::set<std::string> explained_;
  std::string text_;
};

Transcript::Transcript(const Trace& trace, TranscriptOptions options)
    : writer_(std::make_unique<Writer>(trace, std::move(options))) {}
Transcript::~Transcript() = default;
std::string Transcript::more() { return writer_->more(); }

std::string format_transcript(const Trace& trace, const TranscriptOptions& options) {
  return Transcript(trace, options).more();
}

}  // namespace mailscope
