// The layers that a line travelled in: the packets that carried it, their header fields, their octets as hex and text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/model/conversation.hpp"

namespace mailscope {

/// Records (PacketSent) of the packets that carried an octet of the row, in order, retransmissions too. For a row
/// without octets (a refusal) the packet that told it. At most packets_shown_max.
[[nodiscard]] std::vector<std::size_t> packets_carrying(const Trace& trace, const ConversationRow& row);
inline constexpr std::size_t packets_shown_max = 1000;  ///< more than a person reads; a body of 1.4 MB has that many

struct ByteField {
  const char* name{};  ///< to be translated
  std::string value;
};
struct ByteLayer {
  std::string title;  ///< "IP", "TCP", "UDP", "TLS": never translated
  std::vector<ByteField> fields;
};
/// From the outermost to the innermost header.
[[nodiscard]] std::vector<ByteLayer> layers_of(const Trace& trace, const ConnectionOpened& opened,
                                               const PacketSent& packet);

/// The TLS records (RFC 8446 §5.1) that carry the row and begin in this packet, and what they hold; nothing for what
/// travels in no record.
[[nodiscard]] std::optional<ByteLayer> tls_layer(const PacketSent& packet, const ConversationRow& row);
/// The compression's (RFC 4978): how many octets of the packet are of the line, and what they unfold to; nothing where
/// the row is not packed.
[[nodiscard]] std::optional<ByteLayer> deflate_layer(const PacketSent& packet, const ConversationRow& row);

struct HexLine {
  std::string offset, hex, text;  ///< "0010", "52 43 50 54", "RCPT"; what is not ASCII is a dot
};
/// The line that begins at octet `first` of `octets`; its last column may be missing.
[[nodiscard]] HexLine hex_line(std::string_view octets, std::size_t first, std::size_t per_line);

/// Which octets of the packet's payload belong to the row, as offsets in the payload.
[[nodiscard]] ByteRange part_of(const PacketSent& packet, const ConversationRow& row);

}  // namespace mailscope
