// The ladder: who said what to whom, one slanted arrow a line, and where the cursor stands in it.
#pragma once

#include "viz/model/ladder.hpp"
#include "viz/model/rect.hpp"
#include "viz/model/view.hpp"

namespace mailscope {

/// What the panel keeps between frames. The ladder is made anew when another connection is chosen or rows have come.
struct ConversationPanelState {
  std::optional<Ladder> ladder;
  std::optional<ConnectionId> shown;  ///< what `ladder` was made for
  std::size_t rows{};                 ///< of the conversation, when it was
  bool is_following{true};            ///< scrolls with the cursor, until the reader scrolls
  float scroll{-1};                   ///< where following put it last; negative: nowhere yet
};

void draw_conversation_panel(const View& view, ConversationPanelState& state, const Rect& area, Intents& intents);

}  // namespace mailscope
