#include "sim/cli/cli.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "protocols/core/ascii.hpp"
#include "protocols/core/utf8.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/serve.hpp"
#include "sim/scenario/read/units.hpp"
#include "sim/trace/printable.hpp"
#include "sim/words/translate.hpp"
#include "sim/world/save_trace.hpp"

namespace mailscope {
namespace {

constexpr const char* first_lesson = "send-and-retrieve";

/// What the arguments say, as text where it is checked by what it means.
struct Arguments {
  RunOptions run;
  WindowRequest window;
  ServeOptions serve;
  std::vector<std::string> to_check, mappings;
  std::string lesson, format{"text"}, colour{"auto"}, language, until, at, size, view, screenshot, theme;
  bool no_explanations{};
  std::uint64_t memory_mib{live::Limits{}.session_octets >> 20};
};

std::string duration_check(const std::string& text) {
  return parse_duration(text) ? std::string() : tr("\"{0}\" is no span of time such as 1.2s, 300ms or 2min", {text});
}

/// 0 for what is no number, or lies outside. Precondition: `min` > 0.
int number_within(std::string_view digits, int min, int max) {
  const bool fits =
      !digits.empty() && digits.size() <= 5 && digits.find_first_not_of("0123456789") == std::string_view::npos;
  const int value = fits ? std::stoi(std::string(digits)) : 0;
  return value >= min && value <= max ? value : 0;
}

/// WIDTHxHEIGHT in pixels, within what a picture may have.
std::optional<std::pair<int, int>> parse_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const std::pair size(number_within(text.substr(0, cross), 320, 7680),
                       number_within(text.substr(cross + 1), 240, 4320));
  return size.first > 0 && size.second > 0 ? std::optional(size) : std::nullopt;
}

std::string scale_check(const std::string& text) {
  return number_within(text, 75, 250) > 0 ? std::string() : tr("\"{0}\" is no percentage from 75 to 250", {text});
}

std::string size_check(const std::string& text) {
  return parse_size(text) ? std::string()
                          : tr("\"{0}\" is no size such as 1600x900, from 320x240 to 7680x4320", {text});
}

/// The language that --lang asks for, else that of the environment. Read before all else, which is told in it.
Language language_of(const std::vector<std::string>& given, const Terminal& terminal) {
  constexpr std::string_view option = "--lang";
  std::optional<Language> chosen;
  for (std::size_t i{}; i < given.size(); ++i) {
    if (given[i] == option && i + 1 < given.size()) chosen = language_from(given[i + 1]);
    if (given[i].starts_with(std::string(option) + "=")) chosen = language_from(given[i].substr(option.size() + 1));
  }
  return chosen ? *chosen : language_of_environment(terminal.variable);
}

/// An option with one of a few words.
CLI::Option* add_choice(CLI::App& app, const std::string& name, std::string& value,
                        const std::vector<std::string>& words, const std::string& description) {
  std::string shown;
  for (const std::string& word : words) shown += (shown.empty() ? "" : "|") + word;
  const auto check = [words, shown](const std::string& text) {
    return std::ranges::find(words, text) != words.end() ? std::string() : tr("\"{0}\" is none of {1}", {text, shown});
  };
  return app.add_option(name, value, description)->check(check)->option_text(shown);
}

/// CLI11's help in the reader's language.
class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() {
    label("Usage", tr("Usage"));
    label("OPTIONS", tr("OPTIONS"));
    label("SUBCOMMAND", tr("COMMAND"));
    label("Positionals", tr("Arguments"));
  }
  /// Columns are counted in characters, where CLI11 counts octets.
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const std::string name =
        "  " + make_option_name(option, is_positional) + (is_positional ? std::string() : make_option_opts(option));
    const std::size_t width = utf8_characters(name), column = get_column_width();
    const std::string gap = width < column ? std::string(column - width, ' ') : '\n' + std::string(column, ' ');
    return name + gap + make_option_desc(option) + '\n';
  }
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    return is_positional ? tr("LESSON") : Formatter::make_option_name(option, false);
  }
};

