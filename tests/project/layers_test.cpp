// The layer rule: viz → sim → protocols → standard library. One table names every folder, from the lowest to the
// highest, and what it may include; so no two folders include each other. Reads every #include and names the line that
// breaks the rule; what a header brings along is followed too.
#include <algorithm>
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/source_dir.hpp"

namespace fs = std::filesystem;

namespace {

struct Include {
  std::string file;  ///< from the root, e.g. "sim/net/network.cpp"
  int line{};
  std::string header;  ///< as it is written
  bool ours{};         ///< "…", not <…>
};

using Folders = std::vector<std::string>;

/// A folder: which of those above it in the table it includes, and which headers from elsewhere, as a pattern.
struct Room {
  std::string folder;
  Folders sees;
  std::string libraries;
};

// Headers that reach nothing outside the program: the standard library less files, streams, threads and clocks.
// <chrono> is there for its units of time; who asks it for the time is found by the words of the source (below).
const std::string pure =
    "algorithm|array|bit|bitset|cassert|cctype|cerrno|cfloat|charconv|chrono|cmath|compare|concepts|cstddef|cstdint|cstdlib|"
    "cstring|deque|functional|initializer_list|iterator|limits|map|memory|numeric|optional|ratio|set|span|string|"
    "string_view|system_error|tuple|type_traits|unordered_map|unordered_set|utility|variant|vector";
// What reads or writes files and streams besides.
const std::string files = pure + "|cstdio|filesystem|fstream|iosfwd|iostream|istream|ostream|sstream|stdexcept";

const std::string mime = "protocols/message", core = "protocols/core", imap = "protocols/imap/", hosts = "sim/hosts/";

const std::vector<Room> rooms{
    {"assets", {}, pure},
    {core, {}, pure + "|iconv\\.h|idn2\\.h"},
    {"protocols/compress", {core}, pure + "|zlib\\.h"},
    {mime, {core}, pure},
    {"protocols/sasl", {core}, pure + "|openssl/.*|stringprep\\.h"},
    {"protocols/dns", {core}, pure},
    {"protocols/tls", {core}, pure + "|cstdio|ctime|openssl/.*"},
    {"protocols/mailstore", {core, mime}, pure},
    {"protocols/smtp", {core, mime, "protocols/sasl"}, pure},
    {"protocols/pop3", {core, mime, "protocols/sasl", "protocols/mailstore"}, pure},
    {imap + "syntax", {core, mime, "protocols/mailstore"}, pure},
    {imap + "data", {core, mime, "protocols/sasl", "protocols/mailstore", imap + "syntax"}, pure},
    {imap + "search", {core, mime, "protocols/mailstore", imap + "syntax", imap + "data"}, pure},
    {imap + "server",
     {core, mime, "protocols/sasl", "protocols/mailstore", imap + "syntax", imap + "data", imap + "search"},
     pure},
    {imap + "client", {core, mime, "protocols/sasl", "protocols/mailstore", imap + "syntax", imap + "data"}, pure},
    {"sim/trace", {core}, files + "|arpa/inet\\.h|fmt/.*|nlohmann/.*|openssl/evp\\.h"},
    {"sim/words", {"assets", core}, files + "|fmt/.*|yaml-cpp/.*"},
    {"sim/kernel", {core, "sim/trace"}, pure},
    {"sim/net", {core, "sim/trace", "sim/kernel"}, pure},
    {"sim/scenario", {core, "protocols/sasl", "protocols/tls", "protocols/smtp", "sim/trace", "sim/words"}, pure},
    {"sim/scenario/read",
     {core, "protocols/tls", "protocols/mailstore", "sim/trace", "sim/words", "sim/scenario"},
     files + "|arpa/inet\\.h|fmt/.*|yaml-cpp/.*"},
    {hosts + "session",
     {core, "protocols/compress", mime, "protocols/tls", "protocols/smtp", "sim/trace", "sim/kernel", "sim/net",
      "sim/scenario"},
     pure + "|fmt/.*"},
    {hosts + "names", {core, "protocols/dns", "sim/kernel", "sim/scenario", hosts + "session"}, pure + "|fmt/.*"},
    {hosts + "mail_server",
     {core, mime, "protocols/sasl", "protocols/mailstore", "protocols/smtp", "protocols/pop3", imap + "data",
      imap + "server", "sim/trace", "sim/kernel", "sim/scenario", hosts + "session", hosts + "names"},
     pure + "|fmt/.*"},
    {hosts + "device",
     {core, mime, "protocols/sasl", "protocols/smtp", "protocols/pop3", imap + "client", "sim/trace", "sim/kernel",
      "sim/scenario", hosts + "session", hosts + "names"},
     pure + "|fmt/.*"},
    {"sim/world",
     {core, "sim/trace", "sim/words", "sim/kernel", "sim/scenario", "sim/scenario/read", hosts + "session",
      hosts + "names", hosts + "mail_server", hosts + "device"},
     files + "|fmt/.*"},
    {"sim/live",
     {core, mime, "protocols/tls", "protocols/mailstore", "sim/trace", "sim/words", "sim/scenario", hosts + "session",
      hosts + "mail_server", "sim/world"},
     ".*"},
    {"sim/cli",
     {core, "sim/trace", "sim/words", "sim/scenario", "sim/scenario/read", "sim/world", "sim/live"},
     files + "|CLI/.*|csignal|fmt/.*|unistd\\.h"},
    {"viz/model",
     {core, "sim/trace", "sim/words", "sim/scenario", "sim/scenario/read", "sim/world", "sim/live"},
     files + "|fmt/.*"},
    {"viz/draw", {"assets", core, "sim/trace", "sim/words", "viz/model"}, pure + "|fmt/.*|imgui.*"},
    {"viz/panels", {core, "sim/trace", "sim/words", "viz/model", "viz/draw"}, pure + "|fmt/.*|imgui.*"},
    {"viz/app",
     {"assets", core, "sim/trace", "sim/words", "sim/scenario", "sim/scenario/read", "sim/world", "sim/live", "sim/cli",
      "viz/model", "viz/draw", "viz/panels"},
     ".*"},
};

/// What no file of a folder may come to know, directly or by way of other headers. The folder and header are patterns.
struct Never {
  std::string folder, header, reason;
  Folders but{};  ///< files that may
};

const std::vector<Never> nevers{
    {"viz/", "protocols/.*/(server|client)\\.hpp", "the window draws from the trace, never from an engine"},
    {"viz/", "sim/(kernel|net|hosts)/.*", "the window draws from the trace, never from the simulator's inside"},
    {"viz/model/", "sim/live/(?!doors).*", "models know the doors of live servers, no socket and no thread"},
    {"viz/", "sim/live/(?!service|doors|setting|real_clock).*", "the window takes the trace of live servers"},
    {"sim/(words|trace|scenario)/", "sim/(net|hosts|world|live|cli)/.*", "values know no machinery"},
    {"", "GLFW/.*|GL/.*|EGL/.*|imgui_impl_.*", "one file knows GLFW and OpenGL", {"viz/app/glfw_window.cpp"}},
    {"", "SDL.*", "one file knows SDL", {"sim/live/sockets.cpp"}},
};

std::vector<Include> includes_of(const fs::path& root) {
  static const std::regex directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  for (const char* top : {"assets", "protocols", "sim", "viz"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cpp" && extension != ".hpp") continue;
      std::ifstream in(entry.path());
      std::string text;
      for (int line = 1; std::getline(in, text); ++line) {
        std::smatch match;
        if (std::regex_search(text, match, directive))
          includes.push_back({fs::relative(entry.path(), root).generic_string(), line, match[2], match[1] == "\""});
      }
    }
  }
  return includes;
}

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

const Room* room_of(const std::string& folder) {
  const auto found = std::ranges::find(rooms, folder, &Room::folder);
  return found == rooms.end() ? nullptr : &*found;
}

/// Ours are named from the root; tables that were generated are no headers; Dear ImGui's stand in quotes too.
bool from_the_root(const Include& include) { return include.ours && include.header.find('/') != std::string::npos; }

/// Why the line may not stand there; empty where it may.
std::string objection(const Include& include) {
  const Room* room = room_of(folder_of(include.file));
  if (!room) return "its folder is not in the table";
  if (include.header.ends_with(".inc")) return {};
  if (from_the_root(include)) {
    const std::string other = folder_of(include.header);
    if (other == room->folder || std::ranges::find(room->sees, other) != room->sees.end()) return {};
    return "its folder may not see " + other;
  }
  return std::regex_match(include.header, std::regex(room->libraries)) ? "" : "its folder does not use that library";
}

/// All that `file` includes, by way of other files of ours too.
const std::set<std::string>& reached(const std::string& file,
                                     const std::map<std::string, std::vector<Include>>& by_file,
                                     std::map<std::string, std::set<std::string>>& known) {
  const auto [at, fresh] = known.try_emplace(file);
  if (!fresh) return at->second;
  std::set<std::string> all;
  if (const auto own = by_file.find(file); own != by_file.end())
    for (const Include& include : own->second) {
      all.insert(include.header);
      const auto& more = reached(include.header, by_file, known);
      all.insert(more.begin(), more.end());
    }
  return known[file] = std::move(all);
}

bool breaks(const Never& rule, const std::string& file, const std::string& header) {
  return std::regex_search(file, std::regex("^" + rule.folder)) && std::regex_match(header, std::regex(rule.header)) &&
         std::ranges::find(rule.but, file) == rule.but.end();
}

}  // namespace

