// What a lesson says of SMTP's extensions: which a server offers, and what a message to send asks for with them.
#include <algorithm>

#include "protocols/core/ascii.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "sim/scenario/read/scenario_reader.hpp"
#include "sim/scenario/read/scenario_values.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

using smtp::Extension;
using smtp::Extensions;

std::optional<Extension> read_extension(Faults& faults, const YamlNode& node) {
  std::vector<std::pair<std::string_view, std::optional<Extension>>> names;
  for (std::size_t i{}; i < smtp::extension_keywords.size(); ++i)
    names.emplace_back(smtp::extension_keywords[i], static_cast<Extension>(i));
  return read_choice<std::optional<Extension>>(faults, &node, names);
}

Extensions read_names(Faults& faults, const YamlNode& node) {
  Extensions named{};
  for_each_item(faults, node, tr("a list of extensions, such as [PIPELINING, SIZE]"), smtp::extension_keywords.size(),
                [&](const YamlNode& item) {
                  const std::optional<Extension> extension = read_extension(faults, item);
                  if (!extension) return;
                  if (named.has(*extension))
                    faults.error(item.where, tr("the extension {0} a second time", {item.text}),
                                 tr("each extension once"), tr("remove it"));
                  named = named.with(*extension);
                });
  return named;
}

/// RFC 3030 §3, RFC 6531 §3.1: some stand only beside others.
void require_company(Faults& faults, const YamlNode& node, Extensions offered) {
  static constexpr std::pair<Extension, Extension> needs[] = {{Extension::BinaryMime, Extension::Chunking},
                                                              {Extension::Smtputf8, Extension::EightBitMime}};
  const auto name = [](Extension each) {
    return std::string(smtp::extension_keywords[static_cast<std::size_t>(each)]);
  };
  for (const auto& [which, other] : needs)
    if (offered.has(which) && !offered.has(other))
      faults.error(node.where, tr("{0} without {1}", {name(which), name(other)}), tr("both or neither"));
}

/// notify-esmtp-value: never, or what to tell of (RFC 3461 §4.1)
smtp::Notify read_notify(Faults& faults, const YamlNode& node) {
  smtp::Notify notify;
  notify.never = node.kind == YamlNode::Kind::Scalar && node.text == "never";
  if (notify.never) return notify;
  static constexpr std::pair<std::string_view, bool smtp::Notify::*> events[] = {
      {"success", &smtp::Notify::success}, {"failure", &smtp::Notify::failure}, {"delay", &smtp::Notify::delay}};
  for_each_item(faults, node, tr("never, or a list such as [success, failure, delay]"), std::size(events),
                [&](const YamlNode& item) {
                  if (const auto event = read_choice<bool smtp::Notify::*>(faults, &item, events)) notify.*event = true;
                });
  if (node.kind == YamlNode::Kind::List && node.items.empty())
    faults.error(node.where, tr("an empty list"), tr("never, or a list such as [success, failure, delay]"));
  return notify;
}

/// The wire counts whole seconds.
std::chrono::seconds read_seconds(Faults& faults, const YamlNode* node) {
  return std::chrono::ceil<std::chrono::seconds>(
      read_duration(faults, node, Duration{1}, limits::wait, std::chrono::seconds(1)));
}

smtp::DeliverBy read_deliver_by(Faults& faults, const YamlNode& node) {
  static constexpr std::pair<std::string_view, bool> late[] = {{"tell", false}, {"return", true}};
  const MapReader map(faults, node, shapes::deliver_by);
  return {read_seconds(faults, map.find("within")), read_choice<bool>(faults, map.find("late"), late),
          read_truth(faults, map.find("trace"), false)};
}

}  // namespace

Extensions read_extensions(Faults& faults, const YamlNode* node) {
  Extensions offered = Extensions::all();
  if (!node) return offered;
  if (node->kind == YamlNode::Kind::Map) {
    const MapReader map(faults, *node, shapes::extensions);
    if (const YamlNode* without = map.find("without")) {
      const Extensions missing = read_names(faults, *without);
      for (std::size_t i{}; i < smtp::extension_keywords.size(); ++i)
        if (missing.has(static_cast<Extension>(i))) offered = offered.without(static_cast<Extension>(i));
    }
  } else {
    offered = read_names(faults, *node);
  }
  require_company(faults, *node, offered);
  return offered;
}

void read_wishes(Faults& faults, const MapReader& map, SendAction& send) {
  static constexpr std::pair<std::string_view, smtp::Return> returns[] = {{"full", smtp::Return::Full},
                                                                          {"headers", smtp::Return::Headers}};
  smtp::Envelope& wishes = send.wishes;
  if (const YamlNode* notify = map.find("notify")) send.notify = read_notify(faults, *notify);
  wishes.returned = read_choice<smtp::Return>(faults, map.find("return"), returns);
  wishes.id = read_line(faults, map.find("envelope-id"), limits::envelope_id_octets);
  if (!std::ranges::all_of(wishes.id, ascii::is_printable))  // RFC 3461 §4.4
    faults.error(map.find("envelope-id")->where, found_in(*map.find("envelope-id")), tr("printable US-ASCII"));
  if (const YamlNode* by = map.find("deliver-by")) wishes.by = read_deliver_by(faults, *by);
  if (const YamlNode* hold = map.find("hold-for")) wishes.hold = read_seconds(faults, hold);
  if (const YamlNode* hold = map.find("hold-until")) wishes.hold = read_instant(faults, hold);
  if (const YamlNode* priority = map.find("priority")) wishes.priority = read_priority(faults, priority);
  wishes.require_tls = read_truth(faults, map.find("require-tls"), false);
  if (map.has("hold-for") && map.has("hold-until"))
    faults.error(map.where(), tr("both \"{0}\" and \"{1}\"", {"hold-for", "hold-until"}), tr("one of them"));
}

}  // namespace mailscope
