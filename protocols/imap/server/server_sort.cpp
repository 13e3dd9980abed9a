// The IMAP server's SORT and THREAD (RFC 5256, RFC 5957, RFC 5267 §3).
#include <utility>

#include "protocols/core/ascii.hpp"
#include "protocols/imap/search/search_key.hpp"
#include "protocols/imap/search/search_options.hpp"
#include "protocols/imap/search/sort.hpp"
#include "protocols/imap/search/thread.hpp"
#include "protocols/imap/server/server.hpp"

namespace mailscope::imap {

/// SP charset SP search-keys, to the end. The charset must be there (RFC 5256 §5), but where UTF8=ACCEPT is on, it can
/// be no other than that (RFC 6855 §3).
std::optional<SearchKey> Server::search_criteria(Cursor& arguments) {
  const auto charset = arguments.space() ? arguments.astring() : std::nullopt;
  const bool conflicts =
      charset && enabled_.utf8 && !ascii::iequals(*charset, "UTF-8") && !ascii::iequals(*charset, "US-ASCII");
  if (charset && !conflicts && arguments.space()) return read_keys(arguments, *charset);
  invalid();
  return std::nullopt;
}

/// sort = "SORT" [search-return-opts] SP sort-criteria SP search-criteria
void Server::on_sort(Cursor& arguments, bool by_uid) {
  const auto options = arguments.space() ? read_search_options(arguments) : std::nullopt;
  const auto criteria = options ? read_sort_criteria(arguments, account_->user()) : std::nullopt;
  if (!criteria) return invalid();
  if (reuses_tag(*options)) return;
  const auto keys = search_criteria(arguments);
  if (!keys) return;
  if ((sorts_by_relevancy(*criteria) || options->relevancy) && !mentions(*keys, SearchKey::Kind::Fuzzy))
    return invalid();  // RFC 6203 §6
  search(*keys, [this, options = *options, criteria = *criteria, by_uid](const SearchKey& met, const auto& places) {
    put_in_order(criteria, places, met, [this, options, criteria, by_uid, met](const auto& in_order) {
      tell_found("SORT", options, in_order, by_uid, met);
      if (options.update) follow(by_uid, "", met, criteria, in_order);
      completed();
    });
  });
}

/// Reads what counts of these messages in pieces, and gives the places as `criteria` order them to `then`.
void Server::put_in_order(const std::vector<SortCriterion>& criteria, std::vector<std::size_t> places,
                          const SearchKey& keys, std::function<void(const std::vector<std::size_t>&)> then) {
  work_ = [this, sorting = Sorting(criteria), by_relevancy = sorts_by_relevancy(criteria), places = std::move(places),
           added = std::vector<std::size_t>(), keys, then = std::move(then), next = std::size_t{}]() mutable {
    for (std::size_t count = 0; next < places.size(); ++next, ++count) {
      if (count == piece_messages_max) return false;
      const mailstore::Message* message = view_->message(view_->entries()[places[next]]);
      if (!message) continue;
      sorting.add(*message, by_relevancy ? relevancy(keys, search_target(places[next])) : 0);
      added.push_back(places[next]);
    }
    std::vector<std::size_t> in_order;
    for (const std::size_t index : sorting.order()) in_order.push_back(added[index]);
    then(in_order);
    return true;
  };
}

/// thread = "THREAD" SP thread-alg SP search-criteria
void Server::on_thread(Cursor& arguments, bool by_uid) {
  if (!arguments.space()) return invalid();
  const bool by_references = arguments.word("REFERENCES");
  if (!by_references && !arguments.word("ORDEREDSUBJECT")) return invalid();
  const auto keys = search_criteria(arguments);
  if (!keys) return;
  search(*keys, [this, by_references, by_uid](const SearchKey&, const std::vector<std::size_t>& places) {
    work_ = [this, by_references, places, numbers = numbers_of(places, by_uid), members = std::vector<ThreadMember>(),
             next = std::size_t{}]() mutable {
      for (std::size_t count = 0; next < places.size(); ++next, ++count) {
        if (count == piece_messages_max) return false;
        if (const auto* message = view_->message(view_->entries()[places[next]]))
          members.push_back(thread_member(*message, std::to_string(numbers[next])));
      }
      const std::string threads = by_references ? threads_by_references(members) : threads_by_subject(members);
      untagged("THREAD", threads.empty() ? "THREAD" : "THREAD " + threads);
      completed();
      return true;
    };
  });
}

}  // namespace mailscope::imap
