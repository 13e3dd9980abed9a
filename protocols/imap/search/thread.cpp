// The simpler algorithm of THREAD, and what both are given.
#include "protocols/imap/search/thread.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "protocols/core/casemap.hpp"
#include "protocols/imap/search/sort.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/subject.hpp"

namespace mailscope::imap {

ThreadMember thread_member(const mailstore::Message& message, std::string number) {
  const std::string& content = message.content->octets();
  const auto fields = message::scan_fields(content);
  const auto value = [&](std::string_view name) {
    const message::HeaderField* field = message::find_field(content, fields, name);
    return field ? field->value.of(content) : std::string_view{};
  };
  ThreadMember member;
  member.number = std::move(number);
  if (auto ids = message::thread_ids(value("Message-ID")); !ids.empty()) member.id = std::move(ids.front());
  member.references = message::thread_ids(value("References"));
  if (member.references.empty()) {
    member.references = message::thread_ids(value("In-Reply-To"));
    if (member.references.size() > 1) member.references.resize(1);
  }
  const auto subject = message::base_subject(value("Subject"));
  member.subject = casemap(subject.text);
  member.is_reply = subject.is_reply_or_forward;
  member.sent = sent_date(message);
  return member;
}

/// ORDEREDSUBJECT: a thread is all messages of one base subject, the first of them above the others.
std::string threads_by_subject(const std::vector<ThreadMember>& members) {
  std::vector<const ThreadMember*> by_date;
  for (const ThreadMember& member : members) by_date.push_back(&member);
  std::ranges::stable_sort(by_date, {}, &ThreadMember::sent);
  std::vector<std::vector<const ThreadMember*>> threads;  // in the order of their first messages
  std::map<std::string_view, std::size_t> thread_of;
  for (const ThreadMember* member : by_date) {
    const auto [known, is_new] = thread_of.try_emplace(member->subject, threads.size());
    if (is_new) threads.emplace_back();
    threads[known->second].push_back(member);
  }
  std::string text;
  for (const auto& thread : threads) {
    text += "(" + thread.front()->number;
    if (thread.size() == 2) text += " " + thread.back()->number;
    for (std::size_t at = 1; thread.size() > 2 && at < thread.size(); ++at)
      text += (at == 1 ? " (" : "(") + thread[at]->number + ")";
    text += ")";
  }
  return text;
}

}  // namespace mailscope::imap
