// The IMAP server's annotations of messages (RFC 5257): STORE, the values of FETCH and APPEND, what copies take along,
// and what is told of other sessions' doings.
#include <algorithm>
#include <utility>

#include "protocols/imap/data/annotation.hpp"
#include "protocols/imap/data/notify_request.hpp"
#include "protocols/imap/data/presentation.hpp"
#include "protocols/imap/data/structure_memo.hpp"
#include "protocols/imap/server/server.hpp"
#include "protocols/imap/syntax/encode.hpp"

namespace mailscope::imap {

namespace {

using mailstore::Annotation;
using mailstore::Annotations;

bool is_too_big(const Annotation& annotation) {
  return annotation.value && annotation.value->size() > Annotations::value_octets_max;
}

}  // namespace

/// ann-size: how large a value may be, or that none may be written (§4.1).
void Server::tell_annotation_support() {
  const std::string level = annotating_.writable ? std::to_string(Annotations::value_octets_max) : "READ-ONLY";
  untagged("OK", "OK [ANNOTATIONS " + level + "] annotations of messages");
}

/// fetch_value(), and what the user may see of annotations: empty where there is nothing to tell.
std::optional<FetchValue> Server::item_value(const FetchItem& item, const mailstore::Message& message,
                                             Presentation& shown) const {
  if (item.kind != FetchItem::Kind::Annotation) return fetch_value(item, message, shown);
  return FetchValue{annotation_data(item.annotation, annotations_of(message.annotations), account_->user())};
}

/// The entry is one of a part that the message has not (§3.2.1).
bool Server::lacks_part(const mailstore::Message& message, std::string_view entry) const {
  return names_part(entry) && names_missing_part(entry, structure_of(message.content, account_->memos())->root());
}

/// The same of what these items ask for.
bool Server::lacks_part(const mailstore::Message& message, const std::vector<FetchItem>& items) const {
  return std::ranges::any_of(items, [&](const FetchItem& item) {
    return std::ranges::any_of(item.annotation.entries,
                               [&](const std::string& entry) { return lacks_part(message, entry); });
  });
}

/// "r" for one's own, "n" for shared ones (§3.4); answers NO where that is not so, or a value is too large (§4.5).
bool Server::may_annotate(const mailstore::Mailbox& mailbox, const std::vector<Annotation>& annotations) {
  if (std::ranges::any_of(annotations, &Annotation::shared) && !permits(mailbox, "n")) return false;
  if (!std::ranges::all_of(annotations, &Annotation::shared) && !permits(mailbox, "r")) return false;
  if (std::ranges::none_of(annotations, is_too_big)) return true;
  done(Status::No, annotation_too_big_text);
  return false;
}

void Server::refuse_annotations(mailstore::Outcome outcome) {
  if (outcome != mailstore::Outcome::Limit) return refuse(outcome);
  done(Status::No, "[ANNOTATE TOOMANY] the message has too many annotations");
}

/// store-att-flags =/ att-annotate (§4.5): of all those messages or of none. It is silent; only mod-sequences are told.
void Server::store_annotations(const std::vector<std::size_t>& places, const std::vector<Annotation>& annotations,
                               std::optional<mailstore::ModSeq> unchanged_since, bool by_uid) {
  if (!annotating_.writable) return done(Status::No, read_only_text);
  if (!may_annotate(view_->mailbox(), annotations)) return;
  std::vector<std::size_t> chosen, modified;
  bool gone = false;
  for (const std::size_t place : places) {
    const mailstore::Message* message = view_->message(view_->entries()[place]);
    if (!message) {
      gone = true;
    } else if (unchanged_since && message->modseq > *unchanged_since) {
      modified.push_back(place);
    } else if (std::ranges::any_of(annotations, [&](const auto& one) { return lacks_part(*message, one.entry); })) {
      return done(Status::Bad, no_such_part_text);
    } else {
      chosen.push_back(place);
    }
  }
  const mailstore::ModSeq before = view_->mailbox().highest_modseq();
  const auto outcome = view_->annotate(chosen, account_->user(), annotations);
  if (outcome != mailstore::Outcome::Ok) return refuse_annotations(outcome);
  for (const std::size_t place : modified) tell_flags(place, by_uid);
  for (const std::size_t place : chosen)
    if (unchanged_since || (enabled_.condstore && view_->message(view_->entries()[place])->modseq > before))
      tell_change(place, "", by_uid);  // RFC 7162 §3.1.3
  end_store(modified, gone, by_uid);
}

/// What a message of APPEND or REPLACE comes with (§4.7); answers where that cannot be.
std::optional<mailstore::AnnotationsPointer> Server::annotations_of_new(const mailstore::Mailbox& mailbox,
                                                                        const std::vector<Annotation>& annotations,
                                                                        std::string_view content) {
  if (annotations.empty()) return nullptr;
  if (!may_annotate(mailbox, annotations)) return std::nullopt;
  Annotations made;
  const auto structure = message::parse_structure(content);
  for (const Annotation& annotation : annotations) {
    if (names_missing_part(annotation.entry, structure.root)) {
      done(Status::Bad, no_such_part_text);
      return std::nullopt;
    }
    const auto outcome = made.set(account_->user(), annotation);
    if (outcome == mailstore::Outcome::Ok) continue;
    refuse_annotations(outcome);
    return std::nullopt;
  }
  return pointer_to(std::move(made));
}

/// Copies take shared annotations along, and the user's own, as far as rights on the target go (§4.6).
mailstore::KeepAnnotation Server::kept_in(const mailstore::Mailbox& target) const {
  return [shared = may(target, "n"), own = may(target, "r"), user = account_->user()](const Annotations::Key& key) {
    return key.user.empty() ? shared : own && key.user == user;
  };
}

/// Names of entries whose values others have changed, where the client asked for that (§4.4, RFC 5465 §5.1), and the
/// new mod-sequence in any case (RFC 7162 §3.2).
void Server::tell_annotated(const MailboxView::Annotated& annotated) {
  const bool asked = notify_ ? notify_->selected.contains(NotifyEvent::AnnotationChange) : annotating_.told;
  std::string names;
  if (asked)
    for (const std::string& entry :
         annotations_of(annotated.before).differing(annotations_of(annotated.now), account_->user()))
      names.append(names.empty() ? "" : " ").append(astring(entry));
  if (!names.empty()) {
    tell_change(annotated.number - 1, "ANNOTATION (" + names + ")", notify_ != nullptr);
  } else if (enabled_.condstore) {
    tell_change(annotated.number - 1, "", notify_ != nullptr);
  }
}

}  // namespace mailscope::imap
