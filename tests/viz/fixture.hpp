// A lesson made by hand, without engines and without a world: six hosts, a few connections with lines and packets,
// mailboxes that change. What the window shows of it can be checked against what is written here.
#pragma once

#include <memory>

#include "viz/app/app.hpp"

namespace mailscope::fixture {

/// Anna sends over two servers; Bruno's laptop collects by POP3, his phone looks by IMAP; a port refuses.
/// 4 lesson steps, one of whose 5 expectations does not hold.
[[nodiscard]] std::shared_ptr<const Lesson> lesson();
/// The lesson's scenario alone.
[[nodiscard]] Scenario scenario();

/// The name under which services() opens lesson().
inline constexpr const char* lesson_file = "fixture/post.yaml";
/// The name under which services() finds a fault.
inline constexpr const char* faulty_file = "fixture/faulty.yaml";
/// An application's surroundings that know these two files and nothing else.
[[nodiscard]] AppServices services();

}  // namespace mailscope::fixture
