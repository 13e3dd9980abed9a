#include "protocols/mailstore/threads.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/message/fields.hpp"
#include "protocols/message/message_id.hpp"

namespace mailscope::mailstore {

ObjectId Threads::thread_of(std::string_view content, ObjectId fresh) {
  std::vector<std::string> ids;
  const auto fields = message::scan_fields(content);
  for (const std::string_view name : {"Message-ID", "In-Reply-To", "References"})
    for (const message::HeaderField& field : fields)
      if (ascii::iequals(field.name.of(content), name)) {
        const auto named = message::thread_ids(message::unfolded(field.value.of(content)));
        ids.insert(ids.end(), named.rbegin(), named.rend());  // in References the nearest ancestor comes last
      }
  std::optional<ObjectId> thread;
  std::vector<std::pair<const std::string, ObjectId>*> added;
  for (std::string& id : ids) {
    const bool room = threads_.size() < ids_max && id.size() <= id_octets_max;
    const auto [entry, is_new] =
        room ? threads_.try_emplace(std::move(id), fresh) : std::pair(threads_.find(id), false);
    if (is_new)
      added.push_back(&*entry);  // the ancestors too: their own messages may come later
    else if (!thread && entry != threads_.end())
      thread = entry->second;
  }
  if (thread)
    for (auto* entry : added) entry->second = *thread;
  return thread.value_or(fresh);
}

}  // namespace mailscope::mailstore
