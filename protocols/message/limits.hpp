// Every limit on what a message may hold, in one place. A message past one of them is still read: what lies beyond is
// kept as octets and not looked into, and the structure says so.
#pragma once

#include <cstddef>

namespace mailscope::message::limits {

/// Multiparts and messages within one another. Mail programs make fewer than ten; readers of the tree may recurse.
inline constexpr std::size_t nesting_max = 50;
/// Parts of all levels. A digest of a busy list has some hundred.
inline constexpr std::size_t parts_max = 2'000;
/// Header fields of all parts that are recorded. A much relayed message has some hundred.
inline constexpr std::size_t header_fields_max = 10'000;
/// Addresses and group marks of one field. Beyond what any submission server lets a person write to.
inline constexpr std::size_t addresses_max = 10'000;
/// Parameters of one Content-Type or Content-Disposition field, each continuation counted.
inline constexpr std::size_t parameters_max = 200;
/// Words of one display name or address, where each takes a place in memory.
inline constexpr std::size_t address_words_max = 1'000;
/// Language tags of one Content-Language field.
inline constexpr std::size_t languages_max = 100;
/// Message identifiers of one References field. A thread this long is shown from its last ones.
inline constexpr std::size_t message_ids_max = 1'000;

}  // namespace mailscope::message::limits
