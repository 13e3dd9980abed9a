// What people do in a lesson, and what its steps explain and expect.
#include <fmt/format.h>

#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "sim/hosts/address.hpp"
#include "sim/lesson/scenario_keys.hpp"
#include "sim/lesson/scenario_reader.hpp"
#include "sim/lesson/scenario_values.hpp"
#include "sim/lesson/translate.hpp"

namespace mailscope {
namespace {

const HostSetting* host_named(const Scenario& scenario, const std::string& name) {
  const auto host = std::ranges::find(scenario.hosts, name, &HostSetting::name);
  return host == scenario.hosts.end() ? nullptr : &*host;
}

const AccountSetting* account_of(const Scenario& scenario, const std::string& name) {
  const HostSetting* host = host_named(scenario, name);
  const DeviceSetting* device = host ? std::get_if<DeviceSetting>(&host->what) : nullptr;
  return device && device->account ? &*device->account : nullptr;
}

SendAction read_send(ScenarioReader& reader, const YamlNode& node, const std::string& server) {
  const MapReader map(reader.faults, node, shapes::send);
  SendAction send;
  if (const YamlNode* to = map.find("to")) {
    for_each_item(reader.faults, *to, tr("a list of addresses, such as [bruno@llevant.example]"), limits::recipients,
                  [&](const YamlNode& item) {
                    send.to.push_back(read_mail_address(reader.faults, &item));
                    reader.sendings.emplace(std::pair(server, ascii::lower(domain_of(send.to.back()))), item.where);
                  });
    if (to->kind == YamlNode::Kind::List && to->items.empty())
      reader.faults.error(to->where, tr("no recipient"), tr("at least one recipient"),
                          tr("write {0}", {"[bruno@llevant.example]"}));
  }
  send.subject = read_line(reader.faults, map.find("subject"), limits::subject_octets);
  send.text = read_lines(reader.faults, map.find("text"), limits::message_octets);
  read_wishes(reader.faults, map, send);
  return send;
}

/// Says that this device's account cannot do what an action asks of it.
void require_outgoing(ScenarioReader& reader, const AccountSetting* account, const YamlNode& node,
                      const Action& action) {
  if ((account && account->outgoing) || action.who.empty()) return;
  reader.faults.error(node.where, tr("an action of {0}, whose account has no outgoing server", {action.who}),
                      tr("a device that can send"), tr("give it an outgoing server, or name another device"));
}

void require_incoming(ScenarioReader& reader, const AccountSetting* account, const YamlNode& node,
                      const Action& action) {
  if ((account && account->incoming) || action.who.empty()) return;
  reader.faults.error(node.where, tr("an action of {0}, whose account has no incoming server", {action.who}),
                      tr("a device that can collect mail"), tr("give it an incoming server, or name another device"));
}

void require_resolver(ScenarioReader& reader, const YamlNode& node, const Action& action) {
  const HostSetting* host = host_named(reader.scenario, action.who);
  const DeviceSetting* device = host ? std::get_if<DeviceSetting>(&host->what) : nullptr;
  if (device && device->resolver.servers.empty() && !action.who.empty())
    reader.faults.error(node.where, tr("a look-up of {0}, which has no resolver", {action.who}),
                        tr("a device with a resolver"), tr("add resolver: and a DNS server's name"));
}

/// "true": until a restart is asked for; or how long it is down.
CrashAction read_crash(Faults& faults, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::Scalar && node.plain && node.text == "true") return {};
  return {read_duration(faults, &node, Duration{1}, limits::wait, Duration{1})};
}

void read_deed(ScenarioReader& reader, const MapReader& map, Action& action) {
  const AccountSetting* account = account_of(reader.scenario, action.who);
  if (const YamlNode* send = map.find("send")) {
    require_outgoing(reader, account, *send, action);
    action.what = read_send(reader, *send, account && account->outgoing ? account->outgoing->server : std::string{});
  }
  if (const YamlNode* check = map.find("check-mail")) {
    require_incoming(reader, account, *check, action);
    if (!read_truth(reader.faults, check, true))
      reader.faults.error(check->where, "check-mail: false", "check-mail: true", tr("remove the action instead"));
    action.what = CheckMailAction{};
  }
  if (const YamlNode* read = map.find("read")) {
    require_incoming(reader, account, *read, action);
    action.what = ReadAction{read_line(reader.faults, read, limits::subject_octets)};
  }
  if (const YamlNode* crash = map.find("crash")) action.what = read_crash(reader.faults, *crash);
  if (const YamlNode* restart = map.find("restart")) {
    if (!read_truth(reader.faults, restart, true))
      reader.faults.error(restart->where, "restart: false", "restart: true", tr("remove the action instead"));
    action.what = RestartAction{};
  }
  if (const YamlNode* look_up = map.find("look-up")) {
    require_resolver(reader, *look_up, action);
    action.what = read_look_up(reader, *look_up);
  }
  const int deeds = map.has("send") + map.has("check-mail") + map.has("read") + map.has("look-up") + map.has("crash") +
                    map.has("restart");
  const char* one_deed = tr("one of send, check-mail, read, look-up, crash or restart");
  if (deeds == 0)
    reader.faults.error(map.where(), tr("an action that does nothing"), one_deed, tr("add one"));
  else if (deeds > 1)
    reader.faults.error(map.where(), tr("an action that does {0} things", {std::to_string(deeds)}), one_deed,
                        tr("make an action of each"));
}

Action read_action(ScenarioReader& reader, const YamlNode& node) {
  const MapReader map(reader.faults, node, shapes::action);
  Action action;
  const bool of_server = map.has("crash") || map.has("restart");
  action.who = read_host_reference(reader, map.find("who"), of_server ? HostRole::Server : HostRole::Device);
  if (const YamlNode* at = map.find("at"))
    action.at = read_duration(reader.faults, at, Duration::zero(), limits::wait, Duration::zero());
  action.pause = read_duration(reader.faults, map.find("pause"), Duration::zero(), limits::wait, Duration::zero());
  if (map.has("at") && map.has("pause"))
    reader.faults.error(map.where(), tr("both \"{0}\" and \"{1}\"", {"at", "pause"}), tr("one of them"),
                        tr("\"at\" counts from the start, \"pause\" from the end of the action before"));
  read_deed(reader, map, action);
  return action;
}

/// As a file writes them; the last two are those of later steps.
constexpr std::string_view moments_as_written[] = {"start", "{action: 1}", "{host: …, says: …}"};

Moment read_moment(ScenarioReader& reader, const YamlNode* node, bool first) {
  Moment moment;
  if (!node) return moment;
  if (node->kind == YamlNode::Kind::Scalar && node->text == "start") {
    moment.at_start = true;
    if (!first)
      reader.faults.error(node->where, tr("\"start\" in a later step"), tr("a moment after the step before"),
                          tr("write {0}", {alternatives(std::span(moments_as_written).last<2>())}));
    return moment;
  }
  if (node->kind != YamlNode::Kind::Map) {
    reader.faults.error(node->where, found_in(*node), alternatives(moments_as_written));
    return moment;
  }
  static constexpr const Shape* moments[] = {&shapes::said_moment, &shapes::action_moment};
  const Shape& shape = best_shape(*node, moments);
  const MapReader map(reader.faults, *node, shape);
  if (&shape == &shapes::action_moment) {
    // People count from 1.
    const auto actions = std::max<std::size_t>(reader.scenario.actions.size(), 1);
    moment.action = static_cast<std::uint32_t>(read_number(reader.faults, map.find("action"), 1, actions, 1) - 1);
  } else {
    moment.speaker = read_host_reference(reader, map.find("host"), HostRole::Any);
    moment.line = read_word(reader.faults, map.find("says"), limits::name_octets);
  }
  return moment;
}

/// "user/MAILBOX" on a server, "MAILBOX" on a device.
std::string read_mailbox(ScenarioReader& reader, const YamlNode* node, const std::string& host) {
  const std::string mailbox = read_word(reader.faults, node, limits::name_octets);
  const HostSetting* holder = host_named(reader.scenario, host);
  const MailServerSetting* server = holder ? std::get_if<MailServerSetting>(&holder->what) : nullptr;
  if (!server || mailbox.empty()) return mailbox;
  std::vector<std::string> names;
  for (const ServerUser& user : server->users) names.push_back(user.name);
  const std::string user = mailbox.substr(0, mailbox.find('/'));
  if (mailbox.find('/') == std::string::npos || std::ranges::find(names, user) == names.end())
    reader.faults.error(node->where, found_in(*node), tr("USER/MAILBOX with a user of {0}", {host}),
                        suggestion(user, std::vector<std::string_view>(names.begin(), names.end())));
  return mailbox;
}

decltype(Expectation::what) read_expected(ScenarioReader& reader, const YamlNode& node) {
  static constexpr const Shape* expectations[] = {&shapes::said, &shapes::mailbox_holds, &shapes::queue_holds};
  const Shape& shape = best_shape(node, expectations);
  const MapReader map(reader.faults, node, shape);
  const auto messages = [&](std::string_view key) {
    return static_cast<std::uint32_t>(read_number(reader.faults, map.find(key), 0, limits::messages));
  };
  if (&shape == &shapes::said) {
    const std::string host = read_host_reference(reader, map.find("host"), HostRole::Any);
    return Expectation::LineSaid{host, read_word(reader.faults, map.find("says"), limits::name_octets)};
  }
  if (&shape == &shapes::queue_holds) {
    const std::string host = read_host_reference(reader, map.find("queue"), HostRole::MailServer);
    return Expectation::QueueHolds{host, messages("holds")};
  }
  const std::string host = read_host_reference(reader, map.find("of"), HostRole::MailboxHolder);
  const std::string mailbox = read_mailbox(reader, map.find("mailbox"), host);
  const bool seen = map.has("seen");
  if (seen == map.has("holds"))
    reader.faults.error(
        node.where,
        seen ? tr("both \"{0}\" and \"{1}\"", {"holds", "seen"}) : tr("neither \"{0}\" nor \"{1}\"", {"holds", "seen"}),
        tr("one of them"), tr("\"holds\" counts all messages, \"seen\" those with \\Seen"));
  return Expectation::MailboxHolds{host, mailbox, messages(seen ? "seen" : "holds"), seen};
}

}  // namespace

void ScenarioReader::read_actions(const YamlNode* node) {
  if (node)
    for_each_item(faults, *node, tr("a list of actions"), limits::actions,
                  [&](const YamlNode& item) { scenario.actions.push_back(read_action(*this, item)); });
}

void ScenarioReader::read_steps(const YamlNode* node) {
  if (!node) return;
  for_each_item(faults, *node, tr("a list of steps"), limits::steps, [&](const YamlNode& item) {
    const MapReader map(faults, item, shapes::step);
    LessonStep step;
    step.title = read_text(faults, map.find("title"));
    step.text = read_text(faults, map.find("text"));
    step.when = read_moment(*this, map.find("when"), scenario.steps.empty());
    if (const YamlNode* expect = map.find("expect"))
      for_each_item(faults, *expect, tr("a list of expectations"), limits::expectations, [&](const YamlNode& expected) {
        step.expectations.push_back({read_expected(*this, expected), expected.where.line});
      });
    scenario.steps.push_back(std::move(step));
  });
}

}  // namespace mailscope
