// The structure of a stored message, worked out once and kept with its content.
#pragma once

#include <memory>
#include <utility>

#include "protocols/mailstore/content.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

class StructureMemo final : public mailstore::Memo {
 public:
  explicit StructureMemo(message::Structure structure) : structure_(std::move(structure)) {}
  [[nodiscard]] const message::Part& root() const { return structure_.root; }
  [[nodiscard]] const message::Structure& structure() const { return structure_; }

 private:
  message::Structure structure_;
};

[[nodiscard]] inline std::shared_ptr<const StructureMemo> structure_of(const mailstore::ContentPointer& content,
                                                                       mailstore::Memos& memos) {
  return memos.get<StructureMemo>(content, message::parse_structure);
}

}  // namespace mailscope::imap
