// What inside one line of a conversation has an explanation of its own: the code of a reply, the extensions that a
// server offers, the header fields of a message, flags, attributes and data items. It knows topics, not how they are
// shown.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailscope {

struct SubTopic {
  std::string label;  ///< as it stands on the wire: "5.1.1", "PIPELINING", "Subject"
  std::string topic;  ///< has an explanation
  friend bool operator==(const SubTopic&, const SubTopic&) = default;
};

/// Of a line with this Step::topic and Step::text, in their order, each topic once.
[[nodiscard]] std::vector<SubTopic> sub_topics(std::string_view topic, std::string_view text);

}  // namespace mailscope
