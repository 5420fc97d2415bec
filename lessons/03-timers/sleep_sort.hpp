#pragma once
// Exercise use-3b: sorting by sleeping.

#include <vector>

#include <aio/clock.hpp>

/// Every number sleeps for that many seconds, and is appended to the result when it wakes. Equal
/// numbers wake in the order in which they were given. The deadline of a negative number has
/// passed: it is due at once, the smallest first. All the time is virtual: it passes on `clock`,
/// and no number sleeps in earnest.
std::vector<int> sleep_sort(const std::vector<int>& numbers, aio::VirtualClock& clock);