TEST_CASE("no file includes what its folder must not see") {
  const auto includes = includes_of(source_dir());
  REQUIRE(includes.size() > 300);
  for (const Include& include : includes)
    if (const std::string why = objection(include); !why.empty())
      FAIL_CHECK(include.file << ":" << include.line << " includes " << include.header << ": " << why);
}

TEST_CASE("folders see only those above them in the table, and none that it does not name") {
  for (auto room = rooms.begin(); room != rooms.end(); ++room)
    for (const std::string& seen : room->sees) {
      INFO(room->folder << " sees " << seen);
      CHECK(std::any_of(rooms.begin(), room, [&seen](const Room& other) { return other.folder == seen; }));
    }
}

TEST_CASE("nothing comes to know by a header's headers what it must not know") {
  std::map<std::string, std::vector<Include>> by_file;
  for (const Include& include : includes_of(source_dir())) by_file[include.file].push_back(include);
  std::map<std::string, std::set<std::string>> known;
  for (const auto& [file, includes] : by_file)
    for (const std::string& header : reached(file, by_file, known))
      for (const Never& rule : nevers)
        if (breaks(rule, file, header)) FAIL_CHECK(file << " comes to include " << header << ": " << rule.reason);
}

TEST_CASE("engines and the simulated world ask no clock and no chance of the machine, and start no thread") {
  const std::regex words(
      R"(_clock::now|std::time\(|gettimeofday|clock_gettime|std::thread|std::async|random_device|\bfopen\b)");
  for (const char* top :
       {"protocols", "sim/kernel", "sim/trace", "sim/net", "sim/words", "sim/scenario", "sim/hosts", "sim/world"})
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() / top)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path());
      std::string text;
      for (int line = 1; std::getline(in, text); ++line)
        if (std::regex_search(text, words)) FAIL_CHECK(entry.path() << ":" << line << " says " << text);
    }
}

