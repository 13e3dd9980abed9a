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
  [[nodiscard]] std::size_t octets() const override { return octets_of(structure_.root); }

 private:
  /// Of a part and those within it; strings are as short as headers are.
  [[nodiscard]] static std::size_t octets_of(const message::Part& part) {
    std::size_t sum = sizeof part + part.fields.capacity() * sizeof(message::HeaderField) +
                      part.parameters.capacity() * sizeof(message::Parameter) +
                      part.languages.capacity() * sizeof(std::string) +
                      (part.children.capacity() - part.children.size()) * sizeof part + part.description.size() +
                      part.id.size() + part.location.size();
    for (const message::Part& child : part.children) sum += octets_of(child);
    return sum;
  }

  message::Structure structure_;
};

[[nodiscard]] inline std::shared_ptr<const StructureMemo> structure_of(const mailstore::ContentPointer& content,
                                                                       mailstore::Memos& memos) {
  return memos.get<StructureMemo>(content, std::identity{});
}

}  // namespace mailscope::imap
