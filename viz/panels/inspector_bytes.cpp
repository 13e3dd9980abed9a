#include <algorithm>

#include "sim/words/translate.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/bytes.hpp"
#include "viz/model/stepping.hpp"
#include "viz/panels/inspector_tabs.hpp"

namespace mailscope {
namespace {

constexpr float padding = 10, line_gap = 3, packet_gap = 12;

/// The names of the headers' fields in the reader's language.
const char* field_text(std::string_view name) {
  if (name == "from") return tr("from");
  if (name == "to") return tr("to");
  if (name == "from port") return tr("from port");
  if (name == "to port") return tr("to port");
  if (name == "sequence") return tr("sequence");
  if (name == "acknowledges") return tr("acknowledges");
  if (name == "flags") return tr("flags");
  if (name == "record") return tr("record");
  if (name == "encrypted") return tr("encrypted");
  if (name == "readable") return tr("readable");
  if (name == "unpacked") return tr("unpacked");
  return tr("octets");
}

/// One packet as boxes in boxes: network, transport, security, octets. Draws only the lines that are visible.
class PacketPicture {
 public:
  PacketPicture(const View& view, const ConversationRow& row, std::size_t record, float width)
      : record_(view.lesson.trace.records()[record]),
        packet_(std::get<PacketSent>(record_.what)),
        opened_(view.lesson.conversation.connections.at(row.connection.value)),
        layers_(layers_of(view.lesson.trace, opened_, packet_)),
        part_(part_of(packet_, row)),
        time_(clock_text(record_.at - view.lesson.trace.start)),
        width_(width) {
    if (auto tls = tls_layer(packet_, row)) layers_.push_back(*std::move(tls));
    if (auto deflate = deflate_layer(packet_, row)) layers_.push_back(*std::move(deflate));
    per_line_ = octets_per_line(width - px(2 * padding) * static_cast<float>(layers_.size() + 1));
  }

  [[nodiscard]] float height() const {
    float height = line() + px(packet_gap);
    for (const ByteLayer& layer : layers_) height += layer_height(layer) + 2 * px(padding);
    return height + hex_height();
  }

  void draw(ImVec2 at) const {
    ImDrawList& draw = *ImGui::GetWindowDrawList();
    draw_text(draw, Face::Small, at, colours().text_dim,
              (packet_.retransmission ? tr("Sent again at {0}", {time_}) : tr("Sent at {0}", {time_})));
    Rect box{at.x, at.y + line(), width_, height() - line() - px(packet_gap)};
    const ImU32 fills[] = {colours().card, colours().panel};
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      draw_card(draw, box, fills[i % 2], colours().border_strong, 1, 8);
      draw_layer(draw, layers_[i], {box.x + px(padding), box.y + px(padding)}, box.width - px(2 * padding));
      const float used = layer_height(layers_[i]) + px(padding);
      box = {box.x + px(padding), box.y + used, box.width - px(2 * padding), box.height - used - px(padding)};
    }
    draw_octets(draw, box);
  }

 private:
  static float line() { return line_height(Face::Small) + px(line_gap); }
  static float hex_line_height() { return line_height(Face::MonoSmall) + px(1); }
  static std::size_t octets_per_line(float width) {
    const float letter = text_size(Face::MonoSmall, "0").x;
    for (const std::size_t count : {std::size_t{16}, std::size_t{8}, std::size_t{4}})
      if (letter * static_cast<float>(5 + 4 * count + 1) <= width) return count;
    return 2;
  }
  [[nodiscard]] static float layer_height(const ByteLayer& layer) {
    return line_height(Face::Caption) + px(6) + line() * static_cast<float>(layer.fields.size()) + px(6);
  }
  [[nodiscard]] std::size_t lines() const { return (packet_.payload.size() + per_line_ - 1) / per_line_; }
  [[nodiscard]] float hex_height() const {
    return packet_.payload.empty() ? line() + 2 * px(padding)
                                   : hex_line_height() * static_cast<float>(lines()) + 2 * px(padding);
  }

