#include "sim/trace/export_json.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "protocols/core/base64.hpp"
#include "sim/trace/names.hpp"

namespace mailscope {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Endpoint& endpoint) { return {{"host", endpoint.host.value}, {"port", endpoint.port.number}}; }

Json json_of(const ByteRange& range) { return Json::array({range.begin, range.end}); }

Json json_of(const LinkFaults& faults) {
  Json outages = Json::array();
  for (const LinkFaults::Outage& outage : faults.outages)
    outages.push_back(Json::array({outage.from.count(), outage.until.count()}));
  return {{"loss_ppm", faults.loss_ppm},
          {"duplicate_ppm", faults.duplicate_ppm},
          {"reorder_ppm", faults.reorder_ppm},
          {"jitter_us", faults.jitter.count()},
          {"outages_us", std::move(outages)}};
}

Json json_of(const Trace& trace) {
  Json header{{"title", trace.title}, {"seed", trace.seed}, {"start_us", trace.start.time_since_epoch().count()}};
  header["hosts"] = Json::array();
  for (const HostInfo& host : trace.hosts) {
    Json entry{{"name", host.name},
               {"label", host.label},
               {"role", host.role},
               {"kind", name_of(host.kind)},
               {"address", host.address}};
    entry["ports"] = Json::array();
    for (const PortInfo& port : host.ports)
      entry["ports"].push_back({{"port", port.port.number},
                                {"transport", name_of(port.transport)},
                                {"protocol", port.protocol},
                                {"service", port.service},
                                {"policy", name_of(port.policy)}});
    entry["mailboxes"] = host.mailboxes;
    if (host.place) entry["place"] = {{"column", host.place->column}, {"row", host.place->row}};
    header["hosts"].push_back(std::move(entry));
  }
  header["links"] = Json::array();
  for (const LinkInfo& link : trace.links) {
    Json entry{{"a", link.a.value},
               {"b", link.b.value},
               {"latency_us", link.latency.count()},
               {"bits_per_second", link.bits_per_second}};
    if (link.faults != LinkFaults{}) entry["faults"] = json_of(link.faults);
    for (const LinkInfo::Rewrite& rewrite : link.rewrites)
      entry["rewrites"].push_back(Json::array({rewrite.from, rewrite.to}));
    header["links"].push_back(std::move(entry));
  }
  header["machines"] = Json::array();
  for (const MachineInfo& machine : trace.machines()) {
    Json moves = Json::array();
    for (const MachineInfo::Move& move : machine.moves)
      moves.push_back(Json::array({move.from.value, move.on, move.to.value}));
    header["machines"].push_back({{"name", machine.name}, {"states", machine.states}, {"moves", std::move(moves)}});
  }
  return header;
}

/// The members of a record's object after its instant; the first names its kind.
struct Members {
  const Trace& trace;

