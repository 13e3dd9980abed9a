#include "protocols/mailstore/threads.hpp"

#include <algorithm>
#include <vector>

#include "protocols/core/ascii.hpp"
#include "protocols/message/message.hpp"
#include "protocols/message/message_id.hpp"

namespace mailscope::mailstore {

ObjectId Threads::thread_of(std::string_view content, ObjectId fresh) {
  std::vector<std::string> ids;
  const auto fields = message::header_fields(content);
  for (const std::string_view name : {"Message-ID", "In-Reply-To", "References"})
    for (const message::Field& field : fields)
      if (ascii::iequals(field.name, name)) {
        const auto named = message::message_ids(field.body);
        ids.insert(ids.end(), named.rbegin(), named.rend());  // in References the nearest ancestor comes last
      }
  const auto known = std::ranges::find_if(ids, [this](const std::string& id) { return threads_.contains(id); });
  const ObjectId thread = known == ids.end() ? fresh : threads_.at(*known);
  // The ancestors too: their own messages may come later.
  for (std::string& id : ids)
    if (threads_.size() < ids_max && id.size() <= id_octets_max) threads_.try_emplace(std::move(id), thread);
  return thread;
}

}  // namespace mailscope::mailstore
