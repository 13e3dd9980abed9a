// The picture of a host: a card with icon, heading, doors and stacks of mail.
#pragma once

#include "viz/draw/zoomed.hpp"
#include "viz/model/geometry.hpp"
#include "viz/model/host_card.hpp"

namespace mailscope {

/// The size in design pixels in which everything on the card has room, whatever its stacks hold now.
[[nodiscard]] Extent host_card_size(const HostCard& card, HostKind kind);
/// The doors of a card that lies at `area` on the screen, by index.
[[nodiscard]] std::vector<Rect> door_areas(const HostCard& card, const Rect& area, const Zoomed& draw);

void draw_host_card(const Zoomed& draw, const HostCard& card, HostKind kind, const Rect& area, bool is_hovered);

}  // namespace mailscope
