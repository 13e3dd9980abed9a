#include "sim/world/save_trace.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <system_error>

#include "sim/trace/export_json.hpp"
#include "sim/trace/import_json.hpp"
#include "sim/words/translate.hpp"

namespace mailscope {
namespace {

std::optional<std::string> save(const std::filesystem::path& file, const std::function<void(std::ostream&)>& write) {
  std::filesystem::path beside = file;
  beside += ".part";
  std::error_code problem;
  {
    std::ofstream out(beside, std::ios::binary);
    write(out);
    out.close();
    if (!out) problem = {errno, std::generic_category()};
  }
  if (!problem) std::filesystem::rename(beside, file, problem);
  if (!problem) return std::nullopt;
  std::error_code ignored;
  std::filesystem::remove(beside, ignored);
  return tr("{0} cannot be written: {1}", {file.string(), problem.message()});
}

}  // namespace

bool is_record(const std::filesystem::path& file) { return file.extension() == ".jsonl"; }

OpenedTrace open_trace(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  TraceReading reading = read_trace(in);
  if (reading.trace) return {std::move(reading.trace), {}};
  const std::string place = file.string() + ':' + std::to_string(reading.fault.line) + ": ";
  return {std::nullopt, place + tr("this is no record that can be shown: {0}", {reading.fault.text})};
}

std::optional<std::string> save_trace(const Trace& trace, const std::filesystem::path& file) {
  if (file.extension() == ".pcapng") return save_capture(trace, file, CaptureSecrets::Put);
  return save(
      file, [&trace](std::ostream& out) { for_each_json_line(trace, [&out](std::string_view line) { out << line; }); });
}

std::optional<std::string> save_capture(const Trace& trace, const std::filesystem::path& file, CaptureSecrets secrets) {
  return save(file, [&](std::ostream& out) {
    for_each_pcapng_block(trace, secrets, [&out](std::string_view block) { out << block; });
  });
}

std::optional<std::string> save_key_log(const Trace& trace, const std::filesystem::path& file) {
  return save(file, [&trace](std::ostream& out) { out << key_log(trace); });
}

}  // namespace mailscope
