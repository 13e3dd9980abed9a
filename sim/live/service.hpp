// A LiveWorld on a thread of its own, for a window: what is recorded there is handed over whenever the window asks.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sim/live/real_clock.hpp"
#include "sim/live/setting.hpp"
#include "sim/trace/trace.hpp"

namespace mailscope::live {

class LiveWorld;

class Service {
 public:
  /// Opens every door of `scenario`'s mail servers and serves until this goes. `news` is called on the service's thread
  /// when there is something to take(); it must not wait.
  Service(Scenario scenario, const Setting& setting, std::function<void()> news);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  /// Why it does not serve: as LiveWorld::open(). Empty when it does.
  [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
  [[nodiscard]] const std::vector<Door>& doors() const;
  /// As LiveWorld's.
  [[nodiscard]] const Scenario& scenario() const;
  [[nodiscard]] const std::filesystem::path& authority() const;
  /// The world's trace as it was before its first record: a trace to append what is taken to.
  [[nodiscard]] const Trace& beginning() const { return beginning_; }
  /// The host that stands for the real clients.
  [[nodiscard]] std::optional<HostId> outside() const;
  /// Appends to `trace` what was recorded since the last call. Returns whether that was anything.
  bool take(Trace& trace);
  /// The world's time.
  [[nodiscard]] Instant now() const { return clock_(); }

 private:
  void serve();
  void publish();

  RealClock clock_;
  std::unique_ptr<LiveWorld> world_;  ///< the thread's, once it runs
  Trace beginning_;
  std::vector<std::string> failures_;
  std::function<void()> news_;
  std::mutex mutex_;
  std::vector<MachineInfo> machines_;  ///< guarded by mutex_: published and not taken
  std::vector<Record> records_;        ///< the same
  std::size_t published_machines_{}, published_records_{};
  std::atomic<bool> ending_{};
  std::thread thread_;
};

}  // namespace mailscope::live
