// Lessons whose devices talk to real servers: `run` plays them in real time.
#pragma once

#include "sim/cli/commands.hpp"

namespace mailscope {

/// As run_lesson(), the transcript while it grows, until the world is at rest or SIGINT or SIGTERM comes.
int run_with_real_servers(const RunOptions& options, const Scenario& scenario, const Terminal& terminal);

}  // namespace mailscope
