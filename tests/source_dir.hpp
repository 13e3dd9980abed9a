// Where the project's files are that tests read: lessons, sources, reviewed transcripts.
#pragma once

#include <filesystem>

[[nodiscard]] std::filesystem::path source_dir();
