#include "viz/app/opening.hpp"

#include "sim/scenario/read/lesson_files.hpp"
#include "viz/app/settings_file.hpp"

namespace mailscope {
namespace {

/// Of a live record: the service and the window hold it both.
constexpr std::size_t recorded_octets_max = std::size_t{128} << 20U;

GalleryEntry gallery_entry(LessonFile file) {
  GalleryEntry entry{std::move(file.file), std::move(file.reading.scenario), {}};
  for (const Fault& fault : file.reading.faults)
    entry.faults.push_back(describe(fault, entry.file.string(), file.yaml));
  return entry;
}

}  // namespace

AppServices real_services() {
  AppServices services;
  services.open = open_lesson;
  services.list_lessons = [] {
    std::vector<GalleryEntry> entries;
    for (LessonFile& file : read_lessons(lesson_folder())) entries.push_back(gallery_entry(std::move(file)));
    return entries;
  };
  services.save = save_settings;
  services.serve = [](const Scenario& scenario, std::function<void()> news) {
    live::Setting setting;
    setting.with_tls = true;  // many mail programs speak nothing else
    setting.limits.recorded_octets = recorded_octets_max;
    return std::make_unique<live::Service>(scenario, setting, std::move(news));
  };
  return services;
}

void begin(App& app, const Opening& opening) {
  if (!opening.lesson) return;
  app.apply(OpenLesson{*opening.lesson});
  if (app.lesson() == nullptr) return;
  app.apply(SelectTab{opening.tab});
  app.apply(Seek{app.lesson()->trace.start + opening.at});
}

}  // namespace mailscope
