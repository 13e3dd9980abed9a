#include "sim/cli/real_run.hpp"

#include <ostream>

#include "sim/cli/stop_signals.hpp"
#include "sim/live/live_world.hpp"
#include "sim/live/real_clock.hpp"

namespace mailscope {

int run_with_real_servers(const RunOptions& options, const Scenario& scenario, const Terminal& terminal) {
  const live::RealClock clock;
  live::Setting setting;
  setting.seed = options.seed;
  live::LiveWorld world(scenario, setting, clock());
  for (const std::string& failure : world.failures()) terminal.error << failure << '\n';
  if (!world.failures().empty()) return exit_failed;

  Transcript log(world.trace(), transcript_options(options, world.scenario()));
  const Instant start = world.trace().start;
  const StopSignals signals;
  while (!signals.asked() && !world.at_rest() && !(options.until && clock() >= start + *options.until)) {
    world.turn(clock, options.until ? std::min<Duration>(std::chrono::seconds(1), start + *options.until - clock())
                                    : std::chrono::seconds(1));
    if (options.for_people()) terminal.out << log.more() << std::flush;
  }
  return conclude({options, world.scenario(), world.trace(), world.at_rest()}, terminal);
}

}  // namespace mailscope
