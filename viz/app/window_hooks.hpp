// What the command line calls to get a window or a picture of one.
#pragma once

#include "sim/cli/cli.hpp"

namespace mailscope {

[[nodiscard]] WindowHooks window_hooks();

}  // namespace mailscope