TEST_CASE("the layer rule can fail") {
  const auto stands = [](const std::string& file, const std::string& header, bool ours) {
    return objection({file, 1, header, ours}).empty();
  };
  CHECK_FALSE(stands("protocols/smtp/server.cpp", "sim/net/network.hpp", true));
  CHECK_FALSE(stands("sim/net/network.cpp", "protocols/smtp/server.hpp", true));
  CHECK_FALSE(stands("protocols/imap/data/url.cpp", "protocols/imap/search/sort.hpp", true));
  CHECK_FALSE(stands("protocols/smtp/server.cpp", "thread", false));
  CHECK_FALSE(stands("sim/cli/run.cpp", "imgui.h", false));
  CHECK_FALSE(stands("sim/lesson/world.cpp", "string", false));
  CHECK(stands("sim/net/network.cpp", "protocols/core/engine.hpp", true));
  CHECK(stands("viz/app/glfw_window.cpp", "GLFW/glfw3.h", false));
  CHECK(breaks(nevers[0], "viz/model/view.cpp", "protocols/smtp/server.hpp"));
  CHECK(breaks(nevers.back(), "sim/live/bridge.cpp", "SDL_net.h"));
  CHECK_FALSE(breaks(nevers.back(), "sim/live/sockets.cpp", "SDL_net.h"));
}
