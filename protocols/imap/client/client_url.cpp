// How the IMAP client lets a submission server fetch a message: by a URL that the IMAP server authorises (RFC 4467, RFC
// 4468).
#include <algorithm>
#include <utility>

#include "protocols/imap/client/client.hpp"
#include "protocols/imap/data/url.hpp"
#include "protocols/imap/data/url_access.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

/// genurlauth = "GENURLAUTH" 1*(SP url-rump SP mechanism)
bool Client::authorise_next() {
  std::set<std::uint64_t>& wanted = replica_.urls_wanted();
  while (!wanted.empty()) {
    const std::uint64_t id = *wanted.begin();
    const auto at = replica_.place(id);
    if (at && has("URLAUTH")) {
      Url url;
      url.server = config_.server;
      url.user = config_.user;
      url.mailbox = names_.at_server(at->mailbox);
      if (const auto validity = replica_.mailbox(at->mailbox).uid_validity) url.uid_validity = validity;
      url.uid = at->uid;
      url.access = UrlAccess{UrlAccess::Kind::Submit, config_.user};
      url_.clear();
      authorising_ = id;
      send("GENURLAUTH", {quoted_or_literal(url_text(url)), std::string(internal_mechanism)}, &Client::authorised);
      return true;
    }
    wanted.erase(id);
    out_.emplace_back(Event{
        UrlAuthorised{id, "", at ? "the server does not offer URLAUTH" : "where the server keeps it is not known"}});
  }
  return false;
}

/// genurlauth-data = "*" SP "GENURLAUTH" 1*(SP url-full)
void Client::told_url(const Response& response) {
  Cursor cursor(response.rest);
  url_ = cursor.astring().value_or("");
}

/// What is no authorised URL of a message is not passed on: it would stand in another protocol's command.
void Client::authorised(const Response& response, std::string_view line) {
  UrlAuthorised told{authorising_, "", std::string(line)};
  replica_.urls_wanted().erase(told.id);
  const auto url = read_url(url_);
  if (response.name == "OK" && url && url->uid && !url->token.empty()) {
    told.url = std::exchange(url_, {});
    told.error.clear();
  }
  out_.emplace_back(Event{std::move(told)});
  work();
}

}  // namespace mailscope::imap