/// What is wrong with the arguments. Of CLI11's own sentences only the names in them are kept.
std::string failure(const CLI::App*, const CLI::Error& error) {
  const std::string what = error.what(), before = what.substr(0, what.find(": "));
  const std::string after = what.substr(std::min(what.size(), before.size() + 2));
  const auto words = [&]() -> std::string {
    switch (static_cast<CLI::ExitCodes>(error.get_exit_code())) {
      case CLI::ExitCodes::ExtrasError:
        return tr("not expected: {0}", {after});
      case CLI::ExitCodes::RequiredError:  // nothing else is
        return tr("the lesson is missing: a file, or a name");
      case CLI::ExitCodes::ArgumentMismatch:
        return tr("a value is missing: {0}", {before});
      case CLI::ExitCodes::ConversionError:
        return tr("not understood: {0}", {after});
      default:  // of a check: the option's name and our own words
        return what;
    }
  };
  return words() + '\n' + tr("Run with --help for more information.") + '\n';
}

bool wants_colour(const std::string& choice, const Terminal& terminal) {
  if (choice != "auto") return choice == "always";
  return terminal.out_is_terminal && terminal.variable("NO_COLOR").empty() && terminal.variable("TERM") != "dumb";
}

void add_language(CLI::App& app, Arguments& arguments) {
  add_choice(app, "--lang", arguments.language, {"en", "ca", "es", "it"},
             tr("language of texts and explanations; else that of the environment"));
}

void add_window_options(CLI::App& app, Arguments& arguments) {
  WindowRequest& window = arguments.window;
  app.add_option("LESSON", arguments.lesson,
                 tr("open the window with this lesson: a file, or a name that `lessons` lists"));
  app.add_option("--screenshot", arguments.screenshot, tr("render the window as a PNG file, without a display"))
      ->option_text(tr("FILE"));
  app.add_option("--at", arguments.at, tr("instant of the lesson, such as 1.2s"))
      ->check(duration_check)
      ->option_text(tr("TIME"));
  add_choice(app, "--view", arguments.view, {"stage", "gallery"}, tr("what to show"));
  add_choice(app, "--tab", window.tab, {"meaning", "state", "bytes", "mailboxes"}, tr("what the inspector shows"));
  add_choice(app, "--theme", arguments.theme, {"dark", "light"}, tr("colours"));
  app.add_option("--scale", window.scale_percent, tr("size of everything, in percent"))
      ->check(scale_check)
      ->option_text("75…250");
  app.add_flag("--reduced-motion", window.reduced_motion, tr("packets appear at their place instead of travelling"));
  app.add_option("--size", arguments.size, tr("the window's size, such as 1600x900"))
      ->check(size_check)
      ->option_text("WxH");
  add_language(app, arguments);
}

/// CLI11 would take -1 for the largest number.
std::string seed_check(const std::string& text) {
  return ascii::number<std::uint64_t>(text)
             ? std::string()
             : tr("'{0}' is no whole number from 0 to {1}", {text, "18446744073709551615"});
}

CLI::App* add_run(CLI::App& app, Arguments& arguments) {
  CLI::App* run = app.add_subcommand("run", tr("run a lesson and print its annotated transcript"));
  run->add_option("LESSON", arguments.run.lesson,
                  tr("a file, or a name that `lessons` lists; or a record that the window has saved (.jsonl)"))
      ->required();
  add_choice(*run, "--format", arguments.format, {"text", "json"}, tr("text, or json: one record a line"));
  run->add_flag("--hash", arguments.run.hash_only, tr("print only the trace's SHA-256"));
  run->add_option("--until", arguments.until, tr("stop after this time, such as 1.2s"))
      ->check(duration_check)
      ->option_text(tr("TIME"));
  run->add_option("--seed", arguments.run.seed, tr("seed of everything random, instead of the lesson's"))
      ->check(seed_check)
      ->option_text(tr("NUMBER"));
  add_choice(*run, "--colour,--color", arguments.colour, {"auto", "always", "never"}, tr("auto: on a terminal"));
  run->add_option("--pcapng", arguments.run.pcapng, tr("write the packets as a capture that Wireshark opens"))
      ->option_text(tr("FILE"));
  run->add_option("--keylog", arguments.run.key_log, tr("write the secrets of TLS here, and not into the capture"))
      ->option_text(tr("FILE"));
  run->add_flag("--no-explain", arguments.no_explanations, tr("leave the explanations out"));
  add_language(*run, arguments);
  return run;
}

std::string mapping_check(const std::string& text) {
  return live::parse_mapping(text)
             ? std::string()
             : tr("'{0}' is no pair of ports such as 25=2525 or mx.llevant.example:25=2525", {text});
}

