#include "sim/hosts/mail_server/seen_messages.hpp"

#include <optional>
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/message/message.hpp"

namespace mailscope {

bool SeenMessages::is_new(std::string_view content, std::string_view recipient) {
  const std::optional<std::string> id = message::decoded_field(content, "Message-ID");
  if (!id || id->empty()) return true;
  std::string entry = *id + ' ' + ascii::lower(recipient);
  if (!seen_.insert(entry).second) return false;
  order_.push_back(std::move(entry));
  if (order_.size() > entries_max) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

}  // namespace mailscope
