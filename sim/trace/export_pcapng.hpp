// A trace as a capture that Wireshark opens (draft-ietf-opsawg-pcapng): every packet when it leaves its sender, one
// interface for each link, hosts' names, and the secrets that decrypt TLS.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/trace/trace.hpp"

namespace mailscope {

/// Where the secrets of TLS go: into the capture's Decryption Secrets Block, or not into it.
enum class CaptureSecrets : bool { Left, Put };

/// Gives the file block by block, in order. Packets that were lost, dropped or changed on the way carry a comment.
void for_each_pcapng_block(const Trace& trace, CaptureSecrets secrets,
                           const std::function<void(std::string_view block)>& take);
/// All secrets as a key log in NSS's format, one line each (draft-ietf-tls-keylogfile); empty without TLS.
[[nodiscard]] std::string key_log(const Trace& trace);

}  // namespace mailscope
