// Real time as a world's.
#pragma once

#include "protocols/core/time.hpp"

namespace mailscope::live {

/// Where the machine's clock stands when this is made, and then on at an even pace whatever is done to that clock.
class RealClock {
 public:
  Instant operator()() const {
    return start_ + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - began_);
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Instant start_{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
};

}  // namespace mailscope::live
