// Holds a lesson's expectations against what its run wrote down. It looks at records alone, never into the world.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/words/translate.hpp"
#include "sim/world/moment.hpp"
#include "sim/world/world.hpp"

namespace mailscope {
namespace {

const std::string step_not_reached = "step not reached";
const std::string nothing_said = "nothing said";

/// Walks the trace once; each step is judged at the record that begins the next one, or at the end.
class Grader {
 public:
  Grader(const Scenario& scenario, const Trace& trace)
      // The state before anything happened: no record is as old.
      : scenario_(scenario), trace_(trace), state_(trace.state_at(trace.start - Duration(1))) {}

  std::vector<Verdict> grade() {
    for (const Record& record : trace_.records()) {
      if (const auto* reached = std::get_if<LessonStepReached>(&record.what)) {
        judge();
        begin(reached->step);
      }
      ends_.note(record.what);
      hear(record.what);
      state_.apply(record);
    }
    judge();
    for (std::uint32_t step{}; step < scenario_.steps.size(); ++step)
      if (!reached_.contains(step))
        for (const Expectation& expectation : scenario_.steps[step].expectations)
          verdicts_.push_back({step, &expectation, false, step_not_reached});
    std::ranges::stable_sort(verdicts_, {}, &Verdict::step);
    return std::move(verdicts_);
  }

 private:
  void begin(std::uint32_t step) {
    step_ = step < scenario_.steps.size() && reached_.insert(step).second ? std::optional(step) : std::nullopt;
    said_.clear();
    met_.assign(step_ ? scenario_.steps[*step_].expectations.size() : 0, false);
  }

  void hear(const Happening& happening) {
    const std::optional<HostId> host = ends_.speaker(happening);
    if (!step_ || !host) return;
    const std::string& text = std::get<LineSpoken>(happening).step.text;
    said_[host->value] = text.substr(0, text.find('\n'));
    const std::vector<Expectation>& expectations = scenario_.steps[*step_].expectations;
    for (std::size_t i{}; i < expectations.size(); ++i)
      if (const auto* said = std::get_if<Expectation::LineSaid>(&expectations[i].what))
        met_[i] = met_[i] || says(happening, said->host, said->line, trace_.hosts, ends_);
  }

  void judge() {
    if (!step_) return;
    const std::vector<Expectation>& expectations = scenario_.steps[*step_].expectations;
    for (std::size_t i{}; i < expectations.size(); ++i) {
      Verdict verdict{*step_, &expectations[i], met_[i], {}};
      std::visit([&](const auto& what) { judge(what, verdict); }, expectations[i].what);
      verdicts_.push_back(std::move(verdict));
    }
    step_.reset();
  }
  void judge(const Expectation::LineSaid& expected, Verdict& verdict) const {
    const auto last = said_.find(index_of(expected.host));
    verdict.found = last == said_.end() ? nothing_said : last->second;
  }
  void judge(const Expectation::QueueHolds& expected, Verdict& verdict) const {
    const std::size_t host = index_of(expected.host);
    count(host < state_.hosts.size() ? state_.hosts[host].queued : 0, expected.messages, verdict);
  }
  void judge(const Expectation::MailboxHolds& expected, Verdict& verdict) const {
    std::ptrdiff_t messages{};
    if (const std::size_t host = index_of(expected.host); host < state_.hosts.size())
      if (const auto box = state_.hosts[host].mailboxes.find(expected.mailbox);
          box != state_.hosts[host].mailboxes.end())
        messages = std::ranges::count_if(box->second, [&](const MessageSummary& message) {
          return !expected.seen_only || std::ranges::find(message.flags, "\\Seen") != message.flags.end();
        });
    count(static_cast<std::size_t>(messages), expected.messages, verdict);
  }
  static void count(std::size_t found, std::size_t expected, Verdict& verdict) {
    verdict.holds = found == expected;
    verdict.found = fmt::format("{}", found);
  }
  /// As large as the number of hosts where no host has the name.
  [[nodiscard]] std::size_t index_of(const std::string& host) const {
    return static_cast<std::size_t>(std::ranges::find(trace_.hosts, host, &HostInfo::name) - trace_.hosts.begin());
  }

  const Scenario& scenario_;
  const Trace& trace_;
  WorldState state_;
  ConnectionEnds ends_;
  std::optional<std::uint32_t> step_;
  std::set<std::uint32_t> reached_;
  std::map<std::size_t, std::string> said_;  ///< by host: the first line of what it said last, during the step
  std::vector<bool> met_;                    ///< by expectation of the step
  std::vector<Verdict> verdicts_;
};

}  // namespace

std::vector<Verdict> grade(const Scenario& scenario, const Trace& trace) { return Grader(scenario, trace).grade(); }

std::string found_text(const Verdict& verdict) {
  if (verdict.found == step_not_reached) return tr("step not reached");
  if (verdict.found == nothing_said) return tr("nothing said");
  return verdict.found;
}

}  // namespace mailscope
