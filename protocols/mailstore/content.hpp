// The octets of a message, shared by all its copies, and what was worked out from them. Contents never change.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace mailscope::mailstore {

/// Names an object for good (RFC 8474): unique among all of its kind in a Store.
struct ObjectId {
  std::uint64_t value{};
  /// objectid, `kind` first: 'F' for a mailbox, 'M' for an e-mail, 'T' for a thread (RFC 8474 §4 to §6, §7).
  [[nodiscard]] std::string text(char kind) const;
  friend auto operator<=>(ObjectId, ObjectId) = default;
};

/// What somebody has worked out from a content, e.g. its MIME structure. Derive from it and keep it in Memos.
class Memo {
 public:
  Memo() = default;
  virtual ~Memo() = default;
  Memo(const Memo&) = default;
  Memo& operator=(const Memo&) = default;
  /// About what it takes of memory.
  [[nodiscard]] virtual std::size_t octets() const = 0;
};

class Threads;

/// What octets hold that some readers cannot take as it is.
struct OctetTraits {
  bool eight_bit{};    ///< octets over 127
  bool nul{};          ///< NUL
  bool whole_lines{};  ///< CR and LF stand together only
};

class Content {
 public:
  Content(std::string octets, ObjectId email, ObjectId thread)
      : octets_(std::move(octets)), email_(email), thread_(thread) {}
  /// Its thread is looked for among `threads` when somebody asks: most programs never do.
  Content(std::string octets, ObjectId email, std::shared_ptr<Threads> threads)
      : octets_(std::move(octets)), email_(email), threads_(std::move(threads)) {}
  [[nodiscard]] const std::string& octets() const { return octets_; }  ///< RFC 5322, CR LF
  [[nodiscard]] const OctetTraits& traits() const;                     ///< looked for once
  [[nodiscard]] ObjectId email() const { return email_; }              ///< EMAILID (RFC 8474 §5.1)
  [[nodiscard]] ObjectId thread() const;                               ///< THREADID (RFC 8474 §5.2)

 private:
  friend class Memos;
  std::string octets_;
  mutable std::optional<OctetTraits> traits_;
  ObjectId email_;
  mutable ObjectId thread_;
  mutable std::shared_ptr<Threads> threads_;  ///< null once the thread is known
  mutable std::shared_ptr<const Memo> memo_;
};

using ContentPointer = std::shared_ptr<const Content>;

/// Keeps the Memos of the contents that were asked for last.
class Memos {
 public:
  /// Of all memos that are kept: some thousands of ordinary messages, more than a screen of them needs.
  static constexpr std::size_t octets_max = 32 << 20;

  /// The content's memo; made by `make(octets)`, which gives an M, where there is none of that type.
  template <class M, class Make>
  [[nodiscard]] std::shared_ptr<const M> get(const ContentPointer& content, Make make) {
    if (auto known = std::dynamic_pointer_cast<const M>(content->memo_)) return known;
    auto made = std::make_shared<const M>(make(content->octets()));
    keep(content, made);
    return made;
  }

 private:
  void keep(const ContentPointer& content, std::shared_ptr<const Memo> memo);

  struct Kept {
    std::weak_ptr<const Content> content;
    std::size_t octets{};
  };
  std::deque<Kept> kept_;  ///< oldest first
  std::size_t octets_{};   ///< of all these
};

}  // namespace mailscope::mailstore