  Json operator()(const ConnectionOpened& opened) const {
    return {{"what", "connection-opened"},
            {"connection", opened.connection.value},
            {"transport", name_of(opened.transport)},
            {"client", json_of(opened.client)},
            {"server", json_of(opened.server)},
            {"protocol", opened.protocol},
            {"purpose", opened.purpose}};
  }
  Json operator()(const ConnectionChanged& changed) const {
    return {
        {"what", "connection-changed"}, {"connection", changed.connection.value}, {"phase", name_of(changed.phase)}};
  }
  Json operator()(const EngineAttached& attached) const {
    return {{"what", "engine-attached"},
            {"connection", attached.connection.value},
            {"side", name_of(attached.side)},
            {"machine", attached.machine.value},
            {"state", attached.state.value}};
  }
  Json operator()(const PacketSent& sent) const {
    return {{"what", "packet-sent"},
            {"packet", sent.packet.value},
            {"connection", sent.connection.value},
            {"from", name_of(sent.from)},
            {"link", sent.link.value},
            {"arrives_us", (sent.arrives - trace.start).count()},
            {"flags", names_of(sent.flags)},
            {"sequence", sent.sequence},
            {"acknowledgement", sent.acknowledgement},
            {"retransmission", sent.retransmission},
            {"stream", json_of(sent.stream)},
            {"payload", base64_encode(sent.payload)}};
  }
  Json operator()(const PacketEnded& ended) const {
    return {{"what", "packet-ended"}, {"packet", ended.packet.value}, {"fate", name_of(ended.fate)}};
  }
  Json operator()(const LineSpoken& line) const {
    Json members{{"what", "line-spoken"},
                 {"connection", line.connection.value},
                 {"side", name_of(line.side)},
                 {"direction", name_of(line.step.direction)},
                 {"bytes", json_of(line.step.bytes)},
                 {"from", line.step.from.value},
                 {"to", line.step.to.value},
                 {"text", line.step.text},
                 {"topic", line.step.topic},
                 {"is_error", line.step.is_error}};
    if (line.sealed) members["sealed"] = json_of(*line.sealed);
    if (line.in_clear) members["in_clear"] = true;
    return members;
  }
  Json operator()(const ChannelSecured& secured) const {
    return {{"what", "channel-secured"},
            {"connection", secured.connection.value},
            {"side", name_of(secured.side)},
            {"version", secured.version},
            {"cipher_suite", secured.cipher_suite}};
  }
  Json operator()(const SecretLogged& secret) const {
    return {{"what", "secret-logged"}, {"connection", secret.connection.value}, {"line", secret.line}};
  }
  Json operator()(const MailboxChanged& changed) const {
    const MessageSummary& message = changed.message;
    Json members{{"id", message.id},         {"from", message.from},   {"subject", message.subject},
                 {"octets", message.octets}, {"flags", message.flags}, {"body_present", message.body_present}};
    if (!message.note.empty()) members["note"] = message.note;
    if (!message.waits.empty()) members["waits"] = message.waits;
    return {{"what", "mailbox-changed"},
            {"host", changed.host.value},
            {"mailbox", changed.mailbox},
            {"kind", name_of(changed.kind)},
            {"message", std::move(members)}};
  }
  Json operator()(const QueueChanged& changed) const {
    return {{"what", "queue-changed"}, {"host", changed.host.value}, {"messages", changed.messages}};
  }
  Json operator()(const Notice& notice) const {
    Json members{{"what", "notice"}, {"host", notice.host.value}};
    if (notice.connection) members["connection"] = notice.connection->value;
    members["severity"] = name_of(notice.severity);
    members["topic"] = notice.topic;
    members["arguments"] = notice.arguments;
    return members;
  }
  Json operator()(const ActionBegan& began) const {
    return {{"what", "action-began"}, {"action", began.action}, {"host", began.host.value}};
  }
  Json operator()(const LessonStepReached& reached) const {
    return {{"what", "lesson-step-reached"}, {"step", reached.step}};
  }
};

std::string line_of(const Json& object) { return object.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n'; }

}  // namespace

void for_each_json_line(const Trace& trace, const std::function<void(std::string_view line)>& take) {
  take(line_of(json_of(trace)));
  for (const Record& record : trace.records()) {
    Json object{{"at_us", (record.at - trace.start).count()}};
    object.update(std::visit(Members{trace}, record.what));
    take(line_of(object));
  }
}

std::string trace_hash(const Trace& trace) {
  // SHA-256 is built into libcrypto: these calls fail only where memory has run out.
  const auto require = [](bool succeeded) {
    if (!succeeded) std::abort();
  };
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  require(EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1);
  for_each_json_line(
      trace, [&](std::string_view line) { require(EVP_DigestUpdate(digest.get(), line.data(), line.size()) == 1); });
  std::array<unsigned char, EVP_MAX_MD_SIZE> octets;
  unsigned length = 0;
  require(EVP_DigestFinal_ex(digest.get(), octets.data(), &length) == 1);
  std::string hex;
  for (const unsigned char octet : std::span(octets).first(length)) hex += fmt::format("{:02x}", octet);
  return hex;
}

}  // namespace mailscope
