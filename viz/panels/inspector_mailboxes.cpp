#include <algorithm>

#include "sim/words/translate.hpp"
#include "viz/draw/icons.hpp"
#include "viz/draw/text.hpp"
#include "viz/draw/widgets.hpp"
#include "viz/model/host_card.hpp"
#include "viz/panels/inspector_tabs.hpp"

namespace mailscope {
namespace {

constexpr float padding = 10, mark_column = 16;

std::string size_text(std::uint64_t octets) { return std::to_string(octets) + " B"; }

/// What would come into an empty box.
const char* filled_by(HostKind kind, const std::string& mailbox) {
  if (kind == HostKind::MailServer) return tr("Empty. A message that is delivered will lie here.");
  if (mailbox.ends_with("Sent")) return tr("Empty. A message that is sent leaves a copy here.");
  if (mailbox.ends_with("Trash")) return tr("Empty. What is deleted comes here first.");
  if (mailbox == "Outbox") return tr("Empty. What cannot be sent waits here.");
  return tr("Empty. Checking mail will fill it.");
}

float message_height() { return line_height(Face::Body) + line_height(Face::Small) + px(12); }

/// An unread message has a dot and a bold subject. What has no room shows whole while the mouse rests on it.
void draw_message(const MessageSummary& message, ImVec2 at, float width) {
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  const bool is_seen = std::ranges::find(message.flags, "\\Seen") != message.flags.end();
  if (!is_seen)
    draw.AddCircleFilled({at.x + px(4), at.y + px(6) + line_height(Face::Strong) / 2}, px(3.5F), colours().accent);
  const float x = at.x + px(mark_column), room = width - px(mark_column);
  const std::string size = size_text(message.octets);
  const float size_width = text_size(Face::MonoSmall, size).x;
  const std::string subject = message.subject.empty() ? tr("(no subject)") : message.subject;
  const bool subject_cut = draw_elided(draw, is_seen ? Face::Body : Face::Strong, {x, at.y + px(6)}, colours().text,
                                       subject, room - size_width - px(8), Origin::Wire);
  draw_text(draw, Face::MonoSmall, {at.x + width - size_width, at.y + px(8)}, colours().text_dim, size);
  std::string details = message.from;
  for (const std::string& flag : message.flags) details += " · " + flag;
  if (!message.note.empty()) details += " · “" + message.note + "”";
  if (!message.waits.empty()) details += std::string(" · ") + tr("waits") + ": " + translated(message.waits.c_str());
  if (!message.body_present) details += std::string(" · ") + tr("header only");
  const bool details_cut = draw_elided(draw, Face::Small, {x, at.y + px(7) + line_height(Face::Body)},
                                       colours().text_dim, details, room, Origin::Wire);
  if (!(subject_cut || details_cut) || !ImGui::IsWindowHovered()) return;
  if (!ImGui::IsMouseHoveringRect({at.x, at.y}, {at.x + width, at.y + message_height()})) return;
  show_tip(subject + "\n" + details);
}

void draw_box(const HostInfo& host, const std::string& name, const std::vector<MessageSummary>& messages) {
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float width = ImGui::GetContentRegionAvail().x, inner = width - px(2 * padding);
  const float heading = line_height(Face::Small) + px(2 * 7);
  const char* empty = filled_by(host.kind, name);
  const float content = messages.empty() ? wrapped_height(Face::Small, empty, inner) + px(padding)
                                         : message_height() * static_cast<float>(messages.size()) + px(4);
  const Rect box{at.x, at.y, width, heading + content};
  ImDrawList& draw = *ImGui::GetWindowDrawList();
  draw_card(draw, box, colours().card, colours().border_strong, 1, 8);
  draw_icon(draw, Icon::Envelope, {at.x + px(padding + 7), at.y + heading / 2}, px(14), colours().text_dim);
  draw_text(draw, Face::Small, {at.x + px(padding + 22), at.y + px(7)}, colours().text_soft, mailbox_title(name));
  const std::string count = std::to_string(messages.size());
  draw_text(draw, Face::Small, {box.right() - px(padding) - text_size(Face::Small, count).x, at.y + px(7)},
            colours().text_dim, count);
  if (messages.empty()) {
    ImGui::SetCursorScreenPos({at.x + px(padding), at.y + heading});
    wrapped_text(Face::Small, colours().text_dim, empty, inner);
  }
  const float top = at.y + heading, height = message_height();
  const ImVec2 clip_low = draw.GetClipRectMin(), clip_high = draw.GetClipRectMax();
  const auto first = static_cast<std::size_t>(std::max(0.0F, (clip_low.y - top) / height));
  const auto last = static_cast<std::size_t>(std::max(0.0F, (clip_high.y - top) / height + 1));
  for (std::size_t i = first; i < std::min(last, messages.size()); ++i)
    draw_message(messages[i], {at.x + px(padding), top + height * static_cast<float>(i)}, inner);
  ImGui::SetCursorScreenPos(at);
  ImGui::Dummy({width, box.height});
}

void draw_host(const View& view, HostId id) {
  const HostInfo& host = view.lesson.trace.hosts[id.value];
  const HostState& state = view.now.hosts[id.value];
  if (state.mailboxes.empty() && state.queued == 0) return;
  const float width = ImGui::GetContentRegionAvail().x;
  const HostCard card = host_card(view, id);
  wrapped_text(Face::Strong, colours().text, card.title, width);
  wrapped_text(Face::Small, colours().text_dim, card.subtitle, width);
  if (state.queued > 0)
    wrapped_text(Face::Small, colours().smtp, tr("{0} in the outgoing queue", {std::to_string(state.queued)}), width);
  for (const auto& [name, messages] : state.mailboxes) draw_box(host, name, messages);
  gap(8);
}

}  // namespace

void draw_mailboxes_tab(const View& view) {
  const auto count = static_cast<std::uint32_t>(view.lesson.trace.hosts.size());
  // Servers first, then the devices that show what is on them.
  for (const bool servers : {true, false}) {
    for (std::uint32_t host = 0; host < count; ++host)
      if ((view.lesson.trace.hosts[host].kind == HostKind::MailServer) == servers) draw_host(view, HostId{host});
  }
}

}  // namespace mailscope
