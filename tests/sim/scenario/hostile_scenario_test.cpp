// Broken and hostile files: every one yields a reading or faults, in reasonable time, and nothing else.
#include <catch2/catch_all.hpp>
#include <random>

#include "protocols/core/utf8.hpp"
#include "sim/scenario/read/faults.hpp"
#include "sim/scenario/read/scenario_keys.hpp"
#include "tests/sim/scenario/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::test;

namespace {

/// What must hold of any octets: a scenario exactly if there is no error, and every fault in a place that exists.
void check_reading(std::string_view yaml) {
  const ScenarioReading reading = read_scenario(yaml);
  bool any_error = false;
  const auto lines = static_cast<int>(std::count(yaml.begin(), yaml.end(), '\n')) + 1;
  for (const Fault& fault : reading.faults) {
    any_error = any_error || fault.severity == Fault::Severity::Error;
    REQUIRE(fault.line >= 0);
    REQUIRE(fault.line <= lines + 1);  // yaml-cpp places the end of the file below its last line
    REQUIRE((fault.column > 0 || fault.line == 0));
    REQUIRE_FALSE(fault.found.empty());
    REQUIRE_FALSE(fault.expected.empty());
    const std::string words = describe(fault, "F", yaml);
    REQUIRE(utf8_valid_prefix(words) == words.size());
  }
  REQUIRE(reading.scenario.has_value() == !any_error);
}

/// A key of the shipped lesson in a line of its own or in braces: where its name begins and ends.
struct KeyPlace {
  std::size_t begin, end;
};

std::vector<KeyPlace> keys_of(std::string_view yaml) {
  std::vector<KeyPlace> places;
  for (const Shape* shape : all_shapes())
    for (const Key& key : shape->keys)
      for (std::size_t at = yaml.find(key.name); at != std::string_view::npos; at = yaml.find(key.name, at + 1)) {
        const std::size_t end = at + key.name.size();
        if (at > 0 && std::string_view(" {\n").find(yaml[at - 1]) != std::string_view::npos &&
            yaml.substr(end, 1) == ":")
          places.push_back({at, end});
      }
  std::ranges::sort(places, {}, &KeyPlace::begin);
  const auto twins = std::ranges::unique(places, {}, &KeyPlace::begin);
  places.erase(twins.begin(), twins.end());
  return places;
}

bool has_error_at_line(const std::vector<std::string>& faults, std::string_view yaml, std::size_t offset,
                       std::string_view words) {
  const auto line = std::count(yaml.begin(), yaml.begin() + static_cast<std::ptrdiff_t>(offset), '\n') + 1;
  return std::ranges::any_of(faults, [&](const std::string& fault) {
    return fault.starts_with(std::to_string(line) + ":") && fault.find(words) != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a typing error in any key of the shipped lesson is found in its line") {
  const std::string yaml = shipped_lesson();
  const std::vector<KeyPlace> places = keys_of(yaml);
  REQUIRE(places.size() > 100);
  for (const KeyPlace& place : places) {
    const std::string key = yaml.substr(place.begin, place.end - place.begin);
    INFO(key << " at " << place.begin);
    for (const std::string& typo : {key + "x", "x" + key.substr(1), key.substr(0, key.size() - 1)}) {
      std::string broken = yaml;
      broken.replace(place.begin, key.size(), typo);
      CHECK(has_error_at_line(faults_of(broken), broken, place.begin, typo.empty() ? "error" : in_quotes(typo)));
      check_reading(broken);
    }
  }
}

TEST_CASE("any key of the shipped lesson given twice is found") {
  const std::string yaml = shipped_lesson();
  for (const KeyPlace& place : keys_of(yaml)) {
    const std::string key = yaml.substr(place.begin, place.end - place.begin);
    const bool in_braces = yaml.rfind('{', place.begin) != std::string::npos &&
                           yaml.rfind('{', place.begin) > yaml.rfind('\n', place.begin);
    const std::size_t line_start = yaml.rfind('\n', place.begin) + 1;
    const std::string copy = in_braces ? key + ": x, " : key + ": x\n" + std::string(place.begin - line_start, ' ');
    std::string broken = yaml;
    broken.insert(place.begin, copy);
    INFO(key << " at " << place.begin);
    CHECK(has_error_at_line(faults_of(broken), broken, place.begin + copy.size(),
                            "the key \"" + key + "\" a second time"));
    check_reading(broken);
  }
}

TEST_CASE("every required key is missed, and any line may go") {
  const std::string yaml = shipped_lesson();
  for (const KeyPlace& place : keys_of(yaml)) {  // a key that nothing knows stands for one removed, its value kept
    std::string broken = yaml;
    broken.replace(place.begin, place.end - place.begin, "zzzzzzzz");
    CHECK_FALSE(read_scenario(broken).scenario);
  }
  const std::vector<std::string> lines = lines_of(yaml);
  for (std::size_t removed{}; removed < lines.size(); ++removed) {
    std::string broken;
    for (std::size_t i{}; i < lines.size(); ++i)
      if (i != removed) broken += lines[i] + "\n";
    INFO("without line " << removed + 1 << ": " << lines[removed]);
    check_reading(broken);
    const std::string word = lines[removed].substr(0, lines[removed].find(':'));
    if (std::ranges::any_of(shapes::lesson.keys, [&](const Key& key) { return key.required && key.name == word; }))
      CHECK_FALSE(read_scenario(broken).scenario);
  }
}

TEST_CASE("no prefix of the shipped lesson and no change of its octets does harm") {
  const std::string yaml = shipped_lesson();
  for (std::size_t size{}; size < yaml.size(); size += 7) check_reading(std::string_view(yaml).substr(0, size));
  const unsigned seed = Catch::getSeed();
  std::mt19937 random(seed);
  INFO("seed " << seed);
  const std::string pieces[] = {"[",
                                "]",
                                "{",
                                "}",
                                ":",
                                "- ",
                                "\n",
                                "  ",
                                "\"",
                                "'",
                                "|",
                                ">",
                                "&a",
                                "*a",
                                "!",
                                "#",
                                "%",
                                "---\n",
                                "?",
                                ",",
                                "\t",
                                std::string(1, '\0'),
                                "\xff",
                                "\xc3",
                                "\xEF\xBB\xBF",
                                "\xFE\xFF",
                                "~",
                                "@",
                                "`",
                                "0",
                                "-1",
                                "\r"};
  for (int round = 0; round < 3000; ++round) {
    std::string mutant = yaml;
    for (int change = 0; change < 1 + round % 4; ++change) {
      const std::size_t at = random() % (mutant.size() + 1);
      switch (random() % 4) {
        case 0:
          mutant.insert(at, pieces[random() % std::size(pieces)]);
          break;
        case 1:
          mutant.erase(at, random() % 20);
          break;
        case 2:
          mutant.insert(at, mutant.substr(random() % mutant.size(), random() % 200));
          break;
        default:
          if (at < mutant.size()) mutant[at] = static_cast<char>(random() & 0xFF);
      }
    }
    check_reading(mutant);
  }
}

TEST_CASE("files built to exhaust time, stack or memory are refused in good time") {
  const auto repeat = [](std::string_view piece, std::string_view end = "") {
    std::string text;
    while (text.size() + piece.size() + end.size() <= scenario_octets_max) text += piece;
    return text + std::string(end);
  };
  for (const std::string& hostile : {repeat("["),
                                     repeat("{"),
                                     repeat("- "),
                                     repeat("? "),
                                     repeat("{a: "),
                                     repeat("["
                                            "],"),
                                     repeat("a: b\n"),
                                     repeat("- a\n"),
                                     repeat("a"),
                                     repeat("\""),
                                     repeat("'"),
                                     repeat(" "),
                                     repeat("\n"),
                                     repeat("\t"),
                                     repeat("a\n "),
                                     repeat("- |\n"),
                                     repeat("!"),
                                     repeat("%"),
                                     repeat("#\n"),
                                     repeat("---\n"),
                                     repeat("a:\n-\n"),
                                     repeat("&a "),
                                     repeat("\xc3\xa9: 1\n"),
                                     repeat("?\n"),
                                     "hosts:\n" + std::string(500'000, ' ') + "a: b",
                                     repeat(":\n"),
                                     repeat("[?"),
                                     repeat("'',")}) {
    INFO(hostile.substr(0, 20));
    const auto began = std::chrono::steady_clock::now();
    CHECK_FALSE(read_scenario(hostile).scenario);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(20));
  }
}

TEST_CASE("a billion laughs are refused at the first anchor") {
  std::string laughs = "a: &a [lol, lol]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    laughs += std::string(1, c) + ": &" + c + " [*" + before + ", *" + before + "]\n";
  }
  CHECK(faults_of(laughs) ==
        std::vector<std::string>{
            "1:4: error: found an anchor or alias (& or *), expected plain values; write the value out where "
            "it is needed; put text that starts with & or * in quotes"});
}
