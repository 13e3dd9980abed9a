// Which messages of a mailbox changed or went, in the order of their mod-sequences: what CONDSTORE and QRESYNC ask
// (RFC 7162). Knows only numbers.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "protocols/mailstore/types.hpp"

namespace mailscope::mailstore {

class History {
 public:
  struct Entry {
    ModSeq at;
    Uid uid;
  };
  /// Removals remembered. A client that was away for longer is told of every UID that is not there, which is allowed
  /// (RFC 7162 §3.2.5.2) and costs little.
  static constexpr std::size_t removals_max = 20'000;

  /// `at` is not smaller than any before.
  void changed(Uid uid, ModSeq at) { changes_.push_back({at, uid}); }
  void removed(Uid uid, ModSeq at);

  /// What was removed up to here is not known.
  void begin_after(ModSeq at) { removals_forgotten_ = at; }

  /// Changes after `since`, in order; a message that changed again later is there more than once.
  [[nodiscard]] std::span<const Entry> changes_since(ModSeq since) const;
  [[nodiscard]] std::size_t changes() const { return changes_.size(); }
  /// Drops the changes of which `stale(entry)` holds.
  template <class Stale>
  void forget_changes(Stale stale) {
    std::erase_if(changes_, stale);
  }

  /// True when every removal after `since` is remembered.
  [[nodiscard]] bool remembers_removals_since(ModSeq since) const { return since >= removals_forgotten_; }
  /// Ascending by UID. Precondition: remembers_removals_since(since).
  [[nodiscard]] std::vector<Uid> removals_since(ModSeq since) const;

 private:
  std::vector<Entry> changes_;
  std::deque<Entry> removals_;
  ModSeq removals_forgotten_{};  ///< the last one that was dropped
};

}  // namespace mailscope::mailstore
