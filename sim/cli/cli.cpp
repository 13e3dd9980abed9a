#include "sim/cli/cli.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>

#include "sim/cli/commands.hpp"
#include "sim/lesson/translate.hpp"
#include "sim/lesson/units.hpp"

namespace mailscope {
namespace {

constexpr const char* first_lesson = "send-and-retrieve";

/// What the arguments say, as text where it is checked by what it means.
struct Arguments {
  RunOptions run;
  WindowRequest window;
  std::vector<std::string> to_check;
  std::string lesson, format{"text"}, colour{"auto"}, language, until, at, size, view, screenshot;
  bool no_explanations{};
};

std::string duration_check(const std::string& text) {
  return parse_duration(text) ? std::string() : "'" + text + "' is no span of time such as 1.2s, 300ms or 2min";
}

/// WIDTHxHEIGHT in pixels, within what a picture may have.
std::optional<std::pair<int, int>> parse_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  const auto number = [](std::string_view digits, int min, int max) {
    const bool fits =
        !digits.empty() && digits.size() <= 5 && digits.find_first_not_of("0123456789") == std::string_view::npos;
    const int value = fits ? std::stoi(std::string(digits)) : 0;
    return value >= min && value <= max ? value : 0;
  };
  if (cross == std::string_view::npos) return std::nullopt;
  const std::pair size(number(text.substr(0, cross), 320, 7680), number(text.substr(cross + 1), 240, 4320));
  return size.first > 0 && size.second > 0 ? std::optional(size) : std::nullopt;
}

std::string size_check(const std::string& text) {
  return parse_size(text) ? std::string() : "'" + text + "' is no size such as 1600x900, from 320x240 to 7680x4320";
}

/// Locale variables by their precedence (POSIX.1-2017 §8.2).
Language language_of(const std::string& chosen, const Terminal& terminal) {
  for (const std::string& locale :
       {chosen, terminal.variable("LC_ALL"), terminal.variable("LC_MESSAGES"), terminal.variable("LANG")})
    if (!locale.empty()) return language_from(locale).value_or(Language::English);
  return Language::English;
}

bool wants_colour(const std::string& choice, const Terminal& terminal) {
  if (choice != "auto") return choice == "always";
  return terminal.out_is_terminal && terminal.variable("NO_COLOR").empty() && terminal.variable("TERM") != "dumb";
}

void add_language(CLI::App& app, Arguments& arguments) {
  app.add_option("--lang", arguments.language, "language of texts and explanations; else that of the environment")
      ->check(CLI::IsMember({"en", "ca", "es", "it"}));
}

void add_window_options(CLI::App& app, Arguments& arguments) {
  WindowRequest& window = arguments.window;
  app.add_option("LESSON", arguments.lesson,
                 "open the window with this lesson: a file, or a name that `lessons` lists");
  app.add_option("--screenshot", arguments.screenshot, "render the window as a PNG file, without a display")
      ->type_name("FILE");
  app.add_option("--at", arguments.at, "instant of the lesson, such as 1.2s")->check(duration_check)->type_name("TIME");
  app.add_option("--view", arguments.view, "what to show")->check(CLI::IsMember({"stage", "gallery"}));
  app.add_option("--tab", window.tab, "what the inspector shows")
      ->check(CLI::IsMember({"meaning", "state", "bytes", "mailboxes"}));
  app.add_option("--theme", window.theme, "colours")->check(CLI::IsMember({"dark", "light"}));
  app.add_option("--scale", window.scale_percent, "size of everything, in percent")->check(CLI::Range(75, 250));
  app.add_option("--size", arguments.size, "the window's size, such as 1600x900")->check(size_check)->type_name("WxH");
  add_language(app, arguments);
}

CLI::App* add_run(CLI::App& app, Arguments& arguments) {
  CLI::App* run = app.add_subcommand("run", "run a lesson and print its annotated transcript");
  run->add_option("LESSON", arguments.run.lesson, "a file, or a name that `lessons` lists")->required();
  run->add_option("--format", arguments.format, "text, or json: one record a line")
      ->check(CLI::IsMember({"text", "json"}));
  run->add_flag("--hash", arguments.run.hash_only, "print only the trace's SHA-256");
  run->add_option("--until", arguments.until, "stop after this time, such as 1.2s")
      ->check(duration_check)
      ->type_name("TIME");
  run->add_option("--seed", arguments.run.seed, "seed of everything random, instead of the lesson's");
  run->add_option("--colour,--color", arguments.colour, "auto: on a terminal")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  run->add_flag("--no-explain", arguments.no_explanations, "leave the explanations out");
  add_language(*run, arguments);
  return run;
}

/// Without a display there is still a lesson to see.
int play_in_terminal(const RunOptions& run, const Terminal& terminal) {
  const int status = run_lesson(run, terminal);
  terminal.error
      << "\nThis was the lesson as a transcript, since no window can be opened here: there is no display, or it\n"
         "cannot be reached. In a graphical session, or over ssh -X, the same command opens the window;\n"
         "mailscope --screenshot out.png --at 1.2s renders it without one.\n";
  return status;
}

/// The lesson that the window shall show, as its name was given; empty: the gallery.
std::string lesson_to_show(const Arguments& arguments) {
  if (arguments.view == "gallery") return {};
  const bool stage = arguments.view == "stage" || !arguments.screenshot.empty();
  return arguments.lesson.empty() && stage ? std::string(first_lesson) : arguments.lesson;
}

int show_window(Arguments& arguments, const WindowHooks& hooks, const Terminal& terminal) {
  WindowRequest& window = arguments.window;
  const bool picture = !arguments.screenshot.empty();
  if (!arguments.at.empty()) window.at = *parse_duration(arguments.at);
  if (!arguments.size.empty()) std::tie(window.width, window.height) = *parse_size(arguments.size);
  // A window remembers its language; a picture has only the environment's.
  if (picture || !arguments.language.empty()) window.language = language_of(arguments.language, terminal);
  if (const std::string name = lesson_to_show(arguments); !name.empty()) {
    const std::optional<LessonFile> lesson = load_lesson(name, terminal);
    if (!lesson) return exit_usage;
    window.lesson = lesson->file;
  }
  if (picture) return hooks.screenshot(window, arguments.screenshot);
  if (!terminal.variable("DISPLAY").empty() || !terminal.variable("WAYLAND_DISPLAY").empty())
    if (const std::optional<int> status = hooks.open_window(window)) return *status;
  arguments.run.lesson = arguments.lesson.empty() ? first_lesson : arguments.lesson;
  return play_in_terminal(arguments.run, terminal);
}

}  // namespace

