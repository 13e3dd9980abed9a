#include "sim/cli/serve.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "sim/cli/stop_signals.hpp"
#include "sim/live/live_world.hpp"
#include "sim/live/real_clock.hpp"
#include "sim/trace/printable.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

const char* name_of(Service service) {
  switch (service) {
    case Service::Relay:
      return "SMTP (MX)";
    case Service::Submission:
      return "SMTP";
    case Service::Pop3:
      return "POP3";
    case Service::Imap:
      return "IMAP";
    case Service::Dns:
      return "DNS";
  }
  return "";
}

const char* security_of(const PortSetting& port, const MailServerSetting& server) {
  if (port.tls) return "TLS";
  return server.starttls ? "STARTTLS" : "–";
}

/// For each mail server what a person types into a mail program.
void print_settings(const Scenario& scenario, const std::vector<live::Door>& doors, std::ostream& out) {
  for (const HostSetting& host : scenario.hosts) {
    const auto* server = std::get_if<MailServerSetting>(&host.what);
    if (!server) continue;
    out << '\n' << printable(host.name) << '\n';
    for (const live::Door& door : doors)
      if (door.host == host.name)
        out << fmt::format(
            "  {:<10} {:<9} {}\n", name_of(door.port.service), security_of(door.port, *server),
            tr("127.0.0.1, port {0} (for {1})", {std::to_string(door.real), std::to_string(door.port.port.number)}));
    for (const ServerUser& user : server->users)
      for (const std::string& domain : server->domains)
        out << "  "
            << printable(
                   tr("address {0}, user {1}, password {2}", {user.name + '@' + domain, user.name, user.password}))
            << '\n';
  }
  out << '\n' << std::flush;
}

}  // namespace

int serve_lesson(const ServeOptions& options, const Terminal& terminal) {
  const std::optional<LessonFile> lesson = load_lesson(options.lesson, terminal);
  if (!lesson) return exit_usage;
  const live::RealClock clock;
  live::Setting setting = options.setting;
  if (options.quiet && !has_real_servers(*lesson->reading.scenario))
    setting.limits.recorded_octets = 0;  // nobody will look at it
  live::LiveWorld world(*lesson->reading.scenario, setting, clock());
  for (const live::Mapping& mapping : setting.mappings)
    if (std::ranges::none_of(world.doors(), [&](const live::Door& door) {
          return door.port.port.number == mapping.simulated && (mapping.host.empty() || mapping.host == door.host);
        })) {
      terminal.error << tr("--map: the lesson has no mail server's port {0}",
                           {(mapping.host.empty() ? "" : mapping.host + ":") + std::to_string(mapping.simulated)})
                     << '\n';
      return exit_usage;
    }
  if (options.allow_lan) world.allow_lan();
  const Scenario& scenario = world.scenario();
  const std::vector<std::string> failures = world.open();
  for (const std::string& failure : failures) terminal.error << failure << '\n';
  if (!failures.empty()) return exit_failed;

  if (!world.authority().empty())
    terminal.out << tr("Certificates are signed by {0}: let your mail program trust it.", {world.authority().string()})
                 << '\n';
  if (options.allow_lan) {
    terminal.out << tr("Every machine that reaches this one can connect to these servers, read and send their mail.")
                 << '\n';
  } else {
    terminal.out << tr("Programs on this machine can connect to these servers.") << '\n';
  }
  terminal.out << tr("Nothing is sent out: mail for other domains comes back. Ctrl-C ends.") << '\n';
  print_settings(scenario, world.doors(), terminal.out);

  RunOptions transcript;
  transcript.colour = options.colour;
  transcript.explain = true;
  transcript.language = options.language;
  Transcript log(world.trace(), transcript_options(transcript, scenario));
  const StopSignals signals;
  while (!signals.asked() && world.failure().empty()) {
    world.turn(clock, std::chrono::seconds(1));
    if (!options.quiet) terminal.out << log.more() << std::flush;
  }
  if (!world.failure().empty()) {
    terminal.error << tr("Nothing more can be kept, so nothing more is accepted: {0}", {world.failure()}) << '\n';
    return exit_failed;
  }
  world.close(clock);
  if (!options.quiet) terminal.out << log.more();
  terminal.out << '\n' << tr("Ended.") << '\n';
  return 0;
}

}  // namespace mailscope
