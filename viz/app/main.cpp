#include "viz/app/window_hooks.hpp"

int main(int argc, char** argv) { return mailscope::run_cli(argc, argv, mailscope::window_hooks()); }
