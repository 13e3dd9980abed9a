#include "protocols/mailstore/threads.hpp"

#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/message/message.hpp"

namespace mailscope::mailstore {

namespace {

/// Every "<…>" of the field, the last (in References: the nearest) first.
void take_ids(std::string_view body, std::vector<std::string>& ids) {
  std::size_t end = body.rfind('>');
  while (end != std::string_view::npos && ids.size() < Threads::ids_per_message_max) {
    const std::size_t begin = body.rfind('<', end);
    if (begin == std::string_view::npos) return;
    const std::string_view id = body.substr(begin, end - begin + 1);
    if (id.size() <= Threads::id_octets_max) ids.emplace_back(id);
    end = begin == 0 ? std::string_view::npos : body.rfind('>', begin - 1);
  }
}

}  // namespace

ObjectId Threads::thread_of(std::string_view content, ObjectId fresh) {
  std::vector<std::string> ids;
  const auto fields = message::header_fields(content);
  for (const std::string_view name : {"Message-ID", "In-Reply-To", "References"})
    for (const message::Field& field : fields)
      if (ascii::iequals(field.name, name)) take_ids(field.body, ids);
  const auto known = std::ranges::find_if(ids, [this](const std::string& id) { return threads_.contains(id); });
  const ObjectId thread = known == ids.end() ? fresh : threads_.at(*known);
  // The ancestors too: their own messages may come later.
  for (std::string& id : ids)
    if (threads_.size() < ids_max) threads_.try_emplace(std::move(id), thread);
  return thread;
}

}  // namespace mailscope::mailstore
