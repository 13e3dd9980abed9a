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
  const bool by_relevancy = sorts_by_relevancy(*criteria);
  if ((by_relevancy || options->relevancy) && !mentions(*keys, SearchKey::Kind::Fuzzy))
    return invalid();  // RFC 6203 §6
  const std::vector<std::size_t> places = places_that_match(*keys);
  const auto scores = by_relevancy ? relevancies(*keys, places) : std::vector<unsigned>{};
  std::vector<const mailstore::Message*> messages;
  for (const std::size_t place : places) messages.push_back(view_->message(view_->entries()[place]));
  std::vector<std::size_t> in_order;
  for (const std::size_t index : sorted(messages, *criteria, scores)) in_order.push_back(places[index]);
  tell_found("SORT", *options, in_order, by_uid, *keys);
  if (options->update) follow(by_uid, "", *keys, *criteria, in_order);
  completed();
}

/// thread = "THREAD" SP thread-alg SP search-criteria
void Server::on_thread(Cursor& arguments, bool by_uid) {
  if (!arguments.space()) return invalid();
  const bool by_references = arguments.word("REFERENCES");
  if (!by_references && !arguments.word("ORDEREDSUBJECT")) return invalid();
  const auto keys = search_criteria(arguments);
  if (!keys) return;
  const std::vector<std::size_t> places = places_that_match(*keys);
  std::vector<ThreadMember> members;
  const std::vector<std::uint32_t> numbers = numbers_of(places, by_uid);
  for (std::size_t at = 0; at < numbers.size(); ++at)
    members.push_back(thread_member(*view_->message(view_->entries()[places[at]]), std::to_string(numbers[at])));
  const std::string threads = by_references ? threads_by_references(members) : threads_by_subject(members);
  untagged("THREAD", threads.empty() ? "THREAD" : "THREAD " + threads);
  completed();
}

}  // namespace mailscope::imap
