// The authority whose certificates the served servers have. It is made at first use and then kept, so that people need
// to trust it only once. Its key is real, unlike those of a simulation, and only its owner may read it.
#pragma once

#include <filesystem>

#include "protocols/tls/authority.hpp"

namespace mailscope::live {

struct KeptAuthority {
  tls::Library library;
  tls::Authority authority;
  std::filesystem::path certificate;  ///< the file that people import
};

/// From `folder`, where it is put if there is none. Throws std::runtime_error, its words for people, where the folder
/// cannot be used, where others may read the key, or where the authority is not valid at `now`.
[[nodiscard]] KeptAuthority keep_authority(const std::filesystem::path& folder, Instant now);

}  // namespace mailscope::live
