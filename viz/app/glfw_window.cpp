// The only file that knows GLFW and OpenGL. An idle window waits for events: it draws nothing and costs nothing.
#include "viz/app/glfw_window.hpp"

#include <GLFW/glfw3.h>

#include <cstdio>

#include "imgui_impl_glfw.h"
#include "imgui_impl_opengl3.h"
#include "imgui_internal.h"
#include "viz/app/gui.hpp"
#include "viz/draw/theme.hpp"

namespace mailscope {
namespace {

constexpr double caret_blink_s = 0.25;  // a text field's caret must go on blinking
constexpr int width_min = 640, height_min = 400;

std::string last_error;

/// GLFW, the window and its OpenGL context, in the order of their making; undone in reverse.
class Display {
 public:
  explicit Display(const Opening& opening) {
    glfwSetErrorCallback([](int, const char* description) { last_error = description; });
    is_ready_ = glfwInit() == GLFW_TRUE;
    if (!is_ready_) return;
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
    window_ = glfwCreateWindow(opening.width, opening.height, "Mailscope", nullptr, nullptr);
    if (window_ == nullptr) return;
    glfwSetWindowSizeLimits(window_, width_min, height_min, GLFW_DONT_CARE, GLFW_DONT_CARE);
    glfwMakeContextCurrent(window_);
    glfwSwapInterval(1);
  }
  ~Display() {
    if (window_ != nullptr) glfwDestroyWindow(window_);
    if (is_ready_) glfwTerminate();
  }
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  [[nodiscard]] GLFWwindow* window() const { return window_; }

 private:
  bool is_ready_{};
  GLFWwindow* window_{};
};

/// ImGui's two back ends.
class BackEnds {
 public:
  explicit BackEnds(GLFWwindow* window) {
    ImGui_ImplGlfw_InitForOpenGL(window, true);
    ImGui_ImplOpenGL3_Init("#version 130");
  }
  ~BackEnds() {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
  }
  BackEnds(const BackEnds&) = delete;
  BackEnds& operator=(const BackEnds&) = delete;
};

void on_drop(GLFWwindow* window, int count, const char** paths) {
  auto* app = static_cast<App*>(glfwGetWindowUserPointer(window));
  if (count > 0) app->drop(paths[0]);
}

void wait_for_work(GLFWwindow* window, App& app) {
  const bool is_hidden = glfwGetWindowAttrib(window, GLFW_ICONIFIED) == GLFW_TRUE;
  if (app.needs_frame() && !is_hidden)
    glfwPollEvents();
  else if (ImGui::GetIO().WantTextInput)
    glfwWaitEventsTimeout(caret_blink_s);
  else {
    glfwWaitEvents();
    app.wake();
  }
  if (!ImGui::GetCurrentContext()->InputEventsQueue.empty()) app.wake();
}

void draw(GLFWwindow* window, Gui& gui, App& app, double elapsed_s) {
  int width = 0, height = 0, framebuffer_width = 0, framebuffer_height = 0;
  glfwGetWindowSize(window, &width, &height);
  glfwGetFramebufferSize(window, &framebuffer_width, &framebuffer_height);
  if (width <= 0 || height <= 0) return;
  ImGui::GetIO().DisplaySize = {static_cast<float>(width), static_cast<float>(height)};
  const bool has_texture = ImGui::GetIO().Fonts->TexID != nullptr;
  if (gui.prepare(app, static_cast<float>(framebuffer_width) / static_cast<float>(width)) && has_texture) {
    ImGui_ImplOpenGL3_DestroyFontsTexture();
    ImGui_ImplOpenGL3_CreateFontsTexture();
  }
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  gui.frame(app, elapsed_s);
  glViewport(0, 0, framebuffer_width, framebuffer_height);
  const ImVec4 background = ImGui::ColorConvertU32ToFloat4(colours().window);
  glClearColor(background.x, background.y, background.z, 1);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
  glfwSwapBuffers(window);
}

void set_title(GLFWwindow* window, const App& app) {
  const Lesson* lesson = app.lesson();
  const std::string title =
      lesson == nullptr ? "Mailscope" : lesson->scenario.title.in(app.settings().language) + " \u2013 Mailscope";
  glfwSetWindowTitle(window, title.c_str());
}

void run(GLFWwindow* window, Gui& gui, App& app) {
  const Lesson* titled = nullptr;
  bool was_idle = true;
  double before = glfwGetTime();
  while (glfwWindowShouldClose(window) == GLFW_FALSE) {
    wait_for_work(window, app);
    const double now = glfwGetTime();
    draw(window, gui, app, was_idle ? 0 : now - before);  // waiting is no time that a playback could have used
    was_idle = !app.needs_frame();
    before = now;
    if (app.lesson() != titled) set_title(window, app);
    titled = app.lesson();
  }
}

}  // namespace

int show_window(const Opening& opening, AppServices services) {
  Display display(opening);
  if (display.window() == nullptr) {
    std::fprintf(stderr,
                 "mailscope: no window can be opened here (%s).\n"
                 "With a display, run it again there; without one, `mailscope run FILE` prints a lesson as text and\n"
                 "`mailscope --screenshot FILE.png` draws the window into a picture.\n",
                 last_error.c_str());
    return exit_no_display;
  }
  Gui gui;
  const BackEnds back_ends(display.window());
  services.poke = glfwPostEmptyEvent;
  App app(std::move(services), opening.settings);
  glfwSetWindowUserPointer(display.window(), &app);
  glfwSetDropCallback(display.window(), on_drop);
  begin(app, opening);
  run(display.window(), gui, app);
  return 0;
}

}  // namespace mailscope
