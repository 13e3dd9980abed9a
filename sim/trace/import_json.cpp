#include "sim/trace/import_json.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "protocols/core/base64.hpp"
#include "sim/trace/names.hpp"

namespace mailscope {

namespace {

using Json = nlohmann::json;

/// Thrown and caught in this file alone.
struct Wrong {
  std::string text;
};

template <class Number>
constexpr auto most_of = static_cast<std::uint64_t>(std::numeric_limits<Number>::max());

/// One object's members, each checked as it is taken.
class Object {
 public:
  explicit Object(const Json& json) : json_(json) {
    if (!json.is_object()) throw Wrong{fmt::format("found {}, expected an object", json.type_name())};
  }

  [[nodiscard]] bool has(const char* name) const { return json_.contains(name); }
  [[nodiscard]] const Json& at(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) throw Wrong{fmt::format("\"{}\" is missing", name)};
    return *found;
  }
  [[nodiscard]] Object object(const char* name) const { return Object(at(name)); }
  [[nodiscard]] const Json& array(const char* name) const { return array_of(at(name), name); }
  static const Json& array_of(const Json& json, const char* name) {
    if (!json.is_array()) throw Wrong{fmt::format("\"{}\": expected a list", name)};
    return json;
  }

  /// At most `most`.
  template <class Number>
  [[nodiscard]] Number number(const char* name, std::uint64_t most = most_of<Number>) const {
    return number_of<Number>(at(name), name, most);
  }
  template <class Number>
  static Number number_of(const Json& json, const char* name, std::uint64_t most = most_of<Number>) {
    if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most)
      throw Wrong{fmt::format("\"{}\": expected a number from 0 to {}", name, most)};
    return static_cast<Number>(json.get<std::uint64_t>());
  }
  /// An index into something that has `count` entries.
  [[nodiscard]] std::uint32_t index(const char* name, std::size_t count) const {
    if (count == 0) throw Wrong{fmt::format("\"{}\" names what does not exist", name)};
    return number<std::uint32_t>(name, count - 1);
  }
  [[nodiscard]] const std::string& text(const char* name) const { return text_of(at(name), name); }
  static const std::string& text_of(const Json& json, const char* name) {
    if (!json.is_string()) throw Wrong{fmt::format("\"{}\": expected a text", name)};
    return json.get_ref<const std::string&>();
  }
  [[nodiscard]] std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> result;
    for (const Json& each : array(name)) result.push_back(text_of(each, name));
    return result;
  }
  [[nodiscard]] bool truth(const char* name) const {
    const Json& json = at(name);
    if (!json.is_boolean()) throw Wrong{fmt::format("\"{}\": expected true or false", name)};
    return json.get<bool>();
  }
  [[nodiscard]] Duration microseconds(const char* name) const {
    return Duration(number<std::int64_t>(name, span_us_max));
  }
  [[nodiscard]] ByteRange range(const char* name) const {
    const Json& json = array(name);
    if (json.size() != 2) throw Wrong{fmt::format("\"{}\": expected two numbers", name)};
    const ByteRange range{number_of<std::uint64_t>(json[0], name), number_of<std::uint64_t>(json[1], name)};
    if (range.begin > range.end) throw Wrong{fmt::format("\"{}\": the end comes before the begin", name)};
    return range;
  }
  /// One of an enumeration's names; `last` is its last enumerator.
  template <class Enum>
  [[nodiscard]] Enum one_of(const char* name, Enum last) const {
    const std::string& found = text(name);
    for (int value = 0; value <= static_cast<int>(last); ++value)
      if (name_of(static_cast<Enum>(value)) == found) return static_cast<Enum>(value);
    throw Wrong{fmt::format("\"{}\": found \"{}\"", name, found)};
  }

 private:
  static constexpr std::uint64_t span_us_max = std::uint64_t{1} << 60U;  ///< so that sums of two do not overflow
  const Json& json_;
};

PortInfo port_of(const Object& port) {
  return {{port.number<std::uint16_t>("port")},
          port.one_of("transport", Transport::Udp),
          port.text("protocol"),
          port.text("service"),
          port.one_of("policy", PortPolicy::Filtered)};
}

