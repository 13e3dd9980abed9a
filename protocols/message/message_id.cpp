#include "protocols/message/message_id.hpp"

#include "protocols/message/limits.hpp"
#include "protocols/message/token.hpp"

namespace mailscope::message {

/// msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]; what stands between "<" and ">" is taken without white space.
std::vector<std::string> message_ids(std::string_view value) {
  std::vector<std::string> ids;
  Lexer lexer(value, "<>@");
  std::string id, word;
  bool inside = false;
  const auto keep_last = [&ids](std::size_t count) {
    if (ids.size() > count) ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(count));
  };
  const auto end_word = [&](bool is_local_part) {
    id += is_local_part && !word.empty() ? dot_atom_or_quoted(word) : word;
    word.clear();
  };
  while (const auto token = lexer.next()) {
    if (token->is('<')) {
      inside = true;
      id.clear();
      word.clear();
    } else if (!inside) {
      continue;
    } else if (token->is('>')) {
      end_word(false);
      inside = false;
      if (!id.empty()) ids.push_back(id);
      if (ids.size() == 2 * limits::message_ids_max) keep_last(limits::message_ids_max);  // memory stays bounded
    } else if (token->is('@')) {
      end_word(id.empty());
      id += '@';
    } else if (token->kind != Token::Kind::Comment) {
      word += token->text;
    }
  }
  keep_last(limits::message_ids_max);
  return ids;
}

std::vector<std::string> thread_ids(std::string_view value) {
  std::vector<std::string> ids = message_ids(value);
  std::erase_if(ids, [](const std::string& id) { return id.find('@') == std::string::npos; });
  return ids;
}

}  // namespace mailscope::message
