// The window's own strings: every one that the sources say by tr("…") has its translations, and catalogues are read
// safely.
#include "sim/words/translate.hpp"

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "assets/assets.hpp"
#include "sim/words/catalogue.hpp"
#include "tests/source_dir.hpp"

using namespace mailscope;

namespace {

std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  for (std::string line; std::getline(in, line);)
    if (const std::size_t first = line.find_first_not_of(' '); first == std::string::npos || line.find("//") != first)
      text << line << '\n';
  return text.str();
}

void append_utf8(std::string& text, unsigned long code_point) {
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80U | ((code_point >> shift) & 0x3fU)); };
  if (code_point < 0x80U) {
    text += static_cast<char>(code_point);
  } else if (code_point < 0x800U) {
    text += {static_cast<char>(0xc0U | code_point >> 6U), tail(0)};
  } else {
    text += {static_cast<char>(0xe0U | code_point >> 12U), tail(6), tail(0)};
  }
}

/// The string literals that begin at `at`, joined as the compiler joins them; nothing where none stands.
std::optional<std::string> literal_at(const std::string& source, std::size_t at) {
  std::optional<std::string> text;
  while ((at = source.find_first_not_of(" \n", at)) != std::string::npos && source[at] == '"') {
    if (!text) text.emplace();
    for (++at; source.at(at) != '"'; ++at) {
      if (source[at] != '\\') {
        *text += source[at];
      } else if (source[++at] == 'u') {
        append_utf8(*text, std::stoul(source.substr(at + 1, 4), nullptr, 16));
        at += 4;
      } else {
        *text += source[at] == 'n' ? '\n' : source[at];
      }
    }
    ++at;
  }
  return text;
}

struct Use {
  std::string file;
  std::optional<std::string> english;  ///< none: the argument is no literal, so that no tool can collect it
};

std::vector<Use> uses_in(const std::string& file, const std::string& source) {
  std::vector<Use> uses;
  for (std::size_t at = source.find("tr("); at != std::string::npos; at = source.find("tr(", at + 1)) {
    const bool is_word = at > 0 && (std::isalnum(static_cast<unsigned char>(source[at - 1])) || source[at - 1] == '_');
    if (!is_word) uses.push_back({file, literal_at(source, at + 3)});
  }
  return uses;
}

/// Every tr(…) of the sources but its own declaration and definition.
std::vector<Use> all_uses() {
  std::vector<Use> uses;
  for (const char* folder : {"sim", "viz"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(source_dir() / folder)) {
      const std::string extension = entry.path().extension().string();
      if ((extension != ".cpp" && extension != ".hpp") || entry.path().stem() == "translate") continue;
      const std::vector<Use> found = uses_in(entry.path().filename().string(), file_text(entry.path()));
      uses.insert(uses.end(), found.begin(), found.end());
    }
  return uses;
}

/// The place after the call whose "(" stands before `at`. `said` is given each literal that no tr() wraps and that is
/// no key to find.
std::size_t walk_call(const std::string& source, std::size_t at, std::vector<std::string>* said) {
  for (int open = 1; open > 0; ++at) {
    if (source.at(at) == '"') {
      if (said) said->push_back(literal_at(source, at).value());
      for (++at; source.at(at) != '"'; ++at)
        if (source[at] == '\\') ++at;
    } else if (source.compare(at, 3, "tr(") == 0 || source.compare(at, 5, "find(") == 0) {
      at = walk_call(source, source.find('(', at) + 1, nullptr) - 1;
    } else {
      open += source[at] == '(' ? 1 : source[at] == ')' ? -1 : 0;
    }
  }
  return at;
}

Catalogue catalogue_of(Language language) {
  const auto octets = asset("translations/" + std::string(code(language)) + ".mo");
  return Catalogue::read(octets.value()).value();
}

/// The {0}, {1} … of a pattern.
std::set<std::string> arguments_of(std::string_view pattern) {
  std::set<std::string> found;
  for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
    const std::size_t end = pattern.find_first_not_of("0123456789", at + 1);
    if (end != std::string_view::npos && pattern[end] == '}')
      found.insert(std::string(pattern.substr(at, end + 1 - at)));
  }
  return found;
}

std::string little_endian(std::uint32_t number) {
  std::string octets;
  for (int i = 0; i < 4; ++i) octets += static_cast<char>(number >> (8 * i) & 0xffU);
  return octets;
}

/// A catalogue with these pairs, which must come sorted, laid out as msgfmt does (GNU gettext manual, "MO files").
std::string catalogue_octets(const std::vector<std::pair<std::string, std::string>>& pairs) {
  const auto count = static_cast<std::uint32_t>(pairs.size());
  std::string originals, translations, texts;
  const auto row = [&](const std::string& text) {
    const auto offset = static_cast<std::uint32_t>(20 + 16 * pairs.size() + texts.size());
    texts += text + '\0';
    return little_endian(static_cast<std::uint32_t>(text.size())) + little_endian(offset);
  };
  for (const auto& [english, translated] : pairs) {
    originals += row(english);
    translations += row(translated);
  }
  return little_endian(0x950412deU) + little_endian(0) + little_endian(count) + little_endian(20) +
         little_endian(20 + 8 * count) + originals + translations + texts;
}

}  // namespace