HostInfo host_of(const Object& host) {
  HostInfo info;
  info.name = host.text("name");
  info.label = host.text("label");
  info.role = host.text("role");
  info.kind = host.one_of("kind", HostKind::DnsServer);
  info.address = host.text("address");
  for (const Json& port : host.array("ports")) info.ports.push_back(port_of(Object(port)));
  info.mailboxes = host.texts("mailboxes");
  if (host.has("place")) {
    constexpr std::uint64_t cells_max = 100;
    const Object place = host.object("place");
    info.place = {place.number<int>("column", cells_max), place.number<int>("row", cells_max)};
  }
  return info;
}

LinkFaults faults_of(const Object& object) {
  LinkFaults faults;
  faults.loss_ppm = object.number<std::uint32_t>("loss_ppm");
  faults.duplicate_ppm = object.number<std::uint32_t>("duplicate_ppm");
  faults.reorder_ppm = object.number<std::uint32_t>("reorder_ppm");
  faults.jitter = object.microseconds("jitter_us");
  for (const Json& outage : object.array("outages_us")) {
    if (Object::array_of(outage, "outages_us").size() != 2) throw Wrong{"\"outages_us\": expected pairs"};
    faults.outages.push_back({Duration(Object::number_of<std::int64_t>(outage[0], "outages_us")),
                              Duration(Object::number_of<std::int64_t>(outage[1], "outages_us"))});
  }
  return faults;
}

LinkInfo link_of(const Object& link, std::size_t hosts) {
  LinkInfo info;
  info.a = {link.index("a", hosts)};
  info.b = {link.index("b", hosts)};
  info.latency = link.microseconds("latency_us");
  info.bits_per_second = link.number<std::uint64_t>("bits_per_second");
  if (link.has("faults")) info.faults = faults_of(link.object("faults"));
  if (link.has("rewrites"))
    for (const Json& rewrite : link.array("rewrites")) {
      if (Object::array_of(rewrite, "rewrites").size() != 2) throw Wrong{"\"rewrites\": expected pairs"};
      info.rewrites.push_back({Object::text_of(rewrite[0], "rewrites"), Object::text_of(rewrite[1], "rewrites")});
    }
  return info;
}

MachineInfo machine_of(const Object& machine) {
  MachineInfo info{machine.text("name"), machine.texts("states"), {}};
  constexpr std::size_t states_max = 256;  // StateId is an octet
  if (info.states.empty() || info.states.size() > states_max) throw Wrong{"\"states\": expected 1 to 256 names"};
  for (const Json& move : machine.array("moves")) {
    if (Object::array_of(move, "moves").size() != 3) throw Wrong{"\"moves\": expected from, on, to"};
    const auto state = [&](const Json& json) {
      return StateId{Object::number_of<std::uint8_t>(json, "moves", info.states.size() - 1)};
    };
    info.moves.push_back({state(move[0]), Object::text_of(move[1], "moves"), state(move[2])});
  }
  return info;
}

/// Reads a trace's lines one by one, and knows what a record may refer to.
class Reader {
 public:
  void header(const Object& header) {
    trace_.title = header.text("title");
    trace_.seed = header.number<std::uint64_t>("seed");
    trace_.start = Instant(header.microseconds("start_us"));
    const Json &hosts = header.array("hosts"), &links = header.array("links");
    if (hosts.size() > trace_hosts_max || links.size() > trace_hosts_max)
      throw Wrong{fmt::format("more than {} hosts or links", trace_hosts_max)};
    for (const Json& host : hosts) trace_.hosts.push_back(host_of(Object(host)));
    for (const Json& link : links) trace_.links.push_back(link_of(Object(link), trace_.hosts.size()));
    for (const Json& machine : header.array("machines")) trace_.add_machine(machine_of(Object(machine)));
  }

  void record(const Object& record) {
    if (trace_.records().size() >= trace_records_max)
      throw Wrong{fmt::format("more than {} records", trace_records_max)};
    const Instant at = trace_.start + record.microseconds("at_us");
    if (at < trace_.end()) throw Wrong{"\"at_us\": before the line above"};
    const auto kind = readers().find(record.text("what"));
    if (kind == readers().end()) throw Wrong{fmt::format("\"what\": found \"{}\"", record.text("what"))};
    trace_.append(at, (this->*kind->second)(record, at));
  }

