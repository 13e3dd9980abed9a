#include "sim/live/kept_authority.hpp"

#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>

#include "protocols/tls/pem.hpp"
#include "sim/live/files.hpp"
#include "tests/sim/live/scratch_folder.hpp"

using namespace mailscope;
using namespace mailscope::live;
namespace fs = std::filesystem;

namespace {

const Instant today{std::chrono::seconds(1'780'000'000)};

fs::perms permissions(const fs::path& path) { return fs::status(path).permissions() & fs::perms::all; }

}  // namespace

TEST_CASE("the authority is made once, and only its owner can read its key", "[live]") {
  const test::ScratchFolder folder;
  const fs::path home = folder.path / "data" / "authority";
  const KeptAuthority made = keep_authority(home, today);
  CHECK(permissions(home) == fs::perms::owner_all);
  CHECK(permissions(home / "ca-key.pem") == (fs::perms::owner_read | fs::perms::owner_write));
  CHECK(made.certificate == home / "ca.pem");
  CHECK(read_whole(made.certificate) == tls::certificate_pem(made.authority.own()));
  CHECK(read_whole(made.certificate)->find("PRIVATE") == std::string::npos);
  const KeptAuthority again = keep_authority(home, today + std::chrono::hours(24 * 365));
  CHECK(tls::identity_pem(again.authority.own()) == tls::identity_pem(made.authority.own()));
  const KeptAuthority other = keep_authority(folder.path / "other", today);
  CHECK(tls::identity_pem(other.authority.own()) != tls::identity_pem(made.authority.own()));
}

TEST_CASE("a lost certificate file is written again from the key's", "[live]") {
  const test::ScratchFolder folder;
  const KeptAuthority made = keep_authority(folder.path, today);
  fs::remove(made.certificate);
  CHECK(fs::exists(keep_authority(folder.path, today).certificate));
}

TEST_CASE("an authority whose key others may read, that is broken, or that is out of date is refused", "[live]") {
  const test::ScratchFolder folder;
  const fs::path key = folder.path / "ca-key.pem";
  CHECK(keep_authority(folder.path, today).certificate == folder.path / "ca.pem");
  CHECK_THROWS(keep_authority(folder.path, today + std::chrono::hours(24 * 366 * 10)));
  fs::permissions(key, fs::perms::group_read, fs::perm_options::add);
  CHECK_THROWS(keep_authority(folder.path, today));
  fs::permissions(key, fs::perms::group_read, fs::perm_options::remove);
  fs::resize_file(key, fs::file_size(key) / 2);
  CHECK_THROWS(keep_authority(folder.path, today));
  CHECK_THROWS(keep_authority({}, today));
}

TEST_CASE("a file that is there is not made again", "[live]") {
  const test::ScratchFolder folder;
  CHECK(make_file(folder.path / "a", "first", mode_private));
  CHECK_FALSE(make_file(folder.path / "a", "second", mode_private));
  CHECK(read_whole(folder.path / "a") == "first");
  replace_file(folder.path / "a", "third", mode_private);
  CHECK(read_whole(folder.path / "a") == "third");
  CHECK(std::distance(fs::directory_iterator(folder.path), fs::directory_iterator()) == 1);  // nothing stays beside it
  CHECK_FALSE(read_whole(folder.path / "b"));
  CHECK_THROWS_AS(write_synced(folder.path / "no" / "file", "x", mode_private), fs::filesystem_error);
}

TEST_CASE("a user's data go where the XDG specification says", "[live]") {
  CHECK(data_folder("/data", "/home/anna") == "/data/mailscope");
  CHECK(data_folder("", "/home/anna") == "/home/anna/.local/share/mailscope");
  CHECK(data_folder("relative", "/home/anna") == "/home/anna/.local/share/mailscope");
  CHECK(data_folder("", "").empty());
}
