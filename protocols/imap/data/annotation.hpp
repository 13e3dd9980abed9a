// Annotations of messages in IMAP's grammar (RFC 5257 §3.2, §5): what commands ask of them, and how FETCH tells them.
// Knows no session; whose private values are meant is said by whoever asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/imap/syntax/cursor.hpp"
#include "protocols/mailstore/annotations.hpp"
#include "protocols/message/part.hpp"

namespace mailscope::imap {

/// Values, entries or attributes that one command names: as many as one user can have of a message, shared ones too.
inline constexpr std::size_t annotations_named_max = 2 * mailstore::Annotations::values_max;

/// Behind "ANNOTATION" of STORE and APPEND: SP "(" entry-att *(SP entry-att) ")". Only entries that are registered or a
/// vendor's, only "value.priv" and "value.shared", which clients may write (§3.2.1, §3.2.2, §6.2).
[[nodiscard]] std::optional<std::vector<mailstore::Annotation>> read_annotations(Cursor& cursor);

/// What FETCH asks.
struct AnnotationRequest {
  struct Attribute {
    bool size{};            ///< else the value
    bool priv{}, shared{};  ///< at least one
  };
  std::vector<std::string> entries;  ///< patterns: "*" and "%" as in LIST
  std::vector<Attribute> attributes;
};
/// Behind "ANNOTATION": SP "(" entries SP attribs ")"
[[nodiscard]] std::optional<AnnotationRequest> read_annotation_request(Cursor& cursor);
/// "(" entry-att *(SP entry-att) ")" for what is there, and for entries that are asked for by name. Empty where that is
/// nothing: the grammar has no empty list (§4.4).
[[nodiscard]] std::string annotation_data(const AnnotationRequest& request, const mailstore::Annotations& annotations,
                                          std::string_view user);

/// What SEARCH asks (§4.8).
struct AnnotationTerm {
  std::string entry;                ///< a pattern
  std::string user;                 ///< who asks
  bool priv{}, shared{};            ///< at least one
  std::optional<std::string> text;  ///< casemap()ped; nothing, for NIL: there is no value
};
/// Behind "ANNOTATION": SP entry-match SP att-search SP value, the value in `charset`.
[[nodiscard]] std::optional<AnnotationTerm> read_annotation_term(Cursor& cursor, const std::string& charset,
                                                                 const std::string& user);
[[nodiscard]] bool matches(const AnnotationTerm& term, const mailstore::Annotations& annotations);

/// What SORT asks (§4.9): behind "ANNOTATION", SP entry SP att-sort.
struct AnnotationColumn {
  std::string entry, user;  ///< as mailstore::Annotations::Key
};
[[nodiscard]] std::optional<AnnotationColumn> read_annotation_column(Cursor& cursor, const std::string& user);

/// What a FETCH response tells of annotations (§4.4): one value, or that some value of the entry has changed.
struct ToldAnnotation {
  std::string entry;
  std::string attribute;             ///< empty: it has changed
  std::optional<std::string> value;  ///< nothing: there is none
};
/// "(" entry-att *(SP entry-att) ")" / "(" entry *(SP entry) ")"
[[nodiscard]] std::optional<std::vector<ToldAnnotation>> read_told_annotations(Cursor& cursor);

/// The entry, or what the pattern matches, belongs to one part of a message (§3.2.1).
[[nodiscard]] bool names_part(std::string_view entry);
/// The same, to one that the message has not.
[[nodiscard]] bool names_missing_part(std::string_view entry, const message::Part& root);

}  // namespace mailscope::imap
