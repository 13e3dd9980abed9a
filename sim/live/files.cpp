#include "sim/live/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace mailscope::live {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* what, const fs::path& path) {
  throw fs::filesystem_error(what, path, std::error_code(errno, std::generic_category()));
}

class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags, mode_t mode = 0)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (number_ < 0) fail("cannot open", path);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::function<void()>& before_write() {
  static std::function<void()> call;
  return call;
}
void about_to_write() {
  if (before_write()) before_write()();
}

/// In two halves: a kill can come in between.
void write_octets(const Descriptor& out, const fs::path& file, std::string_view octets) {
  about_to_write();
  for (const std::string_view half : {octets.substr(0, octets.size() / 2), octets.substr(octets.size() / 2)}) {
    for (std::string_view rest = half; !rest.empty();) {
      const ssize_t written = ::write(out.number(), rest.data(), rest.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("cannot write", file);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    about_to_write();
  }
}

/// So many files are waited for one by one; of more, all that the file system has to write is.
constexpr std::size_t synced_one_by_one_max = 8;

fs::path beside(const fs::path& file) {
  fs::path name = file;
  name += "." + std::to_string(::getpid()) + ".tmp";
  return name;
}

}  // namespace

std::optional<std::string> read_whole(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void before_each_write(std::function<void()> call) { before_write() = std::move(call); }

void make_private_folder(const fs::path& folder) {
  if (fs::is_directory(folder)) return;
  if (folder.has_parent_path()) make_private_folder(folder.parent_path());
  about_to_write();
  if (::mkdir(folder.c_str(), mode_private_folder) != 0 && errno != EEXIST) fail("cannot make the folder", folder);
}

void write_synced(const fs::path& file, std::string_view octets, mode_t mode) {
  write_synced({{file, [octets] { return octets; }}}, mode);
}

void write_synced(const std::vector<NewFile>& files, mode_t mode) {
  const bool one_by_one = files.size() <= synced_one_by_one_max;
  for (const NewFile& file : files) {
    const Descriptor out(file.path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    write_octets(out, file.path, file.octets());
    if (one_by_one && ::fsync(out.number()) != 0) fail("cannot write", file.path);
  }
  if (one_by_one) return;
  const Descriptor folder(files.front().path.parent_path(), O_RDONLY | O_DIRECTORY);
  if (::syncfs(folder.number()) != 0) fail("cannot write", files.front().path);
}

bool link_file(const fs::path& from, const fs::path& to) {
  about_to_write();
  return ::link(from.c_str(), to.c_str()) == 0;
}

void move_file(const fs::path& from, const fs::path& to) {
  about_to_write();
  fs::rename(from, to);
}

bool remove_file(const fs::path& file) {
  about_to_write();
  return fs::remove(file);
}

void sync_folder(const fs::path& folder) {
  const Descriptor opened(folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(opened.number()) != 0) fail("cannot write", folder);
}

void replace_file(const fs::path& file, std::string_view octets, mode_t mode) {
  const fs::path fresh = beside(file);
  write_synced(fresh, octets, mode);
  move_file(fresh, file);
  sync_folder(file.parent_path());
}

bool make_file(const fs::path& file, std::string_view octets, mode_t mode) {
  const fs::path fresh = beside(file);
  write_synced(fresh, octets, mode);
  const bool made = ::link(fresh.c_str(), file.c_str()) == 0;
  if (!made && errno != EEXIST) fail("cannot make", file);
  fs::remove(fresh);
  sync_folder(file.parent_path());
  return made;
}

FolderLock::FolderLock(const fs::path& folder)
    : descriptor_(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, mode_private)) {
  if (descriptor_ < 0) fail("cannot open", folder / "lock");
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  ::close(descriptor_);
  errno = error;
  fail("another program uses the folder", folder);
}

FolderLock::~FolderLock() { ::close(descriptor_); }

bool is_private(const fs::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) fail("cannot look at", file);
  return (found.st_mode & 077U) == 0 && found.st_uid == ::geteuid();
}

fs::path data_folder(const std::string& xdg_data_home, const std::string& home) {
  if (fs::path(xdg_data_home).is_absolute()) return fs::path(xdg_data_home) / "mailscope";  // others are to be ignored
  return home.empty() ? fs::path() : fs::path(home) / ".local/share/mailscope";
}

fs::path user_folder(const char* name) {
  const auto variable = [](const char* wanted) {
    const char* value = std::getenv(wanted);
    return std::string(value ? value : "");
  };
  const fs::path data = data_folder(variable("XDG_DATA_HOME"), variable("HOME"));
  return data.empty() ? data : data / name;
}

}  // namespace mailscope::live
