// A name looked up to its end: which server is asked next and how, what the cache knows, where an alias leads. It
// carries no message: whoever does is given an Ask and says what became of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "protocols/core/time.hpp"
#include "protocols/dns/cache.hpp"
#include "protocols/dns/carrier.hpp"
#include "protocols/dns/message.hpp"

namespace mailscope::dns {

class Lookup {
 public:
  enum class Why : std::uint8_t {
    First,
    Alias,       ///< the name is an alias; now its target is looked up (RFC 1034 §5.3.3 step 4c)
    Truncated,   ///< the answer did not fit into a datagram (RFC 2181 §9)
    PlainDns,    ///< the server does not know EDNS (RFC 6891 §7): the same again without
    NextServer,  ///< the one before gave no answer, or an error (RFC 1035 §7.2)
  };
  struct Ask {
    std::size_t server{};  ///< index
    Question question;
    Carrier carrier{};
    std::vector<Duration> waits;  ///< as Resolver takes them
    Why why{};
    bool edns{};  ///< as Resolver takes it
  };
  /// The end. The response's id means nothing.
  struct Done {
    Message response;                    ///< with all aliases; SERVFAIL where nobody gave an answer
    bool answered{};                     ///< by anybody, be it with an error
    std::optional<Duration> cached_for;  ///< the cache alone knew it, and will for so long
  };
  using Next = std::variant<Ask, Done>;

  /// Of servers 0 to `servers` - 1, best first. `cache` may be null; it outlives this. `edns`: it is offered (RFC
  /// 6891).
  Lookup(Question question, std::size_t servers, Cache* cache, bool edns = false);
  /// Call first, once.
  [[nodiscard]] Next begin(Instant now);
  /// What the Ask has brought: nothing where no answer came in time.
  [[nodiscard]] Next told(Instant now, const std::optional<Message>& answer);

  /// A server is asked three times at most over datagrams (RFC 9520 §3.1), with these waits. RFC 1035 §4.2.1 advises 2
  /// to 5 seconds; the first repetition comes sooner, so that one lost datagram costs a spectator little.
  static constexpr Duration waits[] = {std::chrono::seconds(1), std::chrono::seconds(2), std::chrono::seconds(4)};
  static constexpr Duration stream_wait = std::chrono::seconds(5);  ///< from the open connection to the answer

 private:
  [[nodiscard]] Next resolve(Instant now, Why why);
  [[nodiscard]] Next ask(Why why) const;
  [[nodiscard]] Next next_server(Instant now);
  [[nodiscard]] Next take(Instant now, const Message& answer);
  [[nodiscard]] Next fail(Instant now);
  [[nodiscard]] Done done(Rcode rcode) const;

  const Question asked_;
  Question question_;           ///< with the name that the aliases so far lead to
  std::vector<bool> is_out_;    ///< by server: answered with an error, or cannot be reached over a stream
  std::vector<bool> is_plain_;  ///< by server: knows no EDNS, or need not
  Cache* cache_;
  std::vector<ResourceRecord> aliases_;
  std::optional<Message> error_;  ///< the last answer that was no use
  std::size_t server_{}, round_{};
  Carrier carrier_{};
  bool has_asked_{};
  bool fell_back_{};  ///< to plain DNS, with the ask that is under way
};

}  // namespace mailscope::dns
