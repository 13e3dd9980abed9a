#include "sim/scenario/read/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

#include "protocols/core/utf8.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

/// Thrown through yaml-cpp to stop it, and caught below: no exception leaves this file.
struct Refused {
  Fault fault;
};

/// What yaml-cpp found, in words of our own: its messages are English, and speak of its insides.
std::string wording(std::string_view message) {
  using namespace YAML::ErrorMsg;
  const auto is = [&](auto... known) { return (message.starts_with(known) || ...); };
  if (is(END_OF_SEQ_FLOW)) return tr("a [ without its ]");
  if (is(END_OF_MAP_FLOW)) return tr("a { without its }");
  if (is(FLOW_END)) return tr("a ] or } without its beginning");
  if (is(EOF_IN_SCALAR)) return tr("a quotation mark that is never closed");
  if (is(MAP_VALUE)) return tr("a colon where none may stand");
  if (is(MAP_KEY)) return tr("a key where none may stand");
  if (is(BLOCK_ENTRY)) return tr("a list's hyphen where none may stand");
  if (is(END_OF_MAP, END_OF_SEQ)) return tr("an indentation that fits no line above");
  if (is(TAB_IN_INDENTATION)) return tr("a tab in the indentation");
  if (is(INVALID_UNICODE, INVALID_HEX, INVALID_ESCAPE)) return tr("an escape that is no character");
  if (is(UNKNOWN_ANCHOR)) return tr("an anchor or alias (& or *)");
  return tr("text that is not YAML");
}

Fault error_at(Where where, std::string found, std::string expected, std::string advice) {
  return {Fault::Severity::Error, where.line, where.column, std::move(found), std::move(expected),
          std::move(advice),      {}};
}

/// The place of the octet at `offset`.
Where place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(utf8_characters(before.substr(line_start))) + 1};
}

class TreeBuilder : public YAML::EventHandler {
 public:
  /// `text` is valid UTF-8.
  explicit TreeBuilder(std::string_view text) {
    characters_before_.reserve(text.size() + 1);
    for (std::size_t i{}; i < text.size(); ++i) {
      if (text[i] == '\n') lines_.push_back(i + 1);
      const bool begins_character = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
      characters_before_.push_back(characters_before_.back() + (begins_character ? 1 : 0));
    }
  }
  [[nodiscard]] std::optional<YamlNode> take() { return std::move(root_); }
  /// yaml-cpp counts octets from 0; people count characters from 1.
  [[nodiscard]] Where where(const YAML::Mark& mark) const {
    if (mark.line < 0 || mark.column < 0) return {};
    const std::size_t line = std::min(static_cast<std::size_t>(mark.line), lines_.size() - 1);
    const std::size_t begin = lines_[line];
    const std::size_t at = std::min(begin + static_cast<std::size_t>(mark.column), characters_before_.size() - 1);
    return {static_cast<int>(line) + 1, characters_before_[at] - characters_before_[begin] + 1};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      throw Refused{error_at(where(mark), tr("a second document"), tr("one document"),
                             tr("remove \"---\", or indent this line like its neighbours"))};
  }
  void OnDocumentEnd() override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    add(node_at(YamlNode::Kind::Nothing, mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check(mark, tag, anchor);
    YamlNode node = node_at(YamlNode::Kind::Scalar, mark);
    if (utf8_valid_prefix(value) != value.size())
      throw Refused{
          error_at(node.where, tr("an escape that is no character"), tr("text"), tr("write the character itself"))};
    node.text = value;
    node.plain = tag == "?";
    add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  [[nodiscard]] YamlNode node_at(YamlNode::Kind kind, const YAML::Mark& mark) const {
    YamlNode node;
    node.kind = kind;
    node.where = where(mark);
    return node;
  }
  void refuse_anchor(const YAML::Mark& mark) const {
    // A few anchors that refer to each other unfold to billions of values.
    throw Refused{error_at(where(mark), tr("an anchor or alias (& or *)"), tr("plain values"),
                           tr("write the value out where it is needed; put text that starts with & or * in quotes"))};
  }
  void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) refuse_anchor(mark);
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Refused{error_at(where(mark), tr("a tag (!)"), tr("plain values"),
                             tr("remove it; put text that starts with ! in quotes"))};
    if (++nodes_ > yaml_nodes_max)
      throw Refused{error_at(where(mark), tr("more than {0} values", {std::to_string(yaml_nodes_max)}),
                             tr("a shorter file"), tr("split it into several lessons"))};
  }
  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check(mark, tag, anchor);
    if (open_.size() >= yaml_depth_max)
      throw Refused{error_at(where(mark), tr("more than {0} levels of nesting", {std::to_string(yaml_depth_max)}),
                             tr("lists and maps as the schema shows them"),
                             tr("close the brackets before this place"))};
    open_.push_back(node_at(kind, mark));
  }
  void close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    add(std::move(node));
  }
  void add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    YamlNode& parent = open_.back();
    if (parent.kind == YamlNode::Kind::Map && parent.keys.size() == parent.items.size()) {
      parent.keys.push_back(std::move(node));
      return;
    }
    if (parent.kind == YamlNode::Kind::Map && node.kind == YamlNode::Kind::Nothing)
      node.where = parent.keys.back().where;
    parent.items.push_back(std::move(node));
  }

  std::vector<std::size_t> lines_{0};  ///< offset of each line
  /// By octet offset, with one more for the end. Counting anew for each mark would take quadratic time in long lines.
  std::vector<int> characters_before_{0};
  std::vector<YamlNode> open_;
  std::optional<YamlNode> root_;
  std::size_t nodes_{}, documents_{};
};

/// What must not reach yaml-cpp: it guesses UTF-16 from NULs, and terminals obey control characters.
std::optional<Fault> bad_octets(std::string_view text) {
  if (const std::size_t bad = utf8_valid_prefix(text); bad != text.size())
    return error_at(place_of(text, bad), tr("octets that are not UTF-8"), tr("UTF-8 text"),
                    tr("save the file as UTF-8"));
  const auto control = std::find_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
  });
  if (control != text.end())
    return error_at(place_of(text, static_cast<std::size_t>(control - text.begin())), tr("a control character"),
                    tr("text"), tr("remove this character"));
  return std::nullopt;
}

}  // namespace

YamlReading read_yaml(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (std::optional<Fault> fault = bad_octets(text)) return {std::nullopt, std::move(*fault)};
  TreeBuilder builder(text);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    return {std::nullopt, refused.fault};
  } catch (const YAML::Exception& exception) {
    return {std::nullopt, error_at(builder.where(exception.mark), wording(exception.msg), "YAML",
                                   tr("check indentation, quotes and brackets here and in the lines above"))};
  }
  std::optional<YamlNode> root = builder.take();
  if (!root)
    return {std::nullopt, error_at({1, 1}, tr("an empty file"), tr("a lesson"), tr("start with \"mailscope: 1\""))};
  return {std::move(root), {}};
}

}  // namespace mailscope
