#include "viz/panels/network.hpp"

#include <fmt/format.h>

#include <cmath>

#include "sim/words/explanations.hpp"
#include "sim/words/translate.hpp"
#include "viz/draw/host_card.hpp"
#include "viz/draw/packet.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/bubble_place.hpp"
#include "viz/model/flow.hpp"

namespace mailscope {
namespace {

constexpr float header_height = 34, button_size = 26, zoom_step = 1.2F;
constexpr float capsule_width_max = 176;
constexpr auto fade_after = std::chrono::milliseconds(900);

/// One frame of the stage.
class Stage {
 public:
  Stage(const View& view, NetworkPanelState& state, const Rect& canvas)
      : view_(view), trace_(view.lesson.trace), state_(state), canvas_(canvas) {
    for (std::uint32_t host = 0; host < trace_.hosts.size(); ++host) cards_.push_back(host_card(view, HostId{host}));
    arrange();
  }

  void draw() {
    ImGui::PushClipRect(low(canvas_), high(canvas_), true);
    take_camera_input();
    for (std::uint32_t link = 0; link < trace_.links.size(); ++link) draw_link(LinkId{link});
    for (std::uint32_t host = 0; host < trace_.hosts.size(); ++host) draw_card_of(HostId{host});
    const auto flights = flights_at(trace_, view_.lesson.conversation, view_.now, view_.settings.reduced_motion);
    for (const bool has_payload : {false, true})  // flags hide no capsule's words, and dots hide neither
      for (const bool is_bare : {true, false})
        for (const Flight& flight : flights)
          if (flight.has_payload == has_payload && flight.is_bare == is_bare) draw_flight(flight);
    draw_marks();
    ImGui::PopClipRect();
  }

 private:
  [[nodiscard]] Zoomed pen() const { return {*ImGui::GetWindowDrawList(), state_.camera.zoom}; }
  [[nodiscard]] ImVec2 on_screen(Point stage) const {
    const Point p = state_.camera.to_panel(stage) * ui_scale();
    return {canvas_.x + p.x, canvas_.y + p.y};
  }
  [[nodiscard]] Rect on_screen(const Rect& stage) const {
    const ImVec2 corner = on_screen(Point{stage.x, stage.y});
    const float scale = state_.camera.zoom * ui_scale();
    const float x = std::round(corner.x), y = std::round(corner.y);
    return {x, y, std::round(stage.width * scale), std::round(stage.height * scale)};
  }
  [[nodiscard]] Rect card_area(HostId host) const { return on_screen(state_.layout.cards[host.value]); }

  void arrange() {
    std::vector<Extent> sizes;
    for (std::size_t i = 0; i < cards_.size(); ++i) sizes.push_back(host_card_size(cards_[i], trace_.hosts[i].kind));
    const Extent available{canvas_.width / ui_scale(), canvas_.height / ui_scale()};
    StageCamera& camera = state_.camera;
    if (sizes != state_.sizes || available != state_.available || camera.dragged != state_.dragged) {
      state_.layout = arrange_stage(trace_.hosts, trace_.links, sizes, available, camera.dragged);
      state_.sizes = sizes, state_.available = available, state_.dragged = camera.dragged;
    }
    if (camera.is_fitted) camera.fit(state_.layout.bounds, available);
  }

  /// An item over what of `area` the canvas shows; nothing is placed outside, which would make the panel scroll.
  [[nodiscard]] std::optional<ItemState> item(const std::string& id, const Rect& area, float radius = 8) const {
    const float x = std::max(area.x, canvas_.x), y = std::max(area.y, canvas_.y);
    const Rect seen{x, y, std::min(area.right(), canvas_.right()) - x, std::min(area.bottom(), canvas_.bottom()) - y};
    if (seen.empty()) return std::nullopt;
    ImGui::SetNextItemAllowOverlap();
    return hit_area(id.c_str(), seen, radius);
  }

  void take_camera_input() {
    const auto background = item("stage", canvas_);
    if (!background) return;
    const ImGuiIO& io = ImGui::GetIO();
    StageCamera& camera = state_.camera;
    if (background->held && ImGui::IsMouseDragging(ImGuiMouseButton_Left, 0)) {
      camera.pan = camera.pan + Point{io.MouseDelta.x, io.MouseDelta.y} * (1 / ui_scale());
      if (io.MouseDelta.x != 0 || io.MouseDelta.y != 0) camera.is_fitted = false;
    }
    const bool is_over = ImGui::IsMouseHoveringRect(low(canvas_), high(canvas_)) && ImGui::IsWindowHovered();
    if (is_over && io.MouseWheel != 0) {
      const Point pointer{(io.MousePos.x - canvas_.x) / ui_scale(), (io.MousePos.y - canvas_.y) / ui_scale()};
      camera.magnify(std::pow(zoom_step, io.MouseWheel), pointer);
    }
  }

