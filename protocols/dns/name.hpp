// Domain names (RFC 1035 §3.1) between text and labels. Text is what people write; a label may hold any octet.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::dns {

/// The labels of a name, first label first; nothing where it is not valid_name().
[[nodiscard]] std::optional<std::vector<std::string>> labels_of(std::string_view name);
/// The text of labels, with escapes as RFC 1035 §5.1 writes them where needed.
[[nodiscard]] std::string text_of(const std::vector<std::string>& labels);
/// The name without its first label; "" for a single label and for the root.
[[nodiscard]] std::string_view parent(std::string_view name);
/// `name` is `ancestor` or lies below it.
[[nodiscard]] bool is_within(std::string_view name, std::string_view ancestor);

}  // namespace mailscope::dns
