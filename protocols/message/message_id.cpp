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
    } else if (token->is('@')) {
      end_word(id.empty());
      id += '@';
    } else if (token->kind != Token::Kind::Comment) {
      word += token->text;
    }
  }
  if (ids.size() > limits::message_ids_max)
    ids.erase(ids.begin(), ids.end() - static_cast<std::ptrdiff_t>(limits::message_ids_max));
  return ids;
}

}  // namespace mailscope::message
