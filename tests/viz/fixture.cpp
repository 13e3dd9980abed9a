#include "tests/viz/fixture.hpp"

#include <algorithm>

namespace mailscope::fixture {
namespace {

using std::chrono::milliseconds;

enum Host : std::uint32_t { AnnaLaptop, MailAlba, Dns, MxLlevant, BrunoLaptop, BrunoPhone };
enum Link : std::uint32_t { AnnaToAlba, AlbaToDns, AlbaToMx, LaptopToMx, PhoneToMx };
constexpr std::array latencies{milliseconds(20), milliseconds(8), milliseconds(35), milliseconds(15), milliseconds(45)};

constexpr std::array<std::string_view, 6> smtp_states{"greeting", "connected", "ready", "mail", "rcpt", "data"};
constexpr std::array<Transition, 6> smtp_moves{{{StateId{0}, "220", StateId{1}},
                                                {StateId{1}, "EHLO", StateId{2}},
                                                {StateId{2}, "MAIL", StateId{3}},
                                                {StateId{3}, "RCPT", StateId{4}},
                                                {StateId{4}, "DATA", StateId{5}},
                                                {StateId{5}, "content", StateId{2}}}};
constexpr Machine smtp_machine{"SMTP server", smtp_states, smtp_moves};
constexpr std::array<std::string_view, 3> simple_states{"greeting", "authorization", "transaction"};
constexpr std::array<Transition, 2> simple_moves{
    {{StateId{0}, "greeting", StateId{1}}, {StateId{1}, "PASS", StateId{2}}}};
constexpr Machine simple_machine{"POP3 server", simple_states, simple_moves};

/// Writes a trace as the simulator would, but in the order in which a person tells a story.
class Story {
 public:
  explicit Story(Trace& trace) : trace_(trace), now_(trace.start) {}

  void pause(Duration duration) { now_ += duration; }
  void note(Happening what) { happenings_.emplace_back(now_, std::move(what)); }

  void connect(Host client, Host server, std::uint16_t port, Link link, std::string protocol, std::string purpose,
               const Machine& machine) {
    link_ = link;
    connection_ = ConnectionId{connections_++};
    sent_ = {};
    const auto transport = protocol == "DNS" ? Transport::Udp : Transport::Tcp;
    note(ConnectionOpened{connection_,
                          transport,
                          {HostId{client}, Port{next_port_++}},
                          {HostId{server}, Port{port}},
                          std::move(protocol),
                          std::move(purpose)});
    if (transport == Transport::Tcp) {
      packet(Side::Client, {.syn = true}, "");
      packet(Side::Server, {.syn = true, .ack = true}, "");
    }
    note(ConnectionChanged{connection_, Phase::Open});
    note(EngineAttached{connection_, Side::Server, trace_.machine_id(machine), StateId{0}});
  }
  void refused(Host client, Host server, std::uint16_t port, Link link) {
    link_ = link;
    connection_ = ConnectionId{connections_++};
    note(ConnectionOpened{connection_,
                          Transport::Tcp,
                          {HostId{client}, Port{next_port_++}},
                          {HostId{server}, Port{port}},
                          "SMTP",
                          "submission"});
    packet(Side::Client, {.syn = true}, "");
    packet(Side::Server, {.ack = true, .rst = true}, "");
    note(ConnectionChanged{connection_, Phase::Refused});
  }
  void close() { note(ConnectionChanged{connection_, Phase::Closed}); }

  void say(Side side, std::string text, std::string topic, std::uint8_t from, std::uint8_t to, bool is_error = false) {
    auto& sent = sent_.at(static_cast<std::size_t>(side));
    Step step{Direction::Sent, {sent, sent + text.size() + 2}, StateId{from}, StateId{to}, text, std::move(topic),
              is_error};
    sent = step.bytes.end;
    note(LineSpoken{connection_, side, step});
    packet(side, {.ack = true, .psh = true}, text + "\r\n", step.bytes);
    step.direction = Direction::Received;
    note(LineSpoken{connection_, other(side), step});
  }
  void client(std::string text, std::string topic, std::uint8_t from = 1, std::uint8_t to = 1) {
    say(Side::Client, std::move(text), std::move(topic), from, to);
  }
  void server(std::string text, std::string topic, std::uint8_t from = 1, std::uint8_t to = 1, bool is_error = false) {
    say(Side::Server, std::move(text), std::move(topic), from, to, is_error);
  }

