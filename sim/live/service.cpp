#include "sim/live/service.hpp"

#include <utility>

#include "sim/live/live_world.hpp"

namespace mailscope::live {

namespace {

constexpr Duration patience = std::chrono::milliseconds(100);  // so long at most the end is not noticed

Trace without_records(const Trace& trace) {
  Trace result;
  result.title = trace.title;
  result.seed = trace.seed;
  result.start = trace.start;
  result.hosts = trace.hosts;
  result.links = trace.links;
  return result;
}

}  // namespace

Service::Service(Scenario scenario, const Setting& setting, std::function<void()> news)
    : world_(std::make_unique<LiveWorld>(std::move(scenario), setting, clock_())),
      beginning_(without_records(world_->trace())),
      failures_(world_->open()),
      news_(std::move(news)) {
  if (!failures_.empty()) return;
  publish();
  thread_ = std::thread([this] { serve(); });
}

Service::~Service() {
  ending_ = true;
  if (thread_.joinable()) thread_.join();
}

const std::vector<Door>& Service::doors() const { return world_->doors(); }
const Scenario& Service::scenario() const { return world_->scenario(); }
const std::filesystem::path& Service::authority() const { return world_->authority(); }
std::optional<HostId> Service::outside() const { return world_->outside(); }

void Service::serve() {
  while (!ending_ && world_->failure().empty()) {
    world_->turn(clock_, patience);
    publish();
  }
  world_->close(clock_);
  publish();
  Library::thread_ends();
}

void Service::publish() {
  const Trace& trace = world_->trace();
  if (trace.records().size() == published_records_) return;
  {
    const std::lock_guard lock(mutex_);
    machines_.insert(machines_.end(), trace.machines().begin() + static_cast<std::ptrdiff_t>(published_machines_),
                     trace.machines().end());
    const auto fresh = trace.records().subspan(published_records_);
    records_.insert(records_.end(), fresh.begin(), fresh.end());
  }
  published_machines_ = trace.machines().size();
  published_records_ = trace.records().size();
  if (news_) news_();
}

bool Service::take(Trace& trace) {
  std::vector<MachineInfo> machines;
  std::vector<Record> records;
  {
    const std::lock_guard lock(mutex_);
    machines.swap(machines_);
    records.swap(records_);
  }
  for (MachineInfo& machine : machines) trace.add_machine(std::move(machine));
  for (Record& record : records) trace.append(record.at, std::move(record.what));
  return !records.empty();
}

}  // namespace mailscope::live
