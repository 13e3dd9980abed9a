#include "viz/panels/live.hpp"

#include <algorithm>

#include "imgui.h"
#include "imgui_stdlib.h"
#include "sim/words/translate.hpp"
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

/// "IMAP TLS    127.0.0.1:10993", the protocol in its colour; the address in a line of its own where there is no room.
/// `security` may be null.
void draw_address(const ServiceName& name, const char* security, const std::string& address) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const float height = line_height(Face::Mono);
  draw_text(draw, Face::Strong, at, protocol_colour(colours(), name.protocol), name.text);
  float end = text_size(Face::Strong, name.text).x;
  if (security) {
    draw_text(draw, Face::Caption, {at.x + end + px(6), at.y + px(2)}, colours().text_dim, security);
    end += px(6) + text_size(Face::Caption, security).x;
  }
  const float left = inner_width() - text_size(Face::Mono, address).x;
  const float below = left < end + px(8) ? height : 0;
  draw_text(draw, Face::Mono, {at.x + left, at.y + below}, colours().text, address);
  ImGui::Dummy({inner_width(), below + height + px(line_gap)});
}

void draw_door(const live::Door& door, bool starttls) {
  draw_address(name_of(door.port.service),
               door.port.tls ? "TLS"
               : starttls    ? "STARTTLS"
                             : nullptr,
               "127.0.0.1:" + std::to_string(door.real));
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

/// Where a real server listens.
void draw_real_server(const HostSetting& host, const RealServerSetting& server) {
  ImGui::Dummy({0, px(6)});
  caption(host.name);
  wrapped_text(Face::Small, colours().text_soft, tr("A real server, which the lesson's devices talk to:"),
               inner_width());
  for (const RealServerSetting::Door& door : server.doors)
    draw_address(name_of(door.port.service), door.port.tls ? "TLS" : nullptr, place_text(door));
}

void draw_settings(const View& view) {
  for (const HostSetting& host : view.lesson.scenario.hosts) {
    if (const auto* server = std::get_if<MailServerSetting>(&host.what)) draw_server(view, host, *server);
    if (const auto* real = std::get_if<RealServerSetting>(&host.what)) draw_real_server(host, *real);
  }
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

/// What the panel says of itself: servers are open to real programs, or the lesson plays with real servers.
struct Words {
  const char *title, *text, *close;
};
Words words_of(const View& view) {
  if (!view.live->serving)
    return {view.live->doors.empty() ? tr("The connections are closed") : tr("The servers are closed"),
            tr("What was said stays here: step through it, or save it."), ""};
  if (view.live->doors.empty())
    return {tr("Connected to the real world"),
            tr("The lesson plays in real time, and what its devices say goes to real servers on this machine."),
            tr("Close the connections")};
  return {tr("The servers are open"),
          tr("Give a mail program on this machine one of these accounts, and watch what it says."),
          tr("Close the servers")};
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
  const Words words = words_of(view);
  wrapped_text(Face::Title, colours().text, words.title, inner_width());
  wrapped_text(Face::Body, colours().text_soft, words.text, inner_width());
  if (view.live->serving) {
    if (text_button("close servers", words.close)) intents.push_back(CloseServers{});
    if (!view.live->doors.empty()) draw_connected(view);
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
