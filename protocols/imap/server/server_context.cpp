// The IMAP server's searches that are kept up to date (RFC 5267 §4.3).
#include <algorithm>
#include <utility>

#include "protocols/imap/search/search_options.hpp"
#include "protocols/imap/search/sort.hpp"
#include "protocols/imap/search/update_context.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

bool Server::is_followed(std::string_view tag) const {
  return std::ranges::find(followed_, tag, &UpdateContext::tag) != followed_.end();
}

/// UPDATE with the tag of a search that is followed is answered BAD.
bool Server::reuses_tag(const SearchOptions& options) {
  const bool reuses = options.update && is_followed(tag_);
  if (reuses) done(Status::Bad, "that tag stands for another search");
  return reuses;
}

/// Keeps the results of this command up to date from now on, where there is room for that. `places` are in their order.
void Server::follow(bool by_uid, std::string mailbox, SearchKey keys, std::vector<SortCriterion> criteria,
                    const std::vector<std::size_t>& places) {
  const bool is_long = !criteria.empty() && places.size() > UpdateContext::sorted_results_max;
  if (followed_.size() == UpdateContext::contexts_max || is_long) return refuse_to_follow();
  followed_.emplace_back(UpdateContext::Search{tag_, std::move(mailbox), by_uid, std::move(keys), std::move(criteria)},
                         *view_, places);
}

/// §4.3.1
void Server::refuse_to_follow() {
  untagged("NO", "NO [NOUPDATE " + quoted_or_literal(tag_) + "] no more searches can be kept up to date", true);
}

/// Before their numbers go.
void Server::tell_results_gone() {
  for (UpdateContext& context : followed_)
    if (const std::string told = context.removed(*view_); !told.empty()) untagged("ESEARCH", told);
}

/// After the messages themselves have been told of.
void Server::tell_results_changed() {
  for (UpdateContext& context : followed_)
    if (const std::string told = context.changed(*view_, now_, account_->memos()); !told.empty())
      untagged("ESEARCH", told);
}

/// "CANCELUPDATE" 1*(SP quoted)
void Server::on_cancelupdate(Cursor& arguments, bool) {
  std::vector<std::string> tags;
  do {
    auto tag = arguments.space() && arguments.next_is('"') ? arguments.string() : std::nullopt;
    if (!tag) return invalid();
    tags.push_back(std::move(*tag));
  } while (!arguments.at_end());
  for (const std::string& tag : tags)
    if (!is_followed(tag)) return done(Status::Bad, "no search of that tag is kept up to date");
  std::erase_if(followed_,
                [&tags](const UpdateContext& context) { return std::ranges::find(tags, context.tag()) != tags.end(); });
  completed();
}

}  // namespace mailscope::imap
