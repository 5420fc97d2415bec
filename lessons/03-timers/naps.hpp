#pragma once
// Exercise fix-3d: how long may the kernel sleep, in whole milliseconds?

#include <chrono>
#include <optional>

/// The timeout for epoll_wait(), which counts in milliseconds: how long to sleep when `left` is the
/// time until the next deadline. -1, for ever, when there is none.
int milliseconds_to_sleep(std::optional<std::chrono::nanoseconds> left);
