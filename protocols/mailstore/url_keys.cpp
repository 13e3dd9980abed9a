#include "protocols/mailstore/url_keys.hpp"

#include <utility>

namespace mailscope::mailstore {

Outcome UrlKeys::set(ObjectId mailbox, std::string octets, bool is_reset) {
  if (keys_.size() == keys_max && !keys_.contains(mailbox)) return Outcome::Limit;
  Key& key = keys_[mailbox];
  key.octets = std::move(octets);
  if (is_reset) key.reset = ++resets_;
  return Outcome::Ok;
}

}  // namespace mailscope::mailstore