  Trace take() { return std::move(trace_); }

 private:
  using Read = Happening (Reader::*)(const Object& record, Instant at);
  static const std::map<std::string, Read, std::less<>>& readers() {
    static const std::map<std::string, Read, std::less<>> table{{"connection-opened", &Reader::connection_opened},
                                                                {"connection-changed", &Reader::connection_changed},
                                                                {"engine-attached", &Reader::engine_attached},
                                                                {"packet-sent", &Reader::packet_sent},
                                                                {"packet-ended", &Reader::packet_ended},
                                                                {"line-spoken", &Reader::line_spoken},
                                                                {"channel-secured", &Reader::channel_secured},
                                                                {"secret-logged", &Reader::secret_logged},
                                                                {"mailbox-changed", &Reader::mailbox_changed},
                                                                {"queue-changed", &Reader::queue_changed},
                                                                {"notice", &Reader::notice},
                                                                {"action-began", &Reader::action_began},
                                                                {"lesson-step-reached", &Reader::lesson_step_reached}};
    return table;
  }

  [[nodiscard]] ConnectionId connection_of(const Object& record) const {
    return {record.index("connection", engines_.size())};
  }
  [[nodiscard]] HostId host_in(const Object& record) const { return {record.index("host", trace_.hosts.size())}; }
  [[nodiscard]] Endpoint endpoint_of(const Object& endpoint) const {
    return {host_in(endpoint), {endpoint.number<std::uint16_t>("port")}};
  }

