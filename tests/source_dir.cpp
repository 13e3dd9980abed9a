#include "tests/source_dir.hpp"

std::filesystem::path source_dir() { return MAILSCOPE_SOURCE_DIR; }