  /// Hands everything to the trace, in order of time.
  void finish() {
    std::stable_sort(happenings_.begin(), happenings_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [at, what] : happenings_) trace_.append(at, std::move(what));
  }

 private:
  void packet(Side from, TcpFlags flags, std::string payload, ByteRange stream = {}) {
    const Instant arrives = now_ + latencies.at(link_);
    const PacketId id{packets_++};
    note(PacketSent{id, connection_, from, LinkId{link_}, arrives, flags, 0, 0, false, stream, std::move(payload)});
    now_ = arrives;
    note(PacketEnded{id, PacketFate::Delivered});
  }

  Trace& trace_;
  Instant now_;
  Link link_{};
  ConnectionId connection_;
  std::uint32_t connections_{}, packets_{};
  std::uint16_t next_port_{49152};
  std::array<std::uint64_t, 2> sent_{};
  std::vector<std::pair<Instant, Happening>> happenings_;
};

HostInfo device(std::string name, std::string label, HostKind kind, StagePlace place, std::string address) {
  return {std::move(name),
          std::move(label),
          kind == HostKind::Phone ? "phone" : "laptop",
          kind,
          std::move(address),
          {},
          {"INBOX", "Sent"},
          place};
}

HostInfo mail_server(std::string name, std::string mailbox, StagePlace place, std::string address) {
  HostInfo host{name, name, "mail-server", HostKind::MailServer, std::move(address), {}, {std::move(mailbox)}, place};
  host.ports = {
      {Port{25}, Transport::Tcp, "SMTP", "relay", PortPolicy::Open},
      {Port{587}, Transport::Tcp, "SMTP", "submission", place.column == 1 ? PortPolicy::Open : PortPolicy::Closed},
      {Port{110}, Transport::Tcp, "POP3", "pop3", PortPolicy::Open},
      {Port{143}, Transport::Tcp, "IMAP", "imap", PortPolicy::Open},
      {Port{995}, Transport::Tcp, "POP3", "pop3", PortPolicy::Filtered}};
  return host;
}

void take_part(Trace& trace) {
  trace.title = "Post";
  trace.start = Instant(std::chrono::hours(24 * 365 * 56));
  trace.hosts = {device("anna-laptop", "Anna", HostKind::Laptop, {0, 0}, "192.0.2.10"),
                 mail_server("mail.alba.example", "anna/INBOX", {1, 0}, "192.0.2.25"),
                 {"dns",
                  "DNS",
                  "dns-server",
                  HostKind::DnsServer,
                  "192.0.2.53",
                  {{Port{53}, Transport::Udp, "DNS", "dns", PortPolicy::Open}},
                  {},
                  StagePlace{1, 1}},
                 mail_server("mx.llevant.example", "bruno/INBOX", {2, 0}, "198.51.100.25"),
                 device("bruno-laptop", "Bruno", HostKind::Laptop, {2, 1}, "198.51.100.10"),
                 device("bruno-phone", "Bruno", HostKind::Phone, {3, 1}, "198.51.100.11")};
  constexpr std::array<std::pair<Host, Host>, 5> ends{{{AnnaLaptop, MailAlba},
                                                       {MailAlba, Dns},
                                                       {MailAlba, MxLlevant},
                                                       {BrunoLaptop, MxLlevant},
                                                       {BrunoPhone, MxLlevant}}};
  for (std::size_t i = 0; i < ends.size(); ++i)
    trace.links.push_back({HostId{ends[i].first}, HostId{ends[i].second}, latencies[i], 20'000'000});
}

MessageSummary lunch() { return {1, "Anna <anna@alba.example>", "Lunch on Friday?", 412, {}, true}; }

void submit_and_relay(Story& story) {
  story.note(ActionBegan{0, HostId{AnnaLaptop}});
  story.connect(AnnaLaptop, MailAlba, 587, AnnaToAlba, "SMTP", "submission", smtp_machine);
  story.server("220 mail.alba.example ESMTP", "smtp/reply/greeting/220", 0, 1);
  story.client("EHLO anna-laptop", "smtp/command/EHLO", 1, 2);
  story.server("250-mail.alba.example\n250-SIZE 10485760\n250 AUTH PLAIN", "smtp/reply/EHLO/250", 2, 2);
  story.note(LessonStepReached{1});
  story.client("MAIL FROM:<anna@alba.example>", "smtp/command/MAIL", 2, 3);
  story.server("250 2.1.0 Sender OK", "smtp/reply/MAIL/250", 3, 3);
  story.client("RCPT TO:<nobody@llevant.example>", "smtp/command/RCPT", 3, 3);
  story.server("550 5.1.1 No such mailbox", "smtp/reply/RCPT/550", 3, 3, true);
  story.client("RCPT TO:<bruno@llevant.example>", "smtp/command/RCPT", 3, 4);
  story.server("250 2.1.5 Recipient OK", "smtp/reply/RCPT/250", 4, 4);
  story.note(MailboxChanged{HostId{AnnaLaptop}, "Sent", MailboxChanged::Kind::Added, lunch()});
  story.note(QueueChanged{HostId{MailAlba}, 1});
  story.close();
  story.connect(MailAlba, Dns, 53, AlbaToDns, "DNS", "lookup", simple_machine);
  story.client("MX llevant.example", "dns/query/MX");
  story.server("MX 10 mx.llevant.example", "dns/answer/MX/NOERROR");
  story.close();
  story.note(LessonStepReached{2});
  story.connect(MailAlba, MxLlevant, 25, AlbaToMx, "SMTP", "relay", smtp_machine);
  story.server("220 mx.llevant.example ESMTP", "smtp/reply/greeting/220", 0, 1);
  story.client("EHLO mail.alba.example", "smtp/command/EHLO", 1, 2);
  story.server("250 mx.llevant.example", "smtp/reply/EHLO/250", 2, 2);
  story.note(MailboxChanged{HostId{MxLlevant}, "bruno/INBOX", MailboxChanged::Kind::Added, lunch()});
  story.note(QueueChanged{HostId{MailAlba}, 0});
  story.note(Notice{HostId{MxLlevant}, std::nullopt, Severity::Success, "notice/delivered", {"bruno"}});
  story.close();
}

void retrieve(Story& story) {
  story.pause(milliseconds(300));
  story.note(ActionBegan{1, HostId{BrunoLaptop}});
  story.note(LessonStepReached{3});
  story.refused(BrunoLaptop, MxLlevant, 587, LaptopToMx);
  story.connect(BrunoLaptop, MxLlevant, 110, LaptopToMx, "POP3", "retrieval", simple_machine);
  story.server("+OK POP3 ready", "pop3/reply/greeting/+OK", 0, 1);
  story.client("USER bruno", "pop3/command/USER", 1, 1);
  story.server("+OK", "pop3/reply/USER/+OK", 1, 1);
  story.client("PASS ginger-4", "pop3/command/PASS", 1, 2);
  story.server("+OK 1 message", "pop3/reply/PASS/+OK", 2, 2);
  story.note(MailboxChanged{HostId{BrunoLaptop}, "INBOX", MailboxChanged::Kind::Added, lunch()});
  story.close();
  story.pause(milliseconds(200));
  story.connect(BrunoPhone, MxLlevant, 143, PhoneToMx, "IMAP", "retrieval", simple_machine);
  story.server("* OK IMAP4rev1 ready", "imap/untagged/greeting", 0, 1);
  story.client("a1 LOGIN bruno ginger-4", "imap/command/LOGIN", 1, 2);
  story.server("a1 OK LOGIN completed", "imap/reply/LOGIN/OK", 2, 2);
  story.close();
}

HostSetting host(const HostInfo& info) {
  HostSetting setting{info.name, info.label, info.kind, info.address, info.place, DeviceSetting{}};
  if (info.kind == HostKind::MailServer) setting.what = MailServerSetting{};
  if (info.kind == HostKind::DnsServer) setting.what = DnsServerSetting{};
  return setting;
}

}  // namespace

Scenario scenario() {
  Trace trace;
  take_part(trace);
  Scenario made;
  made.title.by_language = {"Send and retrieve", "Enviar i recollir", "Enviar y recoger", "Inviare e ritirare"};
  made.summary.by_language = {
      "Anna sends a message; it travels over two mail servers to Bruno, who collects it.",
      "L'Anna envia un missatge; viatja per dos servidors de correu fins a en Bruno, que el recull.",
      "Anna envía un mensaje; viaja por dos servidores de correo hasta Bruno, que lo recoge.",
      "Anna invia un messaggio; viaggia attraverso due server di posta fino a Bruno, che lo ritira."};
  made.minutes = 15;
  made.start = trace.start;
  for (const HostInfo& info : trace.hosts) made.hosts.push_back(host(info));
  for (const LinkInfo& link : trace.links)
    made.links.push_back(
        {trace.hosts[link.a.value].name, trace.hosts[link.b.value].name, link.latency, link.bits_per_second});
  made.actions = {
      {"anna-laptop", std::nullopt, {}, SendAction{{"bruno@llevant.example"}, "Lunch on Friday?", "Hello\n"}},
      {"bruno-laptop", std::nullopt, milliseconds(300), CheckMailAction{}}};
  const auto step = [](std::string title, std::string text, std::vector<Expectation> expectations) {
    LessonStep made_step;
    made_step.title.by_language[0] = std::move(title);
    made_step.text.by_language[0] = std::move(text);
    made_step.expectations = std::move(expectations);
    return made_step;
  };
  made.steps = {step("Anna presses Send",
                     "Anna's mail program opens a connection to her provider's server. It uses **port 587**.", {}),
                step("The envelope",
                     "Now it tells the server **who sends** and **who receives**. This is the *envelope*: it is not "
                     "the `From:` and `To:` that Bruno will read.",
                     {{Expectation::LineSaid{"mail.alba.example", "250 2.1.0"}, 90}}),
                step("Find the next server", "It asks the DNS for the **MX** record of `llevant.example`.",
                     {{Expectation::MailboxHolds{"mx.llevant.example", "bruno/INBOX", 1, false}, 95},
                      {Expectation::QueueHolds{"mail.alba.example", 3}, 96}}),
                step("Bruno's laptop: POP3", "Bruno's laptop collects with **POP3** on port 110.",
                     {{Expectation::MailboxHolds{"bruno-laptop", "INBOX", 1, false}, 101},
                      {Expectation::MailboxHolds{"bruno-laptop", "INBOX", 0, true}, 102}})};
  made.steps[1].title.by_language[1] = "El sobre";
  return made;
}

std::shared_ptr<const Lesson> lesson() {
  auto made = std::make_shared<Lesson>();
  made->file = lesson_file;
  made->scenario = scenario();
  take_part(made->trace);
  Story story(made->trace);
  story.note(LessonStepReached{0});
  submit_and_relay(story);
  retrieve(story);
  story.finish();
  made->conversation = conversation_of(made->trace);
  for (std::uint32_t step = 0; step < made->scenario.steps.size(); ++step)
    for (const Expectation& expectation : made->scenario.steps[step].expectations) {
      const bool holds = !std::holds_alternative<Expectation::QueueHolds>(expectation.what);
      made->verdicts.push_back({step, &expectation, holds, holds ? "" : "0 messages"});
    }
  return made;
}

AppServices services() {
  AppServices made;
  made.open = [](const std::filesystem::path& file) -> LessonReading {
    if (file == lesson_file) return {lesson(), {}};
    return {nullptr,
            {file.string() + ":7:12: error: found \"colour\", expected one of: title, summary, level; remove this "
                             "key\n  colour: blue\n  ^"}};
  };
  made.list_lessons = [] {
    return std::vector<GalleryEntry>{
        {lesson_file, scenario(), {}},
        {faulty_file,
         std::nullopt,
         {std::string(faulty_file) + ":7:12: error: found \"colour\"\n  colour: blue\n  ^"}}};
  };
  return made;
}

}  // namespace mailscope::fixture
