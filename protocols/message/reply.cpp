#include "protocols/message/reply.hpp"

#include <set>
#include <string>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/message/address.hpp"
#include "protocols/message/body.hpp"
#include "protocols/message/encoded_word.hpp"
#include "protocols/message/flowed.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::message {

namespace {

/// Identifiers kept of a long thread: the first and the newest, as RFC 5537 §3.4.4 trims them.
constexpr std::size_t references_max = 40;

/// A message's header by name.
class Header {
 public:
  explicit Header(std::string_view content) : content_(content), fields_(scan_fields(content)) {}

  [[nodiscard]] std::string_view raw(std::string_view name) const {
    const HeaderField* field = find_field(content_, fields_, name);
    return field ? field->value.of(content_) : std::string_view{};
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    return std::string(ascii::trim(decode_words(unfolded(raw(name)))));
  }
  [[nodiscard]] std::vector<Address> addresses(std::string_view name) const {
    std::vector<Address> result;
    for (const AddressEntry& entry : parse_addresses(raw(name)))
      if (entry.kind == AddressEntry::Kind::Mailbox) result.push_back({decode_words(entry.name), addr_spec(entry)});
    return result;
  }

 private:
  std::string_view content_;
  std::vector<HeaderField> fields_;
};

/// Subject with the prefix once, whatever its case (RFC 5322 §3.6.5).
std::string prefixed(std::string_view prefix, const std::string& subject) {
  return ascii::istarts_with(subject, prefix) ? subject : std::string(prefix) + ' ' + subject;
}

}  // namespace

Draft reply(std::string_view content, const Address& self, bool to_all) {
  const Header header(content);
  Draft draft;
  draft.from = self;
  std::set<std::string> named{ascii::lower(self.address)};
  const auto add = [&named](std::vector<Address>& list, const std::vector<Address>& addresses) {
    for (const Address& address : addresses)
      if (named.insert(ascii::lower(address.address)).second) list.push_back(address);
  };
  const std::vector<Address> wanted = header.addresses("Reply-To");
  const std::vector<Address> author = wanted.empty() ? header.addresses("From") : wanted;
  add(draft.to, author);
  if (draft.to.empty()) draft.to = author;  // an answer to one's own message
  if (to_all)
    for (const std::string_view name : {"To", "Cc"}) add(draft.cc, header.addresses(name));
  draft.subject = prefixed("Re:", header.text("Subject"));

  const std::vector<std::string> ids = message_ids(header.raw("Message-ID"));
  draft.references = message_ids(header.raw("References"));
  if (draft.references.empty()) {
    const std::vector<std::string> parents = message_ids(header.raw("In-Reply-To"));
    if (parents.size() == 1) draft.references = parents;
  }
  if (!ids.empty()) {
    draft.in_reply_to = ids.front();
    draft.references.push_back(ids.front());
  }
  if (draft.references.size() > references_max)
    draft.references.erase(draft.references.begin() + 1, draft.references.end() - references_max + 1);

  const Structure structure = parse_structure(content);
  if (const Part* part = first_text(structure.root)) draft.text = quoted(shown_text(content, *part));
  return draft;
}

Draft forward(std::string_view content, const Address& self) {
  Draft draft;
  draft.from = self;
  draft.subject = prefixed("Fwd:", Header(content).text("Subject"));
  draft.attachments.push_back({"", "message/rfc822", std::string(content), true});
  return draft;
}

}  // namespace mailscope::message
