// What people do in a lesson, and what its steps explain and expect.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/core/idna.hpp"
#include "protocols/mailstore/mailbox_name.hpp"
#include "sim/scenario/address.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

const HostSetting* host_named(const Scenario& scenario, const std::string& name) {
  const auto host = std::ranges::find(scenario.hosts, name, &HostSetting::name);
  return host == scenario.hosts.end() ? nullptr : &*host;
}

const DeviceSetting* device_named(const Scenario& scenario, const std::string& name) {
  const HostSetting* host = host_named(scenario, name);
  return host ? std::get_if<DeviceSetting>(&host->what) : nullptr;
}

/// The account that an action is about: the one it names, or the first.
const AccountSetting* account_of(const Scenario& scenario, const Action& action) {
  const DeviceSetting* device = device_named(scenario, action.who);
  const std::size_t at = action.account.value_or(0);
  return device && at < device->accounts.size() ? &device->accounts[at] : nullptr;
}

/// "account: ADDRESS" of an action.
std::optional<std::size_t> read_account_choice(ScenarioReader& reader, const YamlNode* node, const Action& action) {
  if (!node) return std::nullopt;
  const std::string address = read_mail_address(reader.faults, node);
  const DeviceSetting* device = device_named(reader.scenario, action.who);
  if (!device || address.empty()) return std::nullopt;
  std::vector<std::string_view> addresses;
  for (const AccountSetting& account : device->accounts) addresses.push_back(account.address);
  const auto found = std::ranges::find(addresses, address);
  if (found != addresses.end()) return static_cast<std::size_t>(found - addresses.begin());
  reader.faults.error(node->where, found_in(*node), tr("the address of an account of {0}", {action.who}),
                      suggestion(address, addresses));
  return std::nullopt;
}

/// INBOX where it is absent.
std::string read_mailbox_name(Faults& faults, const YamlNode* node) {
  const std::string name = node ? read_word(faults, node, limits::name_octets) : std::string(mailstore::inbox_name);
  if (name.empty() || mailstore::is_mailbox_name(name)) return mailstore::canonical_name(name);
  faults.error(node->where, found_in(*node), tr("the name of a mailbox"),
               tr("slashes divide its levels, and it has no wildcards"));
  return name;
}

/// The message that a map is about, by its keys "subject" and "in".
MessageChoice read_message(Faults& faults, const MapReader& map) {
  return {read_line(faults, map.find("subject"), limits::subject_octets), read_mailbox_name(faults, map.find("in"))};
}

/// "SUBJECT", or {subject: SUBJECT, in: MAILBOX}.
MessageChoice read_choice_of_message(Faults& faults, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::Map) return {read_line(faults, &node, limits::subject_octets)};
  return read_message(faults, MapReader(faults, node, shapes::message));
}

/// `server`, which may be empty, is to bring mail there.
std::vector<std::string> read_recipients(ScenarioReader& reader, const YamlNode* to, const std::string& server) {
  std::vector<std::string> recipients;
  if (!to) return recipients;
  for_each_item(reader.faults, *to, tr("a list of addresses, such as [bruno@llevant.example]"), limits::recipients,
                [&](const YamlNode& item) {
                  recipients.push_back(read_mail_address(reader.faults, &item));
                  const std::string domain(domain_of(recipients.back()));
                  reader.sendings.emplace(std::pair(server, ascii::lower(to_a_labels(domain).value_or(domain))),
                                          item.where);
                });
  if (to->kind == YamlNode::Kind::List && to->items.empty())
    reader.faults.error(to->where, tr("no recipient"), tr("at least one recipient"),
                        tr("write {0}", {"[bruno@llevant.example]"}));
  return recipients;
}

SmuggledMessage read_smuggled(ScenarioReader& reader, const YamlNode& node) {
  const MapReader map(reader.faults, node, shapes::smuggle);
  return {read_mail_address(reader.faults, map.find("from")), read_recipients(reader, map.find("to"), ""),
          read_line(reader.faults, map.find("subject"), limits::subject_octets),
          read_lines(reader.faults, map.find("text"), limits::message_octets)};
}

