#include "sim/cli/cli.hpp"

#include <catch2/catch_all.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/sim/scenario/lesson_fixture.hpp"

using namespace mailscope;
using namespace mailscope::test;
namespace fs = std::filesystem;

namespace {

/// Runs the command line with an environment and hooks of its own, and keeps what came of it.
struct Session {
  std::map<std::string, std::string> environment{{"DISPLAY", ":0"}};
  bool terminal{}, window_opens{true};
  std::string out, error;
  std::optional<WindowRequest> opened;
  fs::path png;

  int operator()(const std::vector<std::string>& arguments) {
    std::ostringstream out_stream, error_stream;
    const WindowHooks hooks{
        [&](const WindowRequest& request) {
          opened = request;
          return window_opens ? std::optional(0) : std::nullopt;
        },
        [&](const WindowRequest& request, const fs::path& file) { return opened = request, png = file, 0; }};
    const int status = run_cli(arguments, hooks, {out_stream, error_stream, terminal, [&](const char* name) {
                                                    const auto found = environment.find(name);
                                                    return found == environment.end() ? std::string() : found->second;
                                                  }});
    out = out_stream.str();
    error = error_stream.str();
    return status;
  }
};

/// A file that is gone when the test is over.
struct File {
  static inline int made{};
  fs::path path =
      fs::temp_directory_path() / ("mailscope-cli-" + std::to_string(Catch::getSeed()) + '-' + std::to_string(++made));
  explicit File(const std::string& text, const char* extension = ".yaml") {
    path += extension;
    std::ofstream(path) << text;
  }
  ~File() { fs::remove(path); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("run prints the transcript and every expectation, and succeeds when all hold") {
  Session run;
  CHECK(run({"run", "send-and-retrieve", "--lang", "en"}) == 0);
  CHECK(contains(run.out, "EHLO"));
  CHECK(contains(run.out, "✓ mail.alba.example says: \"235\""));
  CHECK(contains(run.out, "✓ bruno/INBOX of mx.llevant.example seen: 1"));
  CHECK_FALSE(contains(run.out, "✗"));
  CHECK_FALSE(contains(run.out, "\x1b"));
}

TEST_CASE("run fails when an expectation does not hold, and says where it stands and what was found") {
  std::string lesson = shipped_lesson();
  const std::size_t at = lesson.find("holds: 1}");
  lesson.replace(at, 9, "holds: 9}");
  const File file(lesson);
  Session run;
  CHECK(run({"run", file.path.string(), "--lang", "en"}) == 1);
  const auto line = std::count(lesson.begin(), lesson.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
  CHECK(
      contains(run.out, "✗ bruno/INBOX of mx.llevant.example holds: 9  (line " + std::to_string(line) + "; found: 1)"));
}

TEST_CASE("the hash and the JSON are the same on every run; the seed changes what is random") {
  Session first, second, seeded;
  CHECK(first({"run", "send-and-retrieve", "--hash"}) == 0);
  CHECK(second({"run", "send-and-retrieve", "--hash"}) == 0);
  CHECK(first.out.size() == 65);
  CHECK(first.error.empty());
  CHECK(first.out == second.out);
  CHECK(seeded({"run", "send-and-retrieve", "--hash", "--seed", "2"}) == 0);
  CHECK(seeded.out != first.out);
  CHECK(first({"run", "send-and-retrieve", "--format", "json"}) == 0);
  CHECK(first.out.starts_with("{"));
  CHECK(first.out.ends_with("}\n"));
}

TEST_CASE("a record that was saved is printed as the run was") {
  Session run;
  CHECK(run({"run", "send-and-retrieve", "--format", "json"}) == 0);
  const File record(run.out, ".jsonl");
  CHECK(run({"run", "send-and-retrieve", "--hash"}) == 0);
  const std::string hash = run.out;
  CHECK(run({"run", record.path.string(), "--hash"}) == 0);
  CHECK(run.out == hash);
  CHECK(run({"run", record.path.string(), "--lang", "en"}) == 0);
  CHECK(contains(run.out, "EHLO"));
  CHECK_FALSE(contains(run.out, "✓"));
  const File broken("{}\n", ".jsonl");
  CHECK(run({"run", broken.path.string(), "--lang", "en"}) == 2);
  CHECK(contains(run.error, broken.path.string() + ":1: this is no record that can be shown"));
}

TEST_CASE("until stops the run, and then nothing is judged") {
  Session whole, part;
  CHECK(whole({"run", "send-and-retrieve", "--no-explain"}) == 0);
  CHECK(part({"run", "send-and-retrieve", "--no-explain", "--until", "200ms"}) == 0);
  CHECK(part.out.size() < whole.out.size());
  CHECK_FALSE(contains(part.out, "✓"));
  CHECK(whole.out.substr(0, part.out.find('\n')) == part.out.substr(0, part.out.find('\n')));
}

TEST_CASE("run writes a capture and a key log, and says so where it cannot") {
  const File capture(""), secrets("x");
  Session run;
  CHECK(run({"run", "send-and-retrieve", "--pcapng", capture.path.string(), "--until", "1s"}) == 0);
  CHECK(contains(run.out, "EHLO"));
  std::ifstream file(capture.path, std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}).starts_with("\x0a\x0d\x0d\x0a"));
  CHECK(run({"run", "send-and-retrieve", "--keylog", secrets.path.string(), "--until", "1s"}) == 0);
  CHECK(fs::file_size(secrets.path) == 0);  // a lesson without TLS
  CHECK(run({"run", "send-and-retrieve", "--pcapng", "/nowhere/x", "--until", "1s", "--lang", "ca"}) == 1);
  CHECK(contains(run.error, "/nowhere/x"));
  CHECK(run({"run", "send-and-retrieve", "--keylog"}) == 2);
}

TEST_CASE("explanations and texts follow --lang, else the environment's locale; wire text never does") {
  Session given, from_environment, english;
  CHECK(given({"run", "send-and-retrieve", "--lang", "it"}) == 0);
  from_environment.environment["LANG"] = "ca_ES.UTF-8";
  from_environment.environment["LC_ALL"] = "it_IT.UTF-8";
  CHECK(from_environment({"run", "send-and-retrieve"}) == 0);
  CHECK(given.out == from_environment.out);
  english.environment["LANG"] = "it_IT.UTF-8";
  english.environment["LC_ALL"] = "C";
  CHECK(english({"run", "send-and-retrieve"}) == 0);
  CHECK(english.out != given.out);
  CHECK(contains(english.out, "MAIL FROM:<anna@alba.example>"));
  CHECK(contains(given.out, "MAIL FROM:<anna@alba.example>"));
}

TEST_CASE("colour is for terminals that want it, or as asked") {
  const std::vector<std::string> command{"run", "send-and-retrieve", "--until", "100ms"};
  Session run;
  run.terminal = true;
  CHECK(run(command) == 0);
  CHECK(contains(run.out, "\x1b["));
  run.environment["NO_COLOR"] = "1";
  CHECK(run(command) == 0);
  CHECK_FALSE(contains(run.out, "\x1b["));
  CHECK(run({"run", "send-and-retrieve", "--until", "100ms", "--colour", "always"}) == 0);
  CHECK(contains(run.out, "\x1b["));
}

TEST_CASE("check names every fault with its place, missing translations last, and fails on errors alone") {
  const File sound(small_lesson());
  const File* file = &sound;
  Session check;
  CHECK(check({"check", file->path.string()}) == 0);
  CHECK(contains(check.out, ": can be run: 5 hosts, 4 links, 3 actions, 3 steps\n"));
  CHECK(contains(check.out, ": 8 texts lack languages, at 2:8 (ca es it), 3:10 (ca es it),"));
  std::ofstream(file->path) << with("level: beginner", "level: beginer");
  CHECK(check({"check", "send-and-retrieve", file->path.string()}) == 2);
  CHECK(contains(check.out, "send-and-retrieve.yaml: can be run"));
  CHECK(contains(
      check.out,
      ":4:8: error: found \"beginer\", expected beginner, intermediate or advanced; did you mean \"beginner\"?\n"
      "  level: beginer\n         ^\n"));
  CHECK(check.out.find("error") < check.out.find("texts lack"));
}

TEST_CASE("a faulty or absent lesson is not run") {
  const File file(with("who: desk", "who: dsk"));
  Session run;
  CHECK(run({"run", file.path.string()}) == 2);
  CHECK(contains(run.error, ":43:10: error: found \"dsk\""));
  CHECK(run.out.empty());
  CHECK(run({"run", "no-such-lesson"}) == 2);
  CHECK(contains(run.error, "no-such-lesson: error: found no file that can be read"));
}

TEST_CASE("lessons lists the gallery in the reader's language") {
  Session lessons;
  CHECK(lessons({"lessons", "--lang", "en"}) == 0);
  CHECK(contains(lessons.out, "send-and-retrieve  Send and retrieve (beginner, 15 min)\n"));
}

TEST_CASE("without a command the window opens, on the gallery or on the lesson that is named") {
  Session window;
  CHECK(window({}) == 0);
  REQUIRE(window.opened);
  CHECK(window.opened->lesson.empty());
  CHECK(window({"send-and-retrieve", "--theme", "light", "--scale", "150", "--size", "1280x720", "--tab", "bytes",
                "--lang", "es"}) == 0);
  CHECK(window.opened->lesson.filename() == "send-and-retrieve.yaml");
  CHECK(window.opened->theme == "light");
  CHECK(window.opened->scale_percent == 150);
  CHECK((window.opened->width == 1280 && window.opened->height == 720));
  CHECK(window.opened->tab == "bytes");
  CHECK(window.opened->language == Language::Spanish);
  CHECK(window.png.empty());
  window.environment["LANG"] = "ca_ES.UTF-8";
  CHECK(window({"--view", "stage"}) == 0);
  CHECK(window.opened->lesson.filename() == "send-and-retrieve.yaml");
  CHECK_FALSE(window.opened->language);  // the window remembers its own
  CHECK_FALSE(window.opened->theme);
  CHECK(window({"no-such-lesson"}) == 2);
}

TEST_CASE("a record that was saved opens in the window, and a broken one says what is wrong with it") {
  Session recorded, window;
  CHECK(recorded({"run", "send-and-retrieve", "--format", "json"}) == 0);
  const File whole(recorded.out, ".jsonl"), broken(recorded.out.substr(0, recorded.out.size() / 2), ".jsonl");
  CHECK(window({whole.path.string()}) == 0);
  REQUIRE(window.opened);
  CHECK(window.opened->lesson == whole.path);
  CHECK(window({broken.path.string()}) == 2);
  CHECK_FALSE(window.error.empty());
}

TEST_CASE("a screenshot needs no display, and shows the first lesson where none is named") {
  Session window;
  window.environment.clear();
  CHECK(window({"--screenshot", "out.png", "--at", "1.2s"}) == 0);
  REQUIRE(window.opened);
  CHECK(window.png == "out.png");
  CHECK(window.opened->at == std::chrono::milliseconds(1200));
  CHECK(window.opened->lesson.filename() == "send-and-retrieve.yaml");
  CHECK(window({"--screenshot", "out.png", "--view", "gallery"}) == 0);
  CHECK(window.opened->lesson.empty());
}

TEST_CASE("without a display the lesson plays as a transcript, and the way to the window is told") {
  Session window;
  window.environment.clear();
  CHECK(window({}) == 0);
  CHECK_FALSE(window.opened);
  CHECK(contains(window.out, "MAIL FROM:<anna@alba.example>"));
  CHECK(contains(window.error, "there is no display"));
  window.environment["WAYLAND_DISPLAY"] = "wayland-0";
  CHECK(window({}) == 0);
  CHECK(window.opened);
  CHECK(window.out.empty());
  window.window_opens = false;  // the variable is set, but nobody answers
  CHECK(window({}) == 0);
  CHECK(contains(window.out, "MAIL FROM:<anna@alba.example>"));
}

TEST_CASE("help and messages speak the language of --lang, else that of the environment") {
  Session session;
  session.environment["LC_ALL"] = "ca_ES.UTF-8";
  CHECK(session({"--help"}) == 0);
  CHECK(contains(session.out, "Ús: mailscope [OPCIONS] [LLIÇÓ] [ORDRE]\n"));
  CHECK(contains(session.out, "\n  LLIÇÓ                       obre la finestra"));
  CHECK(session({"run", "--help", "--lang", "it"}) == 0);
  CHECK(contains(session.out, "Uso: mailscope run [OPZIONI] LEZIONE\n"));
  CHECK(session({"--theme", "pink", "--lang=es"}) == 2);
  CHECK(session.error == "--theme: \"pink\" no es ninguno de dark|light\nEjecútalo con --help para saber más.\n");
  CHECK(session({"run"}) == 2);
  CHECK(session.error == "falta la lliçó: un fitxer, o un nom\nExecuta-ho amb --help per saber-ne més.\n");
  CHECK(session({"--lang", "it", "--nonsense"}) == 2);
  CHECK(session.error.starts_with("non atteso: --nonsense\n"));
  CHECK(session({"check", "send-and-retrieve", "--lang", "es"}) == 0);
  CHECK(contains(session.out, ": se puede ejecutar: equipos: "));
  CHECK(session({"--screenshot", "out.png", "--reduced-motion"}) == 0);
  CHECK(session.opened->reduced_motion);
}

TEST_CASE("wrong usage is refused with 2 and a word on why; help and version are not") {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"run"},
                                             {"check"},
                                             {"run", "x", "y"},
                                             {"--nonsense"},
                                             {"run", "x", "--format", "xml"},
                                             {"run", "x", "--until", "soon"},
                                             {"run", "send-and-retrieve", "--seed", "-1"},
                                             {"serve", "send-and-retrieve", "--map", "nobody:25=2000"},
                                             {"--size", "1x1"},
                                             {"--size", "1600"},
                                             {"--size", "16000x900"},
                                             {"--scale", "10"},
                                             {"--theme", "pink"},
                                             {"--lang", "fr"},
                                             {"--at", "1"},
                                             {"--view", "moon"},
                                             {"--tab", "x"}}) {
    Session session;
    INFO(wrong.front());
    CHECK(session(wrong) == 2);
    CHECK_FALSE(session.error.empty());
    CHECK_FALSE(session.opened);
  }
  Session session;
  CHECK(session({"--version"}) == 0);
  CHECK(session.out.starts_with("mailscope "));
  CHECK(session({"--help"}) == 0);
  CHECK(contains(session.out, "lessons"));
  CHECK(session({"run", "--help"}) == 0);
  CHECK(contains(session.out, "--hash"));
}
