// Files that a kill at any instant leaves either as they were or as they shall be: written beside, synchronised with
// the disk, then given their name. Whatever fails throws std::filesystem::filesystem_error. What is in the files, this
// does not know.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailscope::live {

inline constexpr mode_t mode_private = 0600, mode_public = 0644, mode_private_folder = 0700;

/// For tests: `call` comes before each thing that is written, and may throw as if the program were killed there. Nothing
/// takes it away.
void before_each_write(std::function<void()> call);

/// The whole content; nothing where there is no such file.
[[nodiscard]] std::optional<std::string> read_whole(const std::filesystem::path& file);
/// A folder for its owner alone, with those above it, where there is none.
void make_private_folder(const std::filesystem::path& folder);
/// Writes the file and waits until the disk has it. Its name is the disk's once sync_folder() was called.
void write_synced(const std::filesystem::path& file, std::string_view octets, mode_t mode);
/// Writes files and waits once until the disk has all of them.
struct NewFile {
  std::filesystem::path path;
  std::function<std::string_view()> octets;  ///< asked for when it is its turn
};
void write_synced(const std::vector<NewFile>& files, mode_t mode);
/// One more name for a file. False where it cannot have one; then its content has to be written once more.
[[nodiscard]] bool link_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// A file or folder gets another name, in one step.
void move_file(const std::filesystem::path& from, const std::filesystem::path& to);
/// False where there is no such file.
bool remove_file(const std::filesystem::path& file);
/// Whatever was created, renamed or removed in the folder stays so.
void sync_folder(const std::filesystem::path& folder);
/// Replaces the file, or makes it: others see the one content or the other.
void replace_file(const std::filesystem::path& file, std::string_view octets, mode_t mode);
/// Makes the file where there is none. False where there is one, even if it came this very moment.
[[nodiscard]] bool make_file(const std::filesystem::path& file, std::string_view octets, mode_t mode);
/// As long as it lives, no other program holds the folder. Throws where one does.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};
/// The file's permission bits, and whether it belongs to whoever runs this.
[[nodiscard]] bool is_private(const std::filesystem::path& file);

/// `$XDG_DATA_HOME/mailscope`, where data of a user's programs go (XDG Base Directory Specification); empty where the
/// environment names no home.
[[nodiscard]] std::filesystem::path data_folder(const std::string& xdg_data_home, const std::string& home);
/// This folder among the data of whoever runs this; empty where there is no data_folder().
[[nodiscard]] std::filesystem::path user_folder(const char* name);

}  // namespace mailscope::live
