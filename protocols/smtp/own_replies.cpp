#include "protocols/smtp/own_replies.hpp"

#include <algorithm>

namespace mailscope::smtp {

namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < own_replies.size(); ++i)
    if (own_replies[i].say != static_cast<Say>(i)) return false;
  return true;
}
static_assert(in_order() && own_replies.back().say == Say::Loop);

}  // namespace

Reply own_reply(Say say, std::string_view detail) {
  const OwnReply& row = own_replies[static_cast<std::size_t>(say)];
  std::string text(row.text);
  if (const std::size_t place = text.find('%'); place != std::string::npos) text.replace(place, 1, detail);
  return {row.code, std::string(row.enhanced), {std::move(text)}};
}

}  // namespace mailscope::smtp