  static void draw_layer(ImDrawList& draw, const ByteLayer& layer, ImVec2 at, float width) {
    draw_caption(draw, at, colours().text_soft, layer.title);
    float column = 0;
    for (const ByteField& field : layer.fields)
      column = std::max(column, text_size(Face::Small, field_text(field.name)).x);
    float y = at.y + line_height(Face::Caption) + px(6);
    for (const ByteField& field : layer.fields) {
      draw_text(draw, Face::Small, {at.x, y}, colours().text_dim, field_text(field.name));
      const float x = at.x + column + px(12);
      draw_text(draw, Face::MonoSmall, {x, y}, colours().text, elided(Face::MonoSmall, field.value, at.x + width - x));
      y += line();
    }
  }

  void draw_octets(ImDrawList& draw, const Rect& well) const {
    draw_card(draw, well, colours().inset, colours().border, 1, 6);
    const ImVec2 at(well.x + px(padding), well.y + px(padding));
    if (packet_.payload.empty()) {
      draw_text(draw, Face::Small, at, colours().text_dim, tr("no octets"));
      return;
    }
    const float height = hex_line_height();
    const ImVec2 clip_low = draw.GetClipRectMin(), clip_high = draw.GetClipRectMax();
    const auto first = static_cast<std::size_t>(std::max(0.0F, (clip_low.y - at.y) / height));
    const auto last = static_cast<std::size_t>(std::max(0.0F, (clip_high.y - at.y) / height + 1));
    for (std::size_t i = first; i < std::min(last, lines()); ++i)
      draw_line(draw, {at.x, at.y + static_cast<float>(i) * height}, i * per_line_);
  }

  /// Octets of other lines in the same packet are dim.
  void draw_line(ImDrawList& draw, ImVec2 at, std::size_t begin) const {
    const HexLine line = hex_line(packet_.payload, begin, per_line_);
    const float letter = text_size(Face::MonoSmall, "0").x;
    const ImU32 lit = protocol_colour(colours(), opened_.protocol);
    draw_text(draw, Face::MonoSmall, at, colours().text_faint, line.offset);
    for (std::size_t i = 0; i < line.text.size(); ++i) {
      const bool is_ours = begin + i >= part_.begin && begin + i < part_.end;
      const float hex_x = at.x + letter * static_cast<float>(5 + 3 * i);
      const float text_x = at.x + letter * static_cast<float>(5 + 3 * per_line_ + i);
      draw_text(draw, Face::MonoSmall, {hex_x, at.y}, is_ours ? colours().text : colours().text_faint,
                std::string_view(line.hex).substr(3 * i, 2));
      draw_text(draw, Face::MonoSmall, {text_x, at.y}, is_ours ? lit : colours().text_faint,
                std::string_view(line.text).substr(i, 1));
    }
  }

  const Record& record_;
  const PacketSent& packet_;
  const ConnectionOpened& opened_;
  std::vector<ByteLayer> layers_;
  ByteRange part_;
  std::string time_;
  float width_;
  std::size_t per_line_{};
};

}  // namespace

void draw_bytes_tab(const View& view, InspectorPanelState& state, std::size_t index) {
  const ConversationRow& row = view.lesson.conversation.rows[index];
  if (state.packets_of != index) {
    state.packets = packets_carrying(view.lesson.trace, row);
    state.packets_of = index;
  }
  draw_wire_well(view, index);
  const float width = ImGui::GetContentRegionAvail().x;
  const auto count = state.packets.size();
  if (count == 0) {
    wrapped_text(Face::Body, colours().text_dim, tr("No packet of this line is on record."), width);
    return;
  }
  wrapped_text(Face::Small, colours().text_dim,
               tr("Octets: {0} · Packets: {1}", {std::to_string(row.bytes.size()), std::to_string(count)}), width);
  for (const std::size_t record : state.packets) {
    const PacketPicture picture(view, row, record, width);
    const float height = picture.height();
    if (ImGui::IsRectVisible({width, height})) picture.draw(ImGui::GetCursorScreenPos());
    ImGui::Dummy({width, height});
  }
}

}  // namespace mailscope