CLI::App* add_serve(CLI::App& app, Arguments& arguments) {
  CLI::App* serve = app.add_subcommand("serve", tr("open the lesson's mail servers to real mail programs"));
  serve->add_option("LESSON", arguments.serve.lesson, tr("a file, or a name that `lessons` lists"))->required();
  serve->add_option("--map", arguments.mappings, tr("which port of this machine leads to which of the lesson's"))
      ->check(mapping_check)
      ->delimiter(',')
      ->option_text("[SERVER:]PORT=REAL,…");
  serve->add_flag("--tls", arguments.serve.setting.with_tls,
                  tr("offer TLS at every server, also where the lesson has none"));
  serve
      ->add_option("--ca-dir", arguments.serve.setting.authority, tr("where the authority of the certificates is kept"))
      ->option_text(tr("FOLDER"));
  serve
      ->add_option("--memory", arguments.memory_mib,
                   tr("MiB that letters and answers under way may take; besides, 256 MiB for connections"))
      ->check(CLI::Range(16, 65'536));
  serve->add_option("--store", arguments.serve.setting.store, tr("keep mail in this folder, safe from a kill"))
      ->option_text(tr("FOLDER"));
  serve->add_flag("--allow-lan", arguments.serve.allow_lan, tr("serve programs on other machines too"));
  serve->add_flag("--quiet", arguments.serve.quiet, tr("print no transcript, and keep no record"));
  add_language(*serve, arguments);
  return serve;
}

/// Without a display there is still a lesson to see.
int play_in_terminal(const RunOptions& run, const Terminal& terminal) {
  const int status = run_lesson(run, terminal);
  terminal.error
      << '\n'
      << tr("This was the lesson as a transcript, since no window can be opened here: there is no display, or it\n"
            "cannot be reached. In a graphical session, or over ssh -X, the same command opens the window;\n"
            "mailscope --screenshot out.png --at 1.2s renders it without one.")
      << '\n';
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
  if (picture || !arguments.language.empty()) window.language = arguments.run.language;
  if (!arguments.theme.empty()) window.theme = arguments.theme;
  if (const std::string name = lesson_to_show(arguments); !name.empty()) {
    if (const std::filesystem::path file = find_lesson(name, lesson_folder()); is_record(file)) {
      if (const OpenedTrace record = open_trace(file); !record.trace) {
        terminal.error << printable(record.problem) << '\n';
        return exit_usage;
      }
      window.lesson = file;
    } else {
      const std::optional<LessonFile> lesson = load_lesson(name, terminal);
      if (!lesson) return exit_usage;
      window.lesson = lesson->file;
    }
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
  arguments.run.language = language_of(given, terminal);
  set_language(arguments.run.language);
  CLI::App app(tr("Watch e-mail travel: real SMTP, POP3, IMAP and DNS on a simulated network."), "mailscope");
  app.formatter(std::make_shared<HelpFormatter>());
  app.failure_message(failure);
  app.option_defaults()->group(tr("Options"));
  app.set_help_flag("-h,--help", tr("print this help"));
  app.set_version_flag("--version", "mailscope " MAILSCOPE_VERSION, tr("print the version"));
  app.require_subcommand(0, 1);
  add_window_options(app, arguments);
  const CLI::App* run = add_run(app, arguments);
  const CLI::App* serve = add_serve(app, arguments);
  CLI::App* check = app.add_subcommand("check", tr("name every fault of lessons, with line and column"));
  check->add_option("LESSON", arguments.to_check, tr("files, or names that `lessons` lists"))->required();
  add_language(*check, arguments);
  CLI::App* lessons = app.add_subcommand("lessons", tr("list the lessons of the gallery"));
  add_language(*lessons, arguments);

  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    command->group(tr("Commands"));
    command->get_help_ptr()->group(tr("Options"));
  }
  try {
    app.parse(std::vector<std::string>(given.rbegin(), given.rend()));  // CLI11 takes them from the back
  } catch (const CLI::ParseError& error) {
    return app.exit(error, terminal.out, terminal.error) == 0 ? 0 : exit_usage;
  }
  arguments.run.json = arguments.format == "json";
  arguments.run.explain = !arguments.no_explanations;
  arguments.run.colour = wants_colour(arguments.colour, terminal);
  if (!arguments.until.empty()) arguments.run.until = parse_duration(arguments.until);
  arguments.serve.language = arguments.run.language;
  arguments.serve.colour = arguments.run.colour;
  arguments.serve.setting.limits.session_octets = arguments.memory_mib << 20;
  for (const std::string& mapping : arguments.mappings)
    arguments.serve.setting.mappings.push_back(*live::parse_mapping(mapping));

  int status{};
  if (run->parsed())
    status = run_lesson(arguments.run, terminal);
  else if (serve->parsed())
    status = serve_lesson(arguments.serve, terminal);
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
