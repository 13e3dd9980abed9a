// The layer rule: viz → sim → protocols → standard library. Reads every #include and names the line that breaks it.
#include <catch2/catch_all.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "tests/source_dir.hpp"

namespace fs = std::filesystem;

namespace {

struct Include {
  std::string file;  ///< from the root, e.g. "sim/net/network.cpp"
  int line{};
  std::string header;
};

/// Files under `folder` may include a header that matches `header` only if they are under one of `allowed`.
struct Rule {
  std::string folder, header;
  std::vector<std::string> allowed;
  std::string reason;
};

const std::vector<Rule> rules{
    {"protocols/", "^(sim|viz|assets|tests)/", {}, "protocols stand on the standard library alone"},
    {"protocols/", "^(fmt|nlohmann|yaml-cpp|CLI|SDL)", {}, "protocols stand on the standard library alone"},
    {"sim/", "^(viz|tests)/", {}, "the simulator does not know the window"},
    {"sim/kernel/", "^protocols/(?!core/)", {}, "the kernel knows no mail protocol"},
    {"sim/net/", "^protocols/(?!core/)", {}, "the network carries octets"},
    {"sim/trace/", "^protocols/(?!core/)", {}, "a trace is shown without the engines that made it"},
    {"sim/kernel/", "^sim/(net|hosts|lesson|cli|live)/", {}, "the kernel is the lowest part of the simulator"},
    {"sim/trace/", "^sim/(kernel|net|hosts|lesson|cli|live)/", {}, "the trace stands alone"},
    {"sim/net/", "^sim/(hosts|lesson|cli|live)/", {}, "the network does not know who uses it"},
    {"viz/", "^protocols/(?!core/)", {}, "the window draws from the trace, never from an engine"},
    {"viz/", "^sim/(kernel|net|hosts)/", {}, "the window draws from the trace, never from the simulator's inside"},
    {"viz/", "^sim/live/(?!service|doors)", {}, "the window takes the trace of live servers, and knows no socket"},
    {"viz/", "^tests/", {}, "the program does not know its tests"},
    {"viz/model/", "imgui", {}, "models are plain functions"},
    {"", "imgui", {"viz/", "tests/viz/"}, "only the window knows Dear ImGui"},
    {"", "^(GLFW|GL|EGL)/|imgui_impl_", {"viz/app/glfw_window.cpp"}, "one file knows GLFW and OpenGL"},
    {"", "^SDL", {"sim/live/"}, "only sim/live knows sockets"},
};

std::vector<Include> includes_of(const fs::path& root) {
  static const std::regex directive(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> includes;
  for (const char* top : {"protocols", "sim", "viz", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cpp" && extension != ".hpp") continue;
      std::ifstream in(entry.path());
      std::string text;
      for (int line = 1; std::getline(in, text); ++line) {
        std::smatch match;
        if (std::regex_search(text, match, directive))
          includes.push_back({fs::relative(entry.path(), root).generic_string(), line, match[1]});
      }
    }
  }
  return includes;
}

bool breaks(const Rule& rule, const Include& include) {
  if (!include.file.starts_with(rule.folder) || !std::regex_search(include.header, std::regex(rule.header)))
    return false;
  for (const std::string& allowed : rule.allowed)
    if (include.file.starts_with(allowed)) return false;
  return true;
}

}  // namespace

TEST_CASE("no file includes what its layer must not know") {
  const auto includes = includes_of(source_dir());
  REQUIRE(includes.size() > 300);
  for (const Include& include : includes)
    for (const Rule& rule : rules)
      if (breaks(rule, include))
        FAIL_CHECK(include.file << ":" << include.line << " includes " << include.header << ": " << rule.reason);
}

TEST_CASE("the layer rule can fail") {
  const auto broken = [](const Include& include) {
    return std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) { return breaks(rule, include); });
  };
  CHECK(broken({"protocols/smtp/server.cpp", 1, "sim/net/network.hpp"}));
  CHECK(broken({"sim/net/network.cpp", 1, "protocols/smtp/server.hpp"}));
  CHECK(broken({"viz/panels/network.cpp", 1, "GLFW/glfw3.h"}));
  CHECK(broken({"sim/cli/run.cpp", 1, "imgui.h"}));
  CHECK_FALSE(broken({"sim/net/network.cpp", 1, "protocols/core/engine.hpp"}));
  CHECK_FALSE(broken({"viz/app/glfw_window.cpp", 1, "GLFW/glfw3.h"}));
}
