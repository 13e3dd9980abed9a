// What a stored message looks like, worked out once and kept with its content: its structure.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "protocols/mailstore/content.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

class StructureMemo final : public mailstore::Memo {
 public:
  explicit StructureMemo(std::string_view octets) : structure_(message::parse_structure(octets)) {}
  [[nodiscard]] const message::Part& root() const { return structure_.root; }
  [[nodiscard]] const message::Structure& structure() const { return structure_; }

 private:
  message::Structure structure_;
};

[[nodiscard]] inline std::shared_ptr<const StructureMemo> structure_of(const mailstore::ContentPointer& content,
                                                                       mailstore::Memos& memos) {
  return memos.get<StructureMemo>(content, std::identity{});
}

}  // namespace mailscope::imap