TEST_CASE("Every text of the program has a translation in every language, with the same arguments") {
  const std::vector<Use> uses = all_uses();
  REQUIRE(uses.size() > 20);
  for (const Language language : all_languages) {
    if (language == Language::English) continue;
    const Catalogue catalogue = catalogue_of(language);
    for (const Use& use : uses) {
      if (!use.english) continue;
      INFO(use.file << " says \"" << *use.english << "\"; in " << code(language) << ".po (./dev translations)");
      const char* translated = catalogue.find(*use.english);
      REQUIRE(translated != nullptr);
      CHECK(arguments_of(translated) == arguments_of(*use.english));
    }
  }
}

TEST_CASE("tr() is given a literal, so that ./dev translations finds it") {
  for (const Use& use : all_uses()) {
    INFO(use.file);
    CHECK(use.english);
  }
}

TEST_CASE("Whatever is said of a faulty lesson passes through tr(), but for words of the file") {
  const std::set<std::string> of_the_file{"YAML", "{}: true", "{}: false"};
  std::size_t calls{};
  for (const auto& entry : std::filesystem::directory_iterator(source_dir() / "sim/scenario/read")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string source = file_text(entry.path());
    for (const std::string_view call : {"faults.error(", "faults.warning(", "error_at("})
      for (std::size_t at = source.find(call); at != std::string::npos; at = source.find(call, at + 1)) {
        std::vector<std::string> said;
        walk_call(source, at + call.size(), &said);
        ++calls;
        for (const std::string& words : said) {
          INFO(entry.path().filename());
          CHECK(of_the_file.contains(words));
        }
      }
  }
  CHECK(calls > 40);
}

TEST_CASE("Sources are scanned as a compiler reads them") {
  const std::string source =
      "x = tr(\"One \\\"{0}\\\"\\n\"\n     \"two\", {a}); attr(\"no\"); tr(  \"\\u2212\"); tr(name);";
  const std::vector<Use> uses = uses_in("f", source);
  REQUIRE(uses.size() == 3);
  CHECK(uses[0].english == "One \"{0}\"\ntwo");
  CHECK(uses[1].english == "\xe2\x88\x92");
  CHECK_FALSE(uses[2].english);
}

TEST_CASE("tr() speaks the language that was set, and English where a text is unknown") {
  set_language(Language::Catalan);
  CHECK(std::string(tr("Lessons")) == "Lliçons");
  CHECK(tr("Step {0} of {1}", {"2", "9"}) == "Pas 2 de 9");
  CHECK(std::string(tr("not in any catalogue")) == "not in any catalogue");
  CHECK(tr("") == std::string());
  set_language(Language::Italian);
  CHECK(std::string(tr("Lessons")) == "Lezioni");
  set_language(Language::English);
  CHECK(std::string(tr("Lessons")) == "Lessons");
}

TEST_CASE("A catalogue gives the translations that it holds") {
  const std::string octets = catalogue_octets({{"", "Language: xx\n"}, {"cat", "gat"}, {"dog", "gos"}});
  const auto catalogue = Catalogue::read(octets);
  REQUIRE(catalogue);
  CHECK(std::string(catalogue->find("cat")) == "gat");
  CHECK(std::string(catalogue->find("dog")) == "gos");
  CHECK(catalogue->find("do") == nullptr);
  CHECK(catalogue->find("") == nullptr);
}

TEST_CASE("A catalogue that is cut off, foreign or too large is refused") {
  const std::string octets = catalogue_octets({{"cat", "gat"}, {"dog", "gos"}});
  for (std::size_t size = 0; size < octets.size(); ++size) {
    INFO(size << " octets");
    CHECK_FALSE(Catalogue::read(octets.substr(0, size)));
  }
  std::string big_endian = octets, newer = octets, boundless = octets;
  std::reverse(big_endian.begin(), big_endian.begin() + 4);
  CHECK_FALSE(Catalogue::read(big_endian));
  newer[6] = 1;
  CHECK_FALSE(Catalogue::read(newer));
  boundless.replace(8, 4, little_endian(Catalogue::texts_max + 1));
  CHECK_FALSE(Catalogue::read(boundless));

  std::vector<std::pair<std::string, std::string>> many(Catalogue::texts_max, {"a", "b"});
  CHECK(Catalogue::read(catalogue_octets(many)));
  many.emplace_back("a", "b");
  CHECK_FALSE(Catalogue::read(catalogue_octets(many)));
}

TEST_CASE("A catalogue with any octet changed is read or refused, and nothing else") {
  const std::string octets = catalogue_octets({{"cat", "gat"}, {"dog", "gos"}});
  for (std::size_t at = 0; at < octets.size(); ++at)
    for (const unsigned value : {0x00U, 0x01U, 0x7fU, 0x80U, 0xffU}) {
      std::string changed = octets;
      changed[at] = static_cast<char>(value);
      const auto catalogue = Catalogue::read(changed);
      if (!catalogue) continue;
      const char* translated = catalogue->find("cat");
      CHECK((translated == nullptr || std::string(translated).size() < octets.size()));
    }
}
