// Small conversions between text and lines on the wire, shared by all line-based engines.
#pragma once

#include <string>
#include <string_view>

namespace mailscope {

/// Wire octets as Step::text wants them: without the last CR LF, other CR LF become '\n', at most
/// step_text_octets_max octets of `wire`. Only that many first octets of a longer wire text need be kept: they give
/// the same text.
[[nodiscard]] std::string step_text(std::string_view wire);

/// Every CR LF, bare CR and bare LF becomes CR LF: what RFC 5321 §2.3.8 allows on the wire.
[[nodiscard]] std::string with_crlf(std::string_view text);

}  // namespace mailscope
