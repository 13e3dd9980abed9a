#include "protocols/core/web_request.hpp"

#include <algorithm>
#include <array>

#include "protocols/core/ascii.hpp"

namespace mailscope {

namespace {

constexpr std::array<std::string_view, 8> methods{"GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "PATCH", "DELETE"};
constexpr std::array<std::string_view, 16> fields{
    "Host",    "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "Content-Length", "Content-Type",
    "Cookie",  "Origin",     "Pragma", "Referer",         "Cache-Control",   "Priority",   "DNT",            "Upgrade"};

}  // namespace

bool is_web_request(std::string_view line) {
  const std::string_view first = line.substr(0, line.find(' '));
  if (first.ends_with(':')) {
    const std::string_view name = first.substr(0, first.size() - 1);
    return ascii::istarts_with(name, "Sec-") || ascii::istarts_with(name, "Upgrade-") ||
           std::ranges::any_of(fields, [name](std::string_view field) { return ascii::iequals(name, field); });
  }
  if (std::ranges::find(methods, first) == methods.end() || first.size() == line.size()) return false;
  const std::string_view target = line.substr(first.size() + 1);
  return target.starts_with('/') || target.starts_with("http") || target.find(" HTTP/") != std::string_view::npos;
}

}  // namespace mailscope
