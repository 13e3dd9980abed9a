#include "sim/scenario/read/lesson_files.hpp"

#include <catch2/catch_all.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/sim/scenario/lesson_fixture.hpp"
#include "tests/source_dir.hpp"

using namespace mailscope;
using namespace mailscope::test;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone when the test is over.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("mailscope-lessons-" + std::to_string(Catch::getSeed()));
  Folder() { fs::create_directories(path); }
  ~Folder() { fs::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
};

}  // namespace

TEST_CASE("a folder's lessons come in order of their names, faulty ones with their faults") {
  const Folder folder;
  folder.write("b.yaml", "not a lesson");
  folder.write("a.yaml", small_lesson());
  folder.write("notes.txt", "x");
  fs::create_directory(folder.path / "c.yaml");
  const std::vector<LessonFile> lessons = read_lessons(folder.path);
  REQUIRE(lessons.size() == 3);
  CHECK(lessons[0].file.filename() == "a.yaml");
  CHECK(lessons[0].reading.scenario);
  CHECK(lessons[0].yaml == small_lesson());
  CHECK_FALSE(lessons[1].reading.scenario);
  CHECK(lessons[1].reading.faults.at(0).found == "\"not a lesson\"");
  CHECK(lessons[2].reading.faults.at(0).found == "no file that can be read");
  CHECK(read_lessons(folder.path / "nowhere").empty());
}

TEST_CASE("a folder of more lessons than the limit is read up to it") {
  const Folder folder;
  for (std::size_t i{}; i <= lessons_max; ++i) folder.write(std::to_string(i) + ".yaml", "x");
  CHECK(read_lessons(folder.path).size() == lessons_max);
}

TEST_CASE("a lesson is found by its file or by its name in the folder") {
  const Folder folder;
  folder.write("post.yaml", small_lesson());
  CHECK(find_lesson("post", folder.path) == folder.path / "post.yaml");
  CHECK(find_lesson((folder.path / "post.yaml").string(), "nowhere") == folder.path / "post.yaml");
  CHECK(find_lesson("absent", folder.path) == "absent");
  CHECK(find_lesson("../post", folder.path / "sub") == "../post");
}

TEST_CASE("lessons lie where MAILSCOPE_LESSONS says, else in the source tree") {
  REQUIRE(::setenv("MAILSCOPE_LESSONS", "/some/folder", 1) == 0);
  CHECK(lesson_folder() == "/some/folder");
  REQUIRE(::unsetenv("MAILSCOPE_LESSONS") == 0);
  CHECK(lesson_folder() == source_dir() / "scenarios");
  CHECK_FALSE(read_lessons(lesson_folder()).empty());
}
