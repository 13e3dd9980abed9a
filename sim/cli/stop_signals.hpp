// What ends a command that else would go on for ever.
#pragma once

#include <csignal>
#include <cstddef>
#include <iterator>

namespace mailscope {

/// SIGINT and SIGTERM ask to end, for as long as this lives. One at a time.
class StopSignals {
 public:
  StopSignals() {
    asked_ = 0;
    for (std::size_t i = 0; i < std::size(numbers); ++i) before_[i] = std::signal(numbers[i], [](int) { asked_ = 1; });
  }
  ~StopSignals() {
    for (std::size_t i = 0; i < std::size(numbers); ++i) std::signal(numbers[i], before_[i]);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  [[nodiscard]] bool asked() const { return asked_ != 0; }

 private:
  static constexpr int numbers[] = {SIGINT, SIGTERM};
  static inline volatile std::sig_atomic_t asked_ = 0;
  void (*before_[std::size(numbers)])(int);
};

}  // namespace mailscope
