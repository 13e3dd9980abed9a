#include "protocols/imap/data/presentation.hpp"

#include <utility>

#include "protocols/message/surrogate.hpp"
#include "protocols/message/transport.hpp"

namespace mailscope::imap {

void Presentation::look() {
  if (original_) return;
  original_ = structure_of(content_, memos_);
  const message::Structure* structure = &original_->structure();
  std::string made;
  if (content_->traits().nul) {
    made = message::without_nul_parts(content_->octets(), *structure);
    made_.emplace(Made{std::move(made), {}});
    made_->structure = message::parse_structure(made_->octets);
    structure = &made_->structure;
  }
  is_surrogate_ = !utf8_client_ && message::needs_surrogate(*structure);
  if (!is_surrogate_) return;
  made = message::surrogate(made_ ? made_->octets : content_->octets(), *structure);
  made_.emplace(Made{std::move(made), {}});
  made_->structure = message::parse_structure(made_->octets);
}

std::string_view Presentation::octets() {
  look();
  return made_ ? std::string_view(made_->octets) : content_->octets();
}

std::string_view Presentation::binary_octets() {
  look();
  return is_surrogate_ ? octets() : content_->octets();
}

bool Presentation::has_nul() { return content_->traits().nul && octets().find('\0') != std::string_view::npos; }

std::uint64_t Presentation::size() { return content_->traits().nul ? octets().size() : content_->octets().size(); }

const message::Part& Presentation::root() {
  look();
  return made_ ? made_->structure.root : original_->root();
}

}  // namespace mailscope::imap
