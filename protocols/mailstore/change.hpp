// What happened in an account: for a session that looks at more than one mailbox (RFC 5465), and for an observer
// that shows or keeps the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/mailstore/message.hpp"

namespace mailscope::mailstore {

struct Change {
  enum class Kind : std::uint8_t {
    Added,
    Flagged,
    Annotated,
    Removed,
    Created,
    Deleted,  ///< after a Removed for each of its messages
    Renamed,
    Subscribed,
    Unsubscribed,
    SpecialUse,
    Rights,
    Metadata,  ///< of the account where `mailbox` is empty
    UrlKeys    ///< of the account; nobody is told which
  } kind{};
  std::string mailbox;             ///< its name; of Subscribed and Unsubscribed: a name, whatever it stands for
  std::string old_name;            ///< of Renamed
  std::optional<Message> message;  ///< of the first four: as it is after the change (before, when removed)
  std::string entry;               ///< of Metadata
  std::string user{};              ///< of Metadata: who set it
};

/// True for changes of one message. The others are what Account::changes_since() remembers.
[[nodiscard]] constexpr bool is_message_change(Change::Kind kind) { return kind <= Change::Kind::Removed; }

/// Is told of every change of an account, at once and in order. It must not touch the store from within.
class Observer {
 public:
  Observer() = default;
  virtual ~Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual void changed(const Change& change) = 0;
};

}  // namespace mailscope::mailstore
