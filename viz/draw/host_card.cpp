#include "viz/draw/host_card.hpp"

#include <algorithm>
#include <cmath>

#include "viz/draw/icons.hpp"

namespace mailscope {
namespace {

constexpr float padding = 14, icon_column = 30, heading_height = 50, doors_a_row = 4;
constexpr float door_width_min = 38, door_height = 32, door_gap = 4;
constexpr float stack_width = 22, stack_gap = 14, stacks_height = 30, least_width = 140;
constexpr std::size_t envelopes_max = 4;  // a higher stack is told by its number

float design(float screen) { return screen / ui_scale(); }
float width_of(Face face, std::string_view text) { return design(text_size(face, text).x); }

bool has_icon(HostKind kind) { return kind != HostKind::MailServer; }

Icon icon_of(HostKind kind) {
  switch (kind) {
    case HostKind::Laptop:
      return Icon::Laptop;
    case HostKind::Phone:
      return Icon::Phone;
    case HostKind::MailServer:
      return Icon::Server;
    case HostKind::DnsServer:
      return Icon::Globe;
  }
  return Icon::Server;
}

float door_width(const HostCard& card) {
  float width = door_width_min;
  for (const Door& door : card.doors)
    width = std::max(width, width_of(Face::Caption, service_text(door.info.service)) + 10);
  return width;
}

float stack_text_width(const MailStack& stack, std::string_view number) {
  return width_of(Face::Small, stack.name + " ") + width_of(Face::Small, number);
}

/// Lines from lower left to upper right, as on a map's blocked areas.
void hatch(const Zoomed& draw, const Rect& area, ImU32 colour) {
  draw.list().PushClipRect({area.x + 1, area.y + 1}, {area.right() - 1, area.bottom() - 1}, true);
  for (float x = area.x - area.height; x < area.right(); x += draw.length(6))
    draw.list().AddLine({x, area.bottom()}, {x + area.height, area.y}, colour, draw.stroke(1));
  draw.list().PopClipRect();
}

void draw_door(const Zoomed& draw, const Door& door, const Rect& area) {
  const Palette& p = colours();
  const ImU32 protocol = protocol_colour(p, door.info.protocol);
  draw.box(area, p.inset, door.is_in_use ? 0 : p.border_strong, 1, 5);
  if (door.is_in_use) draw.box(area, faded(protocol, 0.25F), protocol, 2, 5);
  if (door.info.policy == PortPolicy::Filtered) hatch(draw, area, faded(p.failure, 0.28F));
  const ImU32 ink = door.is_in_use ? p.text : p.text_dim;
  const float x = area.x + area.width / 2;
  const std::string number = std::to_string(door.info.port.number);
  draw.text_centred(Face::MonoSmall, {x, area.y + draw.length(9.5F)}, ink, number);
  draw.text_centred(Face::Caption, {x, area.y + draw.length(22.5F)}, ink, service_text(door.info.service));
  if (door.info.policy == PortPolicy::Closed)
    draw.list().AddLine({area.x + draw.length(4), area.bottom() - draw.length(4)},
                        {area.right() - draw.length(4), area.y + draw.length(4)}, faded(p.failure, 0.8F),
                        draw.stroke(1.3F));
}

void draw_envelope(const Zoomed& draw, ImVec2 at, ImU32 fill, ImU32 line) {
  const Rect paper{at.x, at.y, draw.length(15), draw.length(10)};
  draw.box(paper, fill, line, 1, 1.5F);
  const ImVec2 flap[] = {{paper.x + 1, paper.y + 1},
                         {paper.x + paper.width / 2, paper.y + paper.height * 0.58F},
                         {paper.right() - 1, paper.y + 1}};
  draw.list().AddPolyline(flap, 3, line, 0, draw.stroke(1));
}

/// Envelopes upon one another; an empty place where there is none.
void draw_stack(const Zoomed& draw, const MailStack& stack, ImVec2 at) {
  const Palette& p = colours();
  if (stack.messages == 0) {
    draw.list().AddRect(at, {at.x + draw.length(15), at.y + draw.length(10)}, faded(p.text_faint, 0.6F),
                        draw.length(1.5F), 0, draw.stroke(1));
    return;
  }
  const std::size_t shown = std::min(stack.messages, envelopes_max);
  for (std::size_t i = shown; i-- > 0;) {
    const float up = draw.length(2.5F * static_cast<float>(i)), aside = draw.length(1.5F * static_cast<float>(i));
    draw_envelope(draw, {at.x + aside, at.y - up}, p.card, stack.is_queue ? p.smtp : p.text_soft);
  }
}

void draw_stacks(const Zoomed& draw, const HostCard& card, const Rect& area) {
  float x = area.x + draw.length(padding);
  const float y = area.bottom() - draw.length(24);
  for (const MailStack& stack : card.stacks) {
    const std::string number = std::to_string(stack.messages);
    draw_stack(draw, stack, {x, y + draw.length(2.5F)});
    x += draw.length(stack_width);
    draw.text(Face::Small, {x, y}, colours().text_dim, stack.name + " ");
    x += draw.text_width(Face::Small, stack.name + " ");
    draw.text(Face::Small, {x, y}, stack.messages > 0 ? colours().text : colours().text_dim, number);
    x += draw.text_width(Face::Small, number.size() < 2 ? "00" : number) + draw.length(stack_gap);
  }
}

float doors_height(const HostCard& card) {
  const float rows = std::ceil(static_cast<float>(card.doors.size()) / doors_a_row);
  return rows * (door_height + door_gap);
}

}  // namespace

Extent host_card_size(const HostCard& card, HostKind kind) {
  const float heading = std::max(width_of(Face::Strong, card.title), width_of(Face::Small, card.subtitle));
  float width = std::max(least_width, heading + 2 * padding + (has_icon(kind) ? icon_column : 0));
  const float doors = std::min(doors_a_row, static_cast<float>(card.doors.size()));
  width = std::max(width, doors * (door_width(card) + door_gap) - door_gap + 2 * (padding - 4));
  float stacks = 2 * padding - stack_gap;
  for (const MailStack& stack : card.stacks) stacks += stack_width + stack_text_width(stack, "00") + stack_gap;
  if (!card.stacks.empty()) width = std::max(width, stacks);
  const float height = heading_height + doors_height(card) + (card.stacks.empty() ? 8 : stacks_height);
  return {std::ceil(width), height};
}

std::vector<Rect> door_areas(const HostCard& card, const Rect& area, const Zoomed& draw) {
  std::vector<Rect> areas;
  const float width = door_width(card);
  for (std::size_t i = 0; i < card.doors.size(); ++i) {
    const auto column = static_cast<float>(i % 4), row = static_cast<float>(i / 4);
    areas.push_back({area.x + draw.length(padding - 4 + column * (width + door_gap)),
                     area.y + draw.length(heading_height + 2 + row * (door_height + door_gap)), draw.length(width),
                     draw.length(door_height)});
  }
  return areas;
}

void draw_host_card(const Zoomed& draw, const HostCard& card, HostKind kind, const Rect& area, bool is_hovered) {
  const Palette& p = colours();
  const bool speaks = !card.speaks.empty();
  const ImU32 border = speaks ? protocol_colour(p, card.speaks) : is_hovered ? p.text_faint : p.border_strong;
  draw.box(area, p.card, border, speaks ? 2 : 1, 10);
  float x = area.x + draw.length(padding);
  if (has_icon(kind)) {
    const ImU32 ink = kind == HostKind::DnsServer ? p.dns : p.text;
    draw_icon(draw.list(), icon_of(kind), {x + draw.length(10), area.y + draw.length(26)}, draw.length(24), ink);
    x += draw.length(icon_column);
  }
  draw.text(Face::Strong, {x, area.y + draw.length(10)}, p.text, card.title);
  draw.text(Face::Small, {x, area.y + draw.length(28)}, p.text_dim, card.subtitle);
  const std::vector<Rect> doors = door_areas(card, area, draw);
  for (std::size_t i = 0; i < doors.size(); ++i) draw_door(draw, card.doors[i], doors[i]);
  draw_stacks(draw, card, area);
}

}  // namespace mailscope