SendAction read_send(ScenarioReader& reader, const YamlNode& node, const std::string& server) {
  const MapReader map(reader.faults, node, shapes::send);
  SendAction send;
  send.to = read_recipients(reader, map.find("to"), server);
  send.subject = read_line(reader.faults, map.find("subject"), limits::subject_octets);
  send.text = read_lines(reader.faults, map.find("text"), limits::message_octets);
  if (const YamlNode* smuggle = map.find("smuggle")) send.smuggled = read_smuggled(reader, *smuggle);
  read_wishes(reader.faults, map, send);
  send.receipt = read_truth(reader.faults, map.find("receipt"), false);
  return send;
}

EditAction read_edit(ScenarioReader& reader, const YamlNode& node, const std::string& server) {
  const MapReader map(reader.faults, node, shapes::edit);
  EditAction edit;
  edit.subject = read_line(reader.faults, map.find("subject"), limits::subject_octets);
  edit.to = read_recipients(reader, map.find("to"), server);
  if (const YamlNode* subject = map.find("new-subject"))
    edit.new_subject = read_line(reader.faults, subject, limits::subject_octets);
  if (const YamlNode* text = map.find("text")) edit.text = read_lines(reader.faults, text, limits::message_octets);
  return edit;
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

/// The server that is asked. Who asks has domains, for which mail may wait there.
AskForQueueAction read_queue_question(ScenarioReader& reader, const YamlNode& node, const Action& action) {
  const std::string server = read_host_reference(reader, &node, HostRole::MailServer);
  const HostSetting* who = host_named(reader.scenario, action.who);
  const auto* asker = who ? std::get_if<MailServerSetting>(&who->what) : nullptr;
  if (asker && asker->domains.empty())
    reader.faults.error(node.where, tr("a question of {0}, which has no domains", {action.who}),
                        tr("a mail server with domains"), tr("add domains: and the names that it takes mail for"));
  if (!server.empty() && server == action.who)
    reader.faults.error(node.where, found_in(node), tr("another mail server"), tr("it cannot ask itself"));
  if (!server.empty() && !action.who.empty())
    reader.talks.push_back({action.who, server, node.where, tr("it asks for its mail there")});
  return {server};
}

using Deed = MessageAction::Deed;
constexpr std::pair<std::string_view, Deed> message_deeds[] = {
    {"read", Deed::Read},     {"delete", Deed::Delete},      {"flag", Deed::Flag},
    {"unflag", Deed::Unflag}, {"mark-read", Deed::MarkRead}, {"mark-unread", Deed::MarkUnread}};

/// What a person does with mail that has come.
void read_mail_deed(ScenarioReader& reader, const MapReader& map, Action& action) {
  const AccountSetting* account = account_of(reader.scenario, action);
  Faults& faults = reader.faults;
  for (const auto& [key, deed] : message_deeds)
    if (const YamlNode* node = map.find(key)) {
      MessageAction what{deed, read_choice_of_message(faults, *node)};
      const bool waits = deed == Deed::Delete && what.message.mailbox == outbox_name;
      waits ? require_outgoing(reader, account, *node, action) : require_incoming(reader, account, *node, action);
      action.what = std::move(what);
    }
  if (const YamlNode* node = map.find("move")) {
    require_incoming(reader, account, *node, action);
    const MapReader move(faults, *node, shapes::move);
    MoveAction what{read_message(faults, move), read_mailbox_name(faults, move.find("to"))};
    action.what = std::move(what);
  }
  if (const YamlNode* node = map.find("note")) {
    require_incoming(reader, account, *node, action);
    const MapReader note(faults, *node, shapes::note);
    NoteAction what{read_message(faults, note), read_line(faults, note.find("text"), limits::subject_octets)};
    action.what = std::move(what);
  }
  if (const YamlNode* node = map.find("reply")) {
    require_incoming(reader, account, *node, action);
    require_outgoing(reader, account, *node, action);
    const MapReader reply(faults, *node, shapes::reply);
    ReplyAction what{read_message(faults, reply), read_lines(faults, reply.find("text"), limits::message_octets)};
    action.what = std::move(what);
  }
  if (const YamlNode* node = map.find("search")) {
    require_incoming(reader, account, *node, action);
    const bool has_map = node->kind == YamlNode::Kind::Map;
    const std::optional<MapReader> search =
        has_map ? std::optional<MapReader>(std::in_place, faults, *node, shapes::search) : std::nullopt;
    action.what = SearchAction{read_word(faults, search ? search->find("text") : node, limits::name_octets),
                               read_mailbox_name(faults, search ? search->find("in") : nullptr)};
  }
}

/// A key that stands for a deed by itself: "true" is all that it may say.
bool read_bare_deed(ScenarioReader& reader, const MapReader& map, std::string_view key) {
  const YamlNode* node = map.find(key);
  if (node && !read_truth(reader.faults, node, true))
    reader.faults.error(node->where, fmt::format("{}: false", key), fmt::format("{}: true", key),
                        tr("remove the action instead"));
  return node != nullptr;
}

void read_deed(ScenarioReader& reader, const MapReader& map, Action& action) {
  const AccountSetting* account = account_of(reader.scenario, action);
  if (const YamlNode* send = map.find("send")) {
    require_outgoing(reader, account, *send, action);
    action.what = read_send(reader, *send, account && account->outgoing ? account->outgoing->server : std::string{});
  }
  if (const YamlNode* edit = map.find("edit")) {
    require_outgoing(reader, account, *edit, action);
    action.what = read_edit(reader, *edit, account && account->outgoing ? account->outgoing->server : std::string{});
  }
  if (read_bare_deed(reader, map, "check-mail")) {
    require_incoming(reader, account, *map.find("check-mail"), action);
    action.what = CheckMailAction{};
  }
  if (read_bare_deed(reader, map, "empty-trash")) {
    require_incoming(reader, account, *map.find("empty-trash"), action);
    action.what = EmptyTrashAction{};
  }
  if (read_bare_deed(reader, map, "go-offline")) action.what = LineAction{false};
  if (read_bare_deed(reader, map, "go-online")) action.what = LineAction{true};
  read_mail_deed(reader, map, action);
  if (const YamlNode* crash = map.find("crash")) action.what = read_crash(reader.faults, *crash);
  if (read_bare_deed(reader, map, "restart")) action.what = RestartAction{};
  if (const YamlNode* look_up = map.find("look-up")) {
    require_resolver(reader, *look_up, action);
    action.what = read_look_up(reader, *look_up);
  }
  if (const YamlNode* server = map.find("ask-for-queue")) action.what = read_queue_question(reader, *server, action);
  static constexpr std::array<std::string_view, 20> deeds{
      "send",   "check-mail", "read",        "reply",         "delete",      "move",       "flag",
      "unflag", "mark-read",  "mark-unread", "search",        "empty-trash", "go-offline", "go-online",
      "crash",  "restart",    "look-up",     "ask-for-queue", "note",        "edit"};
  const auto count = std::ranges::count_if(deeds, [&](std::string_view deed) { return map.has(deed); });
  const char* one_deed = tr("one deed, such as send, check-mail, read or delete");
  if (count == 0)
    reader.faults.error(map.where(), tr("an action that does nothing"), one_deed, tr("add one"));
  else if (count > 1)
    reader.faults.error(map.where(), tr("an action that does {0} things", {std::to_string(count)}), one_deed,
                        tr("make an action of each"));
}

Action read_action(ScenarioReader& reader, const YamlNode& node) {
  const MapReader map(reader.faults, node, shapes::action);
  Action action;
  const HostRole role = map.has("ask-for-queue")                 ? HostRole::OwnMailServer
                        : map.has("crash") || map.has("restart") ? HostRole::Server
                                                                 : HostRole::Device;
  action.who = read_host_reference(reader, map.find("who"), role);
  if (const YamlNode* at = map.find("at"))
    action.at = read_duration(reader.faults, at, Duration::zero(), limits::wait, Duration::zero());
  action.pause = read_duration(reader.faults, map.find("pause"), Duration::zero(), limits::wait, Duration::zero());
  if (map.has("at") && map.has("pause"))
    reader.faults.error(map.where(), tr("both \"{0}\" and \"{1}\"", {"at", "pause"}), tr("one of them"),
                        tr("\"at\" counts from the start, \"pause\" from the end of the action before"));
  action.account = read_account_choice(reader, map.find("account"), action);
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
    const std::string host = read_host_reference(reader, map.find("queue"), HostRole::OwnMailServer);
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
