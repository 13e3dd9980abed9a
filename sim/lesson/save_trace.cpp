#include "sim/lesson/save_trace.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "sim/lesson/translate.hpp"
#include "sim/trace/export_json.hpp"

namespace mailscope {

std::optional<std::string> save_trace(const Trace& trace, const std::filesystem::path& file) {
  std::filesystem::path beside = file;
  beside += ".part";
  std::error_code problem;
  {
    std::ofstream out(beside, std::ios::binary);
    for_each_json_line(trace, [&out](std::string_view line) { out << line; });
    out.close();
    if (!out) problem = {errno, std::generic_category()};
  }
  if (!problem) std::filesystem::rename(beside, file, problem);
  if (!problem) return std::nullopt;
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  return tr("{0} cannot be written: {1}", {file.string(), problem.message()});
}

}  // namespace mailscope
