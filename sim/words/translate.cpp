#include "sim/words/translate.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "assets/assets.hpp"
#include "sim/words/catalogue.hpp"

namespace mailscope {
namespace {

using Catalogues = std::array<Catalogue, all_languages.size()>;

/// English has an empty one. A catalogue that is missing or broken is a fault of the build, so of ours.
Catalogues load() {
  Catalogues catalogues;
  for (const Language language : all_languages) {
    if (language == Language::English) continue;
    const auto octets = asset(fmt::format("translations/{}.mo", code(language)));
    auto catalogue = octets ? Catalogue::read(*octets) : std::nullopt;
    if (!catalogue) {
      fmt::print(stderr, "mailscope: the built-in translations to {} are missing or broken\n", own_name(language));
      std::abort();
    }
    catalogues[static_cast<std::size_t>(language)] = std::move(*catalogue);
  }
  return catalogues;
}

const Catalogues& catalogues() {
  static const Catalogues all = load();
  return all;
}

const Catalogue* current{};  // none: English

}  // namespace

void set_language(Language language) { current = &catalogues()[static_cast<std::size_t>(language)]; }

const char* tr(const char* english) {
  const char* translated = current ? current->find(english) : nullptr;
  return translated ? translated : english;
}

std::string tr(const char* english, const std::vector<std::string>& arguments) { return fill(tr(english), arguments); }

}  // namespace mailscope
