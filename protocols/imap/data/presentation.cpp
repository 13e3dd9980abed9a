#include "protocols/imap/data/presentation.hpp"

#include "protocols/message/surrogate.hpp"

namespace mailscope::imap {

void Presentation::look() {
  if (original_) return;
  original_ = structure_of(content_, memos_);
  if (utf8_client_ || !message::needs_surrogate(original_->structure())) return;
  surrogate_.emplace(Surrogate{message::surrogate(content_->octets(), original_->structure()), {}});
  surrogate_->structure = message::parse_structure(surrogate_->octets);
}

std::string_view Presentation::octets() {
  look();
  return surrogate_ ? std::string_view(surrogate_->octets) : content_->octets();
}

bool Presentation::has_nul() {
  look();
  return surrogate_ ? surrogate_->octets.find('\0') != std::string::npos : original_->has_nul();
}

const message::Part& Presentation::root() {
  look();
  return surrogate_ ? surrogate_->structure.root : original_->root();
}

}  // namespace mailscope::imap
