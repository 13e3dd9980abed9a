#include "protocols/imap/data/select_request.hpp"

#include <utility>

namespace mailscope::imap {

std::optional<SelectRequest> read_select(Cursor& cursor) {
  SelectRequest request;
  auto name = cursor.space() ? cursor.mailbox() : std::nullopt;
  if (!name) return std::nullopt;
  request.mailbox = std::move(*name);
  if (cursor.at_end()) return request;
  if (!cursor.space() || !cursor.take('(')) return std::nullopt;
  do {
    if (cursor.word("CONDSTORE")) {
      request.condstore = true;
    } else if (cursor.word("ANNOTATE")) {
      request.annotate = true;
    } else if (!request.resync && cursor.word("QRESYNC") && cursor.space()) {
      request.resync = read_resync(cursor);
      if (!request.resync) return std::nullopt;
    } else {
      return std::nullopt;
    }
  } while (cursor.space());
  return cursor.take(')') && cursor.at_end() ? std::optional(std::move(request)) : std::nullopt;
}

}  // namespace mailscope::imap
