#include "protocols/mailstore/flags.hpp"

#include <algorithm>

#include "protocols/core/ascii.hpp"

namespace mailscope::mailstore {

bool is_keyword(std::string_view name) {
  constexpr std::string_view atom_specials = "(){ %*\"\\]";
  return !name.empty() && name.size() <= keyword_octets_max && std::ranges::all_of(name, [&](char c) {
    return ascii::is_printable(c) && atom_specials.find(c) == std::string_view::npos;
  });
}

std::optional<Flag> Keywords::find(std::string_view name) const {
  const auto same = [name](std::string_view other) { return ascii::iequals(name, other); };
  const auto system = std::ranges::find_if(system_flag_names, same);
  if (system != system_flag_names.end()) return Flag{static_cast<std::uint8_t>(system - system_flag_names.begin())};
  const auto keyword = name.empty() ? names_.end() : std::ranges::find_if(names_, same);
  if (keyword == names_.end()) return std::nullopt;
  return Flag{static_cast<std::uint8_t>(keyword_first + static_cast<std::size_t>(keyword - names_.begin()))};
}

std::optional<Flag> Keywords::add(std::string_view name) {
  if (const auto known = find(name)) return known;
  if (!is_keyword(name) || full()) return std::nullopt;
  auto place = std::ranges::find(names_, std::string());
  if (place == names_.end()) place = names_.insert(place, std::string());
  *place = name;
  return find(name);
}

bool Keywords::full() const {
  return names_.size() == keywords_max && std::ranges::find(names_, std::string()) == names_.end();
}

void Keywords::forget_unused(Flags used) {
  for (std::size_t place = 0; place < names_.size(); ++place)
    if (!used.contains(Flag{static_cast<std::uint8_t>(keyword_first + place)})) names_[place].clear();
}

std::string Keywords::name(Flag flag) const {
  const auto number = static_cast<std::size_t>(flag);
  return number < keyword_first ? std::string(system_flag_names.at(number)) : names_.at(number - keyword_first);
}

std::vector<std::string> Keywords::names() const {
  std::vector<std::string> used;
  std::ranges::copy_if(names_, std::back_inserter(used), [](const std::string& name) { return !name.empty(); });
  return used;
}

}  // namespace mailscope::mailstore
