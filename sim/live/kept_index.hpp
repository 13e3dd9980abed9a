// A small JSON file that says of a mailbox or an account what names of files cannot. It is read strictly: whatever has a
// wrong type is refused with its file and place, since it would be lost when the file is written next.
#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "protocols/mailstore/annotations.hpp"
#include "protocols/mailstore/mailbox.hpp"
#include "protocols/mailstore/metadata.hpp"
#include "protocols/mailstore/url_keys.hpp"

namespace mailscope::live {

using Json = nlohmann::ordered_json;

/// An object of such a file. Everything throws std::filesystem::filesystem_error where it is not as it must be.
class IndexPart {
 public:
  /// Nothing where there is no such file.
  [[nodiscard]] static std::optional<IndexPart> of_file(const std::filesystem::path& file);
  /// `json` as if it had been read from `file`.
  IndexPart(Json json, std::filesystem::path file, std::string place = {});

  /// What is missing is empty, or `otherwise`.
  [[nodiscard]] std::string text(const char* key) const;
  [[nodiscard]] std::string octets(const char* key) const;  ///< base64
  template <class Number>
  [[nodiscard]] Number number(const char* key, Number otherwise, Number least = 0) const {
    const Json* found = find(key);
    if (!found) return otherwise;
    const bool fits = found->is_number_unsigned() && found->get<std::uint64_t>() <= std::numeric_limits<Number>::max() &&
                      found->get<std::uint64_t>() >= least;
    if (!fits) fail(key, "a number in its range");
    return found->get<Number>();
  }
  [[nodiscard]] std::vector<std::string> texts(const char* key) const;
  [[nodiscard]] std::map<std::string, std::string> named_texts(const char* key) const;
  [[nodiscard]] std::vector<IndexPart> parts(const char* key) const;
  [[nodiscard]] IndexPart part(const char* key) const;
  [[nodiscard]] const Json& json() const { return json_; }
  [[noreturn]] void fail(const std::string& key, const char* wanted) const;

 private:
  [[nodiscard]] const Json* find(const char* key) const;

  Json json_;
  std::filesystem::path file_;
  std::string place_;  ///< in the file, ended by a dot
};

/// What an index says but for what the files' names and the mailbox's messages decide.
[[nodiscard]] Json facts_of(const mailstore::Mailbox& mailbox);
[[nodiscard]] Json json_of(const mailstore::Metadata& metadata);
[[nodiscard]] Json json_of(const mailstore::Annotations& annotations);
[[nodiscard]] Json json_of(const mailstore::UrlKeys& keys);
[[nodiscard]] mailstore::Metadata metadata_in(const IndexPart& part, const char* key);
[[nodiscard]] mailstore::AnnotationsPointer annotations_in(const IndexPart& part);
[[nodiscard]] mailstore::UrlKeys url_keys_in(const IndexPart& part, const char* key);
/// Fills in what facts_of() has written.
void read_facts(const IndexPart& part, mailstore::SpecialUses& uses, mailstore::Acl& acl);

/// As it goes into a file; text that is not UTF-8 loses what is not.
[[nodiscard]] std::string text_of(const Json& json);

}  // namespace mailscope::live
