// The mailbox access keys of one user (RFC 4467 §2.2): whoever knows one can authorise URLs of that mailbox. They never
// travel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "protocols/mailstore/content.hpp"
#include "protocols/mailstore/types.hpp"

namespace mailscope::mailstore {

class UrlKeys {
 public:
  /// The mailboxes of one's own, and as many again of others.
  static constexpr std::size_t keys_max = 1'000;
  static constexpr std::size_t key_octets = 32;  ///< 256 bits; §2.2 asks for 128

  struct Key {
    std::string octets;
    std::uint64_t reset{};  ///< counts the user's resets: sessions compare it with the one they were told
  };

  /// Null where there is none.
  [[nodiscard]] const Key* find(ObjectId mailbox) const {
    const auto known = keys_.find(mailbox);
    return known == keys_.end() ? nullptr : &known->second;
  }
  /// Limit or Ok. A reset takes away what the key before it has authorised.
  Outcome set(ObjectId mailbox, std::string octets, bool is_reset);
  void erase(ObjectId mailbox) { keys_.erase(mailbox); }
  void clear() { keys_.clear(); }
  [[nodiscard]] const std::map<ObjectId, Key>& entries() const { return keys_; }

 private:
  std::map<ObjectId, Key> keys_;
  std::uint64_t resets_{};
};

}  // namespace mailscope::mailstore