  /// Protocol of the newest connection under way over a link, and whether a packet is on it now.
  struct LinkUse {
    std::string protocol;
    bool is_busy{};
  };
  [[nodiscard]] LinkUse use_of(LinkId id) const {
    const LinkInfo& link = trace_.links[id.value];
    LinkUse use;
    for (const ConnectionState& connection : view_.now.connections) {
      const HostId a = connection.opened.client.host, b = connection.opened.server.host;
      const bool is_here = (a == link.a && b == link.b) || (a == link.b && b == link.a);
      if (is_here && is_under_way(connection.phase)) use.protocol = connection.opened.protocol;
    }
    for (const PacketInFlight& packet : view_.now.in_flight) {
      const auto& sent = std::get<PacketSent>(trace_.records()[packet.record].what);
      if (sent.link != id) continue;
      use = {view_.now.connections.at(sent.connection.value).opened.protocol, true};
    }
    return use;
  }

  void draw_link(LinkId id) {
    const LinkInfo& link = trace_.links[id.value];
    const LinkPath& path = state_.layout.links[id.value];
    std::vector<ImVec2> points;
    for (const Point p : path.points) points.push_back(on_screen(p));
    const LinkUse use = use_of(id);
    const ImU32 protocol = protocol_colour(colours(), use.protocol);
    const Zoomed draw = pen();
    if (use.protocol.empty())
      draw_lane(draw, points, colours().link, 2, true);
    else
      draw_lane(draw, points, use.is_busy ? protocol : faded(protocol, 0.55F), use.is_busy ? 3.0F : 2.0F, false);
    if (link.latency == Duration{}) return;  // a live server's link to the real programs: nothing to tell of it
    const std::string latency = latency_text(link.latency);
    const ImVec2 middle = on_screen(path.at(0.5F));
    const float width = draw.text_width(Face::Small, latency) + draw.length(10), height = draw.text_height(Face::Small);
    const Rect label{middle.x - width / 2, middle.y - height / 2, width, height};
    draw.list().AddRectFilled(low(label), high(label), colours().panel, draw.length(4));
    draw.text_centred(Face::Small, middle, colours().text_dim, latency);
    const HostInfo &a = trace_.hosts[link.a.value], &b = trace_.hosts[link.b.value];
    if (item("link " + a.name + " " + b.name, label, 4))
      tooltip((a.label + " ↔ " + b.label + "\n" +
               tr("{0} each way, {1} Mbit/s", {latency, std::to_string(link.bits_per_second / 1'000'000)}))
                  .c_str());
  }

  void draw_card_of(HostId host) {
    const HostInfo& info = trace_.hosts[host.value];
    const HostCard& card = cards_[host.value];
    const Rect area = card_area(host);
    const Zoomed draw = pen();
    const auto over = item("card " + info.name, area, 10);
    if (over) {
      tooltip((info.name + "\n" + info.address).c_str());
      drag(host, *over);
    }
    draw_host_card(draw, card, info.kind, area, over && over->hovered);
    const std::vector<Rect> doors = door_areas(card, area, draw);
    for (std::size_t i = 0; i < doors.size(); ++i) {
      const PortInfo& port = card.doors[i].info;
      const std::string number = std::to_string(port.port.number);
      const char* transport = port.transport == Transport::Tcp ? "TCP " : "UDP ";
      if (!item("door " + info.name + ":" + number, doors[i], 5)) continue;
      tooltip((transport + number + " · " + port.protocol + " · " + service_text(port.service) + "\n" +
               policy_text(port.policy) + (card.doors[i].is_in_use ? std::string("\n") + tr("in use now") : ""))
                  .c_str());
    }
  }

  void drag(HostId host, const ItemState& over) {
    const ImVec2 delta = ImGui::GetIO().MouseDelta;
    if (!over.held || !ImGui::IsMouseDragging(ImGuiMouseButton_Left) || (delta.x == 0 && delta.y == 0)) return;
    StageCamera& camera = state_.camera;
    camera.is_fitted = false;
    Point& moved = camera.dragged[host];
    moved = moved + Point{delta.x, delta.y} * (1 / (ui_scale() * camera.zoom));
  }

  void draw_flight(const Flight& flight) {
    if (flight.link.value >= trace_.links.size()) return;
    const LinkPath& path = state_.layout.links[flight.link.value];
    const bool is_forward = trace_.links[flight.link.value].a == flight.from;
    const auto t = static_cast<float>(is_forward ? flight.progress : 1 - flight.progress);
    const ImVec2 at = on_screen(path.at(t));
    const ImU32 fill = flight.is_error ? colours().failure : protocol_colour(colours(), flight.protocol);
    if (flight.is_bare)
      draw_dot(pen(), at, fill);
    else
      draw_capsule(pen(), at, flight.text, fill, capsule_width_max, flight.is_sealed);
  }

  [[nodiscard]] float opacity(Duration age) const {
    if (age <= fade_after || view_.settings.reduced_motion) return 1;
    return static_cast<float>((shown_for - age).count()) / static_cast<float>(Duration(shown_for - fade_after).count());
  }

