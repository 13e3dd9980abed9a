// What is wrong with a file that could not be opened, over whatever is shown.
#pragma once

#include <string>
#include <vector>

namespace mailscope {

/// Each fault is text of several lines; see LessonReading. Returns whether the reader has closed it.
[[nodiscard]] bool draw_faults(const std::vector<std::string>& faults);

}  // namespace mailscope
