#pragma once
// Keeps one bad test from doing harm: limits, a watchdog, and a crash handler that says which test
// it was.

namespace tests {

/// Memory 4 GB, 1,024 descriptors, no core files; crashes are reported. Call once, first.
void guard_process();

/// From here on the running test has 5 seconds (LOOPWRIGHT_WATCHDOG changes it; sanitizers get six
/// times as long). Past them the process reports a hang and exits with status 124.
void start_watchdog();
void stop_watchdog();

}  // namespace tests