  void draw_marks() {
    std::vector<Rect> cards, bubbles;
    for (std::uint32_t host = 0; host < trace_.hosts.size(); ++host) cards.push_back(card_area(HostId{host}));
    for (const ShownRecord& shown : shown_records(trace_, view_.now)) {
      const Happening& what = trace_.records()[shown.record].what;
      if (const auto* notice = std::get_if<Notice>(&what)) draw_notice(*notice, shown, cards, bubbles);
      if (const auto* changed = std::get_if<ConnectionChanged>(&what)) draw_failure(changed->connection, shown.age);
      if (const auto* ended = std::get_if<PacketEnded>(&what)) draw_not_delivered(*ended, shown.record, shown.age);
    }
  }

  void draw_notice(const Notice& notice, const ShownRecord& shown, const std::vector<Rect>& cards,
                   std::vector<Rect>& used) const {
    const Explanation* known = explanation(notice.topic);
    std::string text = known ? fill(known->title.in(view_.settings.language), notice.arguments) : notice.topic;
    if (shown.count > 1) text += fmt::format(" (×{})", shown.count);
    const ImVec2 size = bubble_size(pen(), text);
    const Rect room{canvas_.x + px(8), canvas_.y, canvas_.width - px(16), canvas_.height - px(8)};
    const Rect place = place_bubble(cards[notice.host.value], {size.x, size.y}, room, px(8), used, cards);
    draw_bubble(pen(), low(place), text, notice.severity, opacity(shown.age));
    used.push_back(place);
  }

  /// Beside the host that turned the connection away, or did not answer.
  void draw_failure(ConnectionId connection, Duration age) const {
    const ConnectionOpened& opened = view_.now.connections.at(connection.value).opened;
    draw_bounce_at(opened.client.host, opened.server.host, age);
  }

  /// A cross where the packet was lost: half-way, or at the host that did not take it.
  void draw_not_delivered(const PacketEnded& ended, std::size_t record, Duration age) const {
    for (std::size_t i = record; i-- > 0;) {
      const auto* sent = std::get_if<PacketSent>(&trace_.records()[i].what);
      if (sent == nullptr || sent->packet != ended.packet) continue;
      if (ended.fate == PacketFate::Lost)
        return draw_loss(pen(), on_screen(state_.layout.links.at(sent->link.value).at(0.5F)), opacity(age));
      const ConnectionOpened& opened = view_.now.connections.at(sent->connection.value).opened;
      const bool to_server = sent->from == Side::Client;
      return draw_bounce_at(to_server ? opened.client.host : opened.server.host,
                            to_server ? opened.server.host : opened.client.host, age);
    }
  }

  void draw_bounce_at(HostId from, HostId to, Duration age) const {
    for (std::size_t i = 0; i < trace_.links.size(); ++i) {
      const LinkInfo& link = trace_.links[i];
      if ((link.a == from && link.b == to) || (link.a == to && link.b == from))
        return draw_bounce(pen(), on_screen(state_.layout.links[i].at(link.b == to ? 1.0F : 0.0F)), opacity(age));
    }
  }

  const View& view_;
  const Trace& trace_;
  NetworkPanelState& state_;
  Rect canvas_;
  std::vector<HostCard> cards_;
};

void draw_header(NetworkPanelState& state, const Rect& area, const Rect& canvas) {
  ImGui::SetCursorScreenPos({area.x + px(16), area.y + px(14)});
  caption(tr("Network"));
  const auto button = [&](const char* id, Icon icon, float place, const char* tip) {
    const Rect square{area.right() - px(12) - place * px(button_size + 4), area.y + px(8), px(button_size),
                      px(button_size)};
    return icon_button(id, icon, square, tip, Look::Plain);
  };
  const Point middle{canvas.width / 2 / ui_scale(), canvas.height / 2 / ui_scale()};
  if (button("zoom out", Icon::Minus, 3, tr("Smaller"))) state.camera.magnify(1 / zoom_step, middle);
  if (button("zoom in", Icon::Plus, 2, tr("Larger"))) state.camera.magnify(zoom_step, middle);
  if (button("fit", Icon::Fit, 1, tr("Show everything, each card in its place"))) {
    state.camera.dragged.clear();
    state.camera.is_fitted = true;
  }
}

}  // namespace

void draw_network_panel(const View& view, NetworkPanelState& state, const Rect& area, Intents&) {
  begin_panel("network", area, 0);
  const Rect canvas{area.x + 1, area.y + px(header_height), std::max(0.0F, area.width - 2),
                    std::max(0.0F, area.height - px(header_height) - 1)};
  draw_header(state, area, canvas);
  if (view.lesson.trace.hosts.empty()) {
    ImGui::SetCursorScreenPos({area.x + px(16), canvas.y + px(8)});
    wrapped_text(Face::Body, colours().text_dim,
                 tr("This lesson has no hosts yet. Its file lists them under \"hosts\"."), area.width - px(32));
  } else if (!canvas.empty()) {
    Stage(view, state, canvas).draw();
  }
  end_panel();
}

}  // namespace mailscope