int run_cli(const std::vector<std::string>& given, const WindowHooks& hooks, const Terminal& terminal) {
  Arguments arguments;
  CLI::App app("Watch e-mail travel: real SMTP, POP3, IMAP and DNS on a simulated network.", "mailscope");
  app.set_version_flag("--version", "mailscope " MAILSCOPE_VERSION);
  app.require_subcommand(0, 1);
  add_window_options(app, arguments);
  const CLI::App* run = add_run(app, arguments);
  CLI::App* check = app.add_subcommand("check", "name every fault of lessons, with line and column");
  check->add_option("LESSON", arguments.to_check, "files, or names that `lessons` lists")->required();
  CLI::App* lessons = app.add_subcommand("lessons", "list the lessons of the gallery");
  add_language(*lessons, arguments);

  try {
    app.parse(std::vector<std::string>(given.rbegin(), given.rend()));  // CLI11 takes them from the back
  } catch (const CLI::ParseError& error) {
    return app.exit(error, terminal.out, terminal.error) == 0 ? 0 : exit_usage;
  }
  arguments.run.json = arguments.format == "json";
  arguments.run.explain = !arguments.no_explanations;
  arguments.run.colour = wants_colour(arguments.colour, terminal);
  arguments.run.language = language_of(arguments.language, terminal);
  set_language(arguments.run.language);
  if (!arguments.until.empty()) arguments.run.until = parse_duration(arguments.until);

  int status{};
  if (run->parsed())
    status = run_lesson(arguments.run, terminal);
  else if (check->parsed())
    status = check_lessons(arguments.to_check, terminal);
  else if (lessons->parsed())
    status = list_lessons(arguments.run.language, terminal);
  else
    status = show_window(arguments, hooks, terminal);
  terminal.out.flush();
  return terminal.out.good() || status != 0 ? status : exit_failed;  // a full disk, a closed pipe
}

int run_cli(int argc, char** argv, const WindowHooks& hooks) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
  return run_cli(std::vector<std::string>(argv + 1, argv + argc), hooks,
                 {std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1, variable});
}

}  // namespace mailscope
