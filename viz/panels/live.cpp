#include "viz/panels/live.hpp"

#include <algorithm>

#include "imgui.h"
#include "imgui_stdlib.h"
#include "sim/lesson/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/ladder.hpp"

namespace mailscope {
namespace {

constexpr float line_gap = 4;

struct ServiceName {
  const char *protocol, *text;
};
ServiceName name_of(Service service) {
  switch (service) {
    case Service::Relay:
      return {"SMTP", "SMTP (MX)"};
    case Service::Submission:
      return {"SMTP", "SMTP"};
    case Service::Pop3:
      return {"POP3", "POP3"};
    case Service::Imap:
      return {"IMAP", "IMAP"};
    case Service::Dns:
      return {"DNS", "DNS"};
  }
  return {"", ""};
}

float inner_width() { return ImGui::GetContentRegionAvail().x; }

/// "IMAP TLS    127.0.0.1:10993", the protocol in its colour.
void draw_door(const live::Door& door, bool starttls) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = line_height(Face::Mono);
  const ServiceName name = name_of(door.port.service);
  draw_text(draw, Face::Strong, at, protocol_colour(colours(), name.protocol), name.text);
  if (door.port.tls || starttls)
    draw_text(draw, Face::Caption, {at.x + text_size(Face::Strong, name.text).x + px(6), at.y + px(2)},
              colours().text_dim, door.port.tls ? "TLS" : "STARTTLS");
  const std::string address = "127.0.0.1:" + std::to_string(door.real);
  draw_text(draw, Face::Mono, {at.x + inner_width() - text_size(Face::Mono, address).x, at.y}, colours().text, address);
  ImGui::Dummy({inner_width(), height + px(line_gap)});
}

void draw_account(const std::string& domain, const ServerUser& user) {
  wrapped_text(Face::Mono, colours().text, user.name + '@' + domain, inner_width());
  wrapped_text(Face::Small, colours().text_dim, tr("user {0}, password {1}", {user.name, user.password}),
               inner_width());
}

void draw_server(const View& view, const HostSetting& host, const MailServerSetting& server) {
  const auto is_here = [&host](const live::Door& door) { return door.host == host.name; };
  if (std::ranges::none_of(view.live->doors, is_here)) return;
  ImGui::Dummy({0, px(6)});
  caption(host.name);
  for (const live::Door& door : view.live->doors)
    if (is_here(door)) draw_door(door, server.starttls);
  for (const ServerUser& user : server.users)
    for (const std::string& domain : server.domains) draw_account(domain, user);
}

void draw_settings(const View& view) {
  for (const HostSetting& host : view.lesson.scenario.hosts)
    if (const auto* server = std::get_if<MailServerSetting>(&host.what)) draw_server(view, host, *server);
}

/// The connections that real programs have open at this instant.
void draw_connected(const View& view) {
  ImGui::Dummy({0, px(6)});
  caption(tr("Connected"));
  bool anyone = false;
  for (const ConnectionState& connection : view.now.connections) {
    const bool is_open = connection.phase == Phase::Open || connection.phase == Phase::Closing;
    if (connection.opened.client.host != view.live->outside || !is_open) continue;
    anyone = true;
    const HostInfo& server = view.lesson.trace.hosts.at(connection.opened.server.host.value);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float height = line_height(Face::Body);
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw.AddCircleFilled({at.x + px(5), at.y + height / 2}, px(4),
                         protocol_colour(colours(), connection.opened.protocol));
    draw_elided(draw, Face::Body, {at.x + px(18), at.y}, colours().text,
                connection.opened.protocol + " \u2192 " + server.label, inner_width() - px(18), Origin::Wire);
    ImGui::Dummy({inner_width(), height});
  }
  if (!anyone) wrapped_text(Face::Small, colours().text_dim, tr("Nobody at this instant."), inner_width());
}

/// A field for a path with a button.
void draw_saving(const View& view, Intents& intents) {
  static std::string path = "mailscope-live.jsonl";  // what is being typed; it outlives nothing but the field itself
  ImGui::Dummy({0, px(6)});
  caption(tr("Record"));
  ImGui::SetNextItemWidth(inner_width());
  ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, px(1));
  ImGui::PushStyleColor(ImGuiCol_FrameBg, colours().inset);
  const bool entered = ImGui::InputText("##record", &path, ImGuiInputTextFlags_EnterReturnsTrue);
  ImGui::PopStyleColor();
  ImGui::PopStyleVar();
  focus_ring();
  tooltip(tr("A name that ends in .pcapng gives a capture for Wireshark"));
  if ((text_button("save record", tr("Save")) || entered) && !path.empty()) intents.push_back(SaveRecord{path});
  if (!view.live->saved.empty())
    wrapped_text(Face::Small, colours().text_dim, tr("Saved: {0}", {view.live->saved}), inner_width());
}

void draw_failures(const View& view, Intents& intents) {
  wrapped_text(Face::Title, colours().text, tr("The servers could not be opened"), inner_width());
  for (const std::string& failure : view.live->failures)
    wrapped_text(Face::Body, colours().failure, failure, inner_width());
  wrapped_text(Face::Body, colours().text_soft,
               tr("Another program may have these ports. End it, or give others: mailscope serve --map."),
               inner_width());
  if (text_button("open servers", tr("Try again"), Look::Primary)) intents.push_back(OpenServers{});
}

}  // namespace

void draw_live_panel(const View& view, const Rect& area, Intents& intents) {
  begin_panel("live", area);
  caption(tr("Live"));
  if (!view.live->failures.empty()) {
    draw_failures(view, intents);
    return end_panel();
  }
  wrapped_text(Face::Title, colours().text,
               view.live->serving ? tr("The servers are open") : tr("The servers are closed"), inner_width());
  wrapped_text(Face::Body, colours().text_soft,
               view.live->serving
                   ? tr("Give a mail program on this machine one of these accounts, and watch what it says.")
                   : tr("What was said stays here: step through it, or save it."),
               inner_width());
  if (view.live->serving) {
    if (text_button("close servers", tr("Close the servers"))) intents.push_back(CloseServers{});
    draw_connected(view);
    draw_settings(view);
  } else if (text_button("open servers", tr("Open again"), Look::Primary)) {
    intents.push_back(OpenServers{});
  }
  if (view.live->serving && !view.live->authority.empty()) {
    ImGui::Dummy({0, px(6)});
    caption(tr("Certificate"));
    wrapped_text(Face::Small, colours().text_soft, tr("Let your mail program trust this file:"), inner_width());
    wrapped_text(Face::Mono, colours().text, view.live->authority.string(), inner_width());
  }
  if (!view.lesson.trace.records().empty()) draw_saving(view, intents);
  end_panel();
}

}  // namespace mailscope