  Happening connection_opened(const Object& record, Instant) {
    const ConnectionId id{record.number<std::uint32_t>("connection")};
    if (id.value != engines_.size()) throw Wrong{"\"connection\": connections are numbered in their order from 0"};
    engines_.emplace_back();
    return ConnectionOpened{id,
                            record.one_of("transport", Transport::Udp),
                            endpoint_of(record.object("client")),
                            endpoint_of(record.object("server")),
                            record.text("protocol"),
                            record.text("purpose")};
  }
  Happening connection_changed(const Object& record, Instant) {
    return ConnectionChanged{connection_of(record), record.one_of("phase", Phase::Reset)};
  }
  Happening engine_attached(const Object& record, Instant) {
    const EngineAttached attached{connection_of(record),
                                  record.one_of("side", Side::Server),
                                  {record.index("machine", trace_.machines().size())},
                                  {}};
    auto& states = engines_[attached.connection.value][static_cast<std::size_t>(attached.side)];
    states = trace_.machines()[attached.machine.value].states.size();
    return EngineAttached{attached.connection, attached.side, attached.machine,
                          StateId{record.number<std::uint8_t>("state", states - 1)}};
  }
  Happening packet_sent(const Object& record, Instant at) {
    PacketSent sent;
    sent.packet = {record.number<std::uint32_t>("packet")};
    sent.connection = connection_of(record);
    sent.from = record.one_of("from", Side::Server);
    sent.link = {record.index("link", trace_.links.size())};
    sent.arrives = trace_.start + record.microseconds("arrives_us");
    if (sent.arrives < at) throw Wrong{"\"arrives_us\": before it was sent"};
    for (const std::string& flag : record.texts("flags")) {
      if (flag == "syn") sent.flags.syn = true;
      if (flag == "ack") sent.flags.ack = true;
      if (flag == "fin") sent.flags.fin = true;
      if (flag == "rst") sent.flags.rst = true;
      if (flag == "psh") sent.flags.psh = true;
    }
    sent.sequence = record.number<std::uint32_t>("sequence");
    sent.acknowledgement = record.number<std::uint32_t>("acknowledgement");
    sent.retransmission = record.truth("retransmission");
    sent.stream = record.range("stream");
    const auto payload = base64_decode(record.text("payload"));
    if (!payload) throw Wrong{"\"payload\": expected base64"};
    sent.payload = *payload;
    return sent;
  }
  Happening packet_ended(const Object& record, Instant) {
    return PacketEnded{{record.number<std::uint32_t>("packet")}, record.one_of("fate", PacketFate::Altered)};
  }
  Happening line_spoken(const Object& record, Instant) {
    LineSpoken line{connection_of(record), record.one_of("side", Side::Server), {}};
    // States are those of the engine's machine; before an engine is there, none is named.
    const std::size_t states = engines_[line.connection.value][static_cast<std::size_t>(line.side)];
    const auto state = [&](const char* name) {
      return StateId{record.number<std::uint8_t>(name, states == 0 ? 0 : states - 1)};
    };
    line.step.direction = record.one_of("direction", Direction::Received);
    line.step.bytes = record.range("bytes");
    line.step.from = state("from");
    line.step.to = state("to");
    line.step.text = record.text("text");
    line.step.topic = record.text("topic");
    line.step.is_error = record.truth("is_error");
    if (record.has("sealed")) line.sealed = record.range("sealed");
    if (record.has("in_clear")) line.in_clear = record.truth("in_clear");
    return line;
  }
  Happening channel_secured(const Object& record, Instant) {
    return ChannelSecured{connection_of(record), record.one_of("side", Side::Server), record.text("version"),
                          record.text("cipher_suite")};
  }
  Happening secret_logged(const Object& record, Instant) {
    return SecretLogged{connection_of(record), record.text("line")};
  }
  Happening mailbox_changed(const Object& record, Instant) {
    const Object message = record.object("message");
    MessageSummary summary;
    summary.id = message.number<std::uint64_t>("id");
    summary.from = message.text("from");
    summary.subject = message.text("subject");
    summary.octets = message.number<std::uint64_t>("octets");
    summary.flags = message.texts("flags");
    summary.body_present = message.truth("body_present");
    if (message.has("note")) summary.note = message.text("note");
    if (message.has("waits")) summary.waits = message.text("waits");
    return MailboxChanged{host_in(record), record.text("mailbox"), record.one_of("kind", MailboxChanged::Kind::Removed),
                          std::move(summary)};
  }
  Happening queue_changed(const Object& record, Instant) {
    return QueueChanged{host_in(record), record.number<std::uint32_t>("messages")};
  }
  Happening notice(const Object& record, Instant) {
    Notice notice;
    notice.host = host_in(record);
    if (record.has("connection")) notice.connection = connection_of(record);
    notice.severity = record.one_of("severity", Severity::Failure);
    notice.topic = record.text("topic");
    notice.arguments = record.texts("arguments");
    return notice;
  }
  Happening action_began(const Object& record, Instant) {
    return ActionBegan{record.number<std::uint32_t>("action"), host_in(record)};
  }
  Happening lesson_step_reached(const Object& record, Instant) {
    return LessonStepReached{record.number<std::uint32_t>("step")};
  }

  Trace trace_;
  /// By connection and side: how many states the engine's machine has; 0 before there is one.
  std::vector<std::array<std::size_t, 2>> engines_;
};

/// The next line without its end, or nothing at the end. Throws where it is too long.
bool take_line(std::istream& in, std::string& line) {
  line.clear();
  for (int octet = in.get(); octet != std::istream::traits_type::eof(); octet = in.get()) {
    if (octet == '\n') return true;
    if (line.size() >= trace_line_octets_max) throw Wrong{fmt::format("longer than {} octets", trace_line_octets_max)};
    line += static_cast<char>(octet);
  }
  return !line.empty();
}

}  // namespace

TraceReading read_trace(std::istream& in) {
  TraceReading result;
  std::size_t number = 1;
  try {
    Reader reader;
    std::string line;
    for (; take_line(in, line); ++number) {
      const Json json = Json::parse(line, nullptr, false);
      if (json.is_discarded()) throw Wrong{"no JSON object"};
      if (number == 1)
        reader.header(Object(json));
      else
        reader.record(Object(json));
    }
    if (number == 1) throw Wrong{"the file is empty"};
    result.trace = reader.take();
  } catch (const Wrong& wrong) {
    result.fault = {number, wrong.text};
  }
  return result;
}

}  // namespace mailscope
