// Files that travel inside the program: fonts, compiled translations, explanations.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace mailscope {

/// The embedded file's octets, e.g. asset("explanations/smtp.yaml"); nothing when no such file was built in.
[[nodiscard]] std::optional<std::string_view> asset(std::string_view path);
/// Paths of all embedded files, sorted.
[[nodiscard]] std::vector<std::string_view> asset_paths();

}  // namespace mailscope
