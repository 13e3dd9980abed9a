// The shipped lesson "Send and retrieve", as it is or edited the way a teacher would edit it.
#pragma once

#include <catch2/catch_all.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/read/read_scenario.hpp"
#include "sim/world/world.hpp"
#include "tests/source_dir.hpp"

namespace mailscope {

using Edits = std::vector<std::pair<std::string, std::string>>;

/// The lesson's text with each first occurrence replaced; a replacement that finds nothing fails the test.
inline std::string lesson_text(const Edits& edits = {}) {
  std::ifstream file(source_dir() / "scenarios/send-and-retrieve.yaml");
  std::string yaml{std::istreambuf_iterator<char>(file), {}};
  for (const auto& [from, to] : edits) {
    const std::size_t at = yaml.find(from);
    INFO("edit: " << from);
    REQUIRE(at != std::string::npos);
    yaml.replace(at, from.size(), to);
  }
  return yaml;
}

inline Scenario scenario_from(const std::string& yaml) {
  ScenarioReading reading = read_scenario(yaml);
  for (const Fault& fault : reading.faults)
    if (fault.severity == Fault::Severity::Error) FAIL_CHECK(describe(fault, "lesson", yaml));
  REQUIRE(reading.scenario);
  return *std::move(reading.scenario);
}

inline World lesson_world(const Edits& edits = {}) { return World(scenario_from(lesson_text(edits))); }

/// Every line that a host uttered, in order.
inline std::vector<std::string> lines_said_by(const Trace& trace, std::string_view host) {
  std::vector<std::string> lines;
  std::vector<ConnectionOpened> connections;
  for (const Record& record : trace.records()) {
    if (const auto* opened = std::get_if<ConnectionOpened>(&record.what)) connections.push_back(*opened);
    const auto* line = std::get_if<LineSpoken>(&record.what);
    if (!line || line->step.direction != Direction::Sent) continue;
    const ConnectionOpened& on = connections[line->connection.value];
    const HostId speaker = line->side == Side::Client ? on.client.host : on.server.host;
    if (trace.hosts[speaker.value].name == host) lines.push_back(line->step.text);
  }
  return lines;
}

inline bool said(const Trace& trace, std::string_view host, std::string_view beginning) {
  for (const std::string& line : lines_said_by(trace, host))
    if (line.starts_with(beginning)) return true;
  return false;
}

/// The arguments of the first notice with this topic from this host.
inline std::optional<std::vector<std::string>> noticed(const Trace& trace, std::string_view host,
                                                       std::string_view topic) {
  for (const Record& record : trace.records())
    if (const auto* notice = std::get_if<Notice>(&record.what))
      if (notice->topic == topic && trace.hosts[notice->host.value].name == host) return notice->arguments;
  return std::nullopt;
}

/// The messages in a mailbox of a host at the trace's end.
inline std::vector<MessageSummary> mailbox(const Trace& trace, std::string_view host, const std::string& name) {
  const WorldState state = trace.state_at(trace.end());
  for (std::size_t i = 0; i < trace.hosts.size(); ++i) {
    if (trace.hosts[i].name != host) continue;
    const auto found = state.hosts[i].mailboxes.find(name);
    return found == state.hosts[i].mailboxes.end() ? std::vector<MessageSummary>{} : found->second;
  }
  return {};
}

}  // namespace mailscope
