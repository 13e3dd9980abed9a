// The window on a display.
#pragma once

#include "viz/app/opening.hpp"

namespace mailscope {

/// What show_window() returns where there is no display to open a window on.
inline constexpr int exit_no_display = 3;

/// Shows the window until it is closed. Returns the program's exit status; what went wrong is printed.
int show_window(const Opening& opening, AppServices services);

}  // namespace mailscope
